"""The organization and its settings over the API."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.refusals import may_refuse
from curatore.core.errors import InvalidInput, PermissionRefused, below
from orgsettings import changes, options, options_schema
from orgsettings.access import require_admin
from orgsettings.api.base import ApiView
from orgsettings.models import OrgSettings
from orgsettings.serializers import (
    OrganizationSerializer,
    OrganizationSettingsChangeSerializer,
    OrganizationSettingsSerializer,
)


@extend_schema(tags=["organization"])
class OwnOrganization(ApiView):
    @extend_schema(
        operation_id="organization_retrieve",
        summary="One's own organization",
        responses=OrganizationSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(OrganizationSerializer(self.organization).data)


@extend_schema(tags=["organization"])
class OwnOrganizationSettings(ApiView):
    @extend_schema(
        operation_id="organization_settings_retrieve",
        summary="Settings of the organization",
        responses=OrganizationSettingsSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(_shown(self.organization.settings))

    @extend_schema(
        operation_id="organization_settings_change",
        summary="Change settings of the organization (admins)",
        request=OrganizationSettingsChangeSerializer,
        responses=OrganizationSettingsSerializer,
        extensions=may_refuse(PermissionRefused),
    )
    def put(self, request: Request) -> Response:
        """Members that are missing stay as they are; null goes back to the server's default.

        New jobs follow the change; jobs that exist keep what they were made with.
        """
        require_admin(self.user)
        return Response(_shown(_change(self.save, request.data)))

    def save(self, given: Mapping[str, Any]) -> OrgSettings:
        return changes.save(self.organization, self.user, given)


@extend_schema(tags=["configuration"])
class Defaults(ApiView):
    @extend_schema(
        operation_id="config_defaults",
        summary="Processing options of a new job",
        responses={200: options_schema.reference(options_schema.DEFAULTS)},
    )
    def get(self, request: Request) -> Response:
        chosen = self.organization.settings.default_processing_options
        return Response(options.effective(chosen))


def _change(save: Callable[[Mapping[str, Any]], OrgSettings], body: Any) -> OrgSettings:
    """`save` the settings in the body, which earlier clients wrap in `settings`.

    Raises:
        InvalidInput: with pointers to where the body has what cannot be used.
    """
    wrapped = isinstance(body, Mapping) and set(body) == {"settings"}
    place = "/settings" if wrapped else ""
    given = body["settings"] if wrapped else body
    with below(place):
        if not isinstance(given, Mapping):
            error = {"pointer": "", "code": "wrong_type", "detail": "Settings must be an object."}
            raise InvalidInput("The settings cannot be used.", [error])
        return save(given)


def _shown(row: OrgSettings) -> dict[str, Any]:
    values = {
        "job_concurrency_limit": row.concurrency_limit,
        "job_retention_days": row.retention_days or 0,
        "members_see": row.members_see,
        "default_processing_options": row.default_processing_options,
    }
    return OrganizationSettingsSerializer(
        values | {"updated_at": row.updated_at, "settings": values}
    ).data
