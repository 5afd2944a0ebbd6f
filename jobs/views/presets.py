"""Presets of processing options: saved from a form of options, renamed, deleted."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgsettings import presets
from orgsettings.access import require_admin
from orgsettings.options import Options
from orgsettings.pages import MemberRequest, admin_page, attempt


def save_preset(request: MemberRequest, options: Options) -> bool:
    """Save the options under the name that was entered; a message says how it went.

    An own preset of that name gets the options instead.

    Raises:
        PermissionRefused: not by an admin.
        OptionsError: they cannot be used.
    """
    require_admin(request.user)
    return attempt(
        request,
        lambda: presets.create_or_replace(
            request.user.membership.organization,
            request.POST.get("preset_name", ""),
            options,
            by=request.user,
            now=timezone.now(),
        ),
        lambda preset: _("The preset “%s” was saved.") % preset.name,
    )


def to_presets() -> HttpResponse:
    return redirect(f"{reverse('settings-admin')}#presets")


@require_POST
@admin_page
def rename(request: MemberRequest, preset_id: UUID) -> HttpResponse:
    preset = presets.find_own(request.user.membership.organization, preset_id)
    name = request.POST.get("name", "")
    attempt(
        request,
        lambda: presets.change(preset, name=name, by=request.user, now=timezone.now()),
        _("The preset was renamed."),
    )
    return to_presets()


@require_POST
@admin_page
def delete(request: MemberRequest, preset_id: UUID) -> HttpResponse:
    preset = presets.find_own(request.user.membership.organization, preset_id)
    attempt(
        request,
        lambda: presets.delete(preset, by=request.user, now=timezone.now()),
        _("The preset “%s” was deleted.") % preset.name,
    )
    return to_presets()
