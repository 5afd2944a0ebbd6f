"""Presets of processing options over the API: list, save, change, delete."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused, below
from orgsettings import presets
from orgsettings.access import require_admin
from orgsettings.api.base import ApiView, checked
from orgsettings.models import OptionPreset
from orgsettings.options import OptionsError
from orgsettings.presets import PresetRefused
from orgsettings.serializers import (
    PresetChangeSerializer,
    PresetCreateSerializer,
    PresetListSerializer,
    PresetSerializer,
)


@extend_schema(tags=["organization"])
class PresetList(ApiView):
    @extend_schema(
        operation_id="organization_presets_list",
        summary="Presets of processing options",
        responses=PresetListSerializer,
    )
    def get(self, request: Request) -> Response:
        """The built-in ones, then the organization's own by name."""
        shown = {"presets": presets.of_organization(self.organization)}
        return Response(PresetListSerializer(shown).data)

    @extend_schema(
        operation_id="organization_presets_create",
        summary="Save a preset (admins)",
        request=PresetCreateSerializer,
        responses={201: PresetSerializer},
        extensions=may_refuse(PermissionRefused, PresetRefused),
    )
    def post(self, request: Request) -> Response:
        require_admin(self.user)
        body = checked(PresetCreateSerializer, request.data)
        with below("/options", OptionsError):
            preset = presets.create(
                self.organization,
                body["name"],
                body["options"],
                by=self.user,
                now=timezone.now(),
            )
        return Response(_shown(preset), status=201)


@extend_schema(tags=["organization"])
class PresetDetail(ApiView):
    @extend_schema(
        operation_id="organization_presets_change",
        summary="Change name or options of a preset (admins)",
        request=PresetChangeSerializer,
        responses=PresetSerializer,
        extensions=may_refuse(PermissionRefused, PresetRefused),
    )
    def patch(self, request: Request, preset_id: str) -> Response:
        """Own ones only. Jobs that were made with it keep their options."""
        require_admin(self.user)
        preset = presets.find_own(self.organization, preset_id)
        body = checked(PresetChangeSerializer, request.data)
        with below("/options", OptionsError):
            changed = presets.change(
                preset,
                name=body.get("name"),
                options=body.get("options"),
                by=self.user,
                now=timezone.now(),
            )
        return Response(_shown(changed))

    @extend_schema(
        operation_id="organization_presets_delete",
        summary="Delete a preset (admins)",
        responses={204: None},
        extensions=may_refuse(PermissionRefused),
    )
    def delete(self, request: Request, preset_id: str) -> Response:
        """Own ones only. Jobs that were made with it keep their options."""
        require_admin(self.user)
        preset = presets.find_own(self.organization, preset_id)
        presets.delete(preset, by=self.user, now=timezone.now())
        return Response(status=204)


def _shown(preset: OptionPreset) -> dict[str, object]:
    return PresetSerializer(presets.as_preset(preset)).data
