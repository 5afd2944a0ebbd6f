"""Admin settings: the tabs Job Management and Workers, and their live parts.

They show jobs' numbers, so they live here and not in orgsettings.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from curatore.core.htmx import IDLE_POLL_INTERVAL, unchanged, version_of
from curatore.core.paging import page_of
from jobs import serving
from jobs.models import expiry
from jobs.monitoring import overview, statistics, statistics_cards, workforce
from jobs.monitoring.measurements import kept_or_new
from jobs.settings_forms import OrganizationSettingsForm
from jobs.upkeep import retention, schedules
from jobs.views.presets import save_preset, to_presets
from orgsettings import changes, history, presets
from orgsettings.models import RETENTION_CHOICES, OrgSettings
from orgsettings.pages import MemberRequest, admin_page, with_work
from orgsettings.presets import Preset

CHANGES_PER_PAGE = 10


@require_http_methods(["GET", "HEAD", "POST"])
@admin_page
@with_work
def management(request: MemberRequest) -> HttpResponse:
    """The tab Job Management; POST saves its form."""
    row = OrgSettings.objects.get(organization=request.user.membership.organization)
    if "reset" in request.POST:
        return _save(request, {"default_processing_options": {}})
    own = presets.of_organization(row.organization)
    shown = _shown_preset(request, own)
    form = OrganizationSettingsForm(
        request.POST if request.method == "POST" else None,
        row=row,
        preset=shown.options if shown else None,
    )
    if form.is_valid():
        try:
            if "save_preset" in request.POST:
                save_preset(request, form.canonical())
                return to_presets()
            return _save(request, form.changed())
        except changes.InvalidInput as refusal:
            form.refuse_settings(refusal)
    context = (
        {
            "tab": "management",
            "form": form,
            "presets": own,
            "shown_preset": shown,
            "defaults": _server_defaults(),
        }
        | _statistics(request)
        | _retention(request, row)
        | _history(request)
    )
    return render(
        request, "settings_admin/management.html", context, status=422 if form.errors else 200
    )


def _shown_preset(request: HttpRequest, offered: list[Preset]) -> Preset | None:
    """The preset that the URL asks to see in the form."""
    wanted = request.GET.get("preset", "")
    return next((preset for preset in offered if preset.id == wanted), None)


def _save(request: MemberRequest, values: dict[str, Any]) -> HttpResponse:
    if values:
        row = changes.save(request.user.membership.organization, request.user, values)
        serving.serve(row.organization_id)  # a higher limit makes places
        messages.success(request, _("Saved. New jobs follow the changed settings."))
    else:
        messages.info(request, _("Nothing was changed: these settings apply already."))
    return redirect("settings-admin")


@require_safe
@admin_page
def statistics_live(request: MemberRequest) -> HttpResponse:
    """The statistics widget, or 204 if `v` names what the page shows already."""
    context = _statistics(request)
    if request.GET.get("v") == context["statistics_version"]:
        return unchanged()
    return render(request, "settings_admin/_statistics.html", context)


@require_safe
@admin_page
@with_work
def retention_preview(request: MemberRequest) -> HttpResponse:
    """What tonight's clean-up would delete if the period in the form applied."""
    row = OrgSettings.objects.get(organization=request.user.membership.organization)
    return render(request, "settings_admin/_retention.html", _retention(request, row))


@require_safe
@admin_page
def workers(request: MemberRequest) -> HttpResponse:
    return render(request, "settings_admin/workers.html", _workforce(request) | {"tab": "workers"})


@require_safe
@admin_page
def workers_live(request: MemberRequest) -> HttpResponse:
    """The workers and the queue, or 204 if `v` names what the page shows already."""
    context = _workforce(request)
    if request.GET.get("v") == context["workforce"].version:
        return unchanged()
    return render(request, "settings_admin/_workers.html", context)


def _statistics(request: MemberRequest) -> dict[str, Any]:
    organization, now = request.user.membership.organization, timezone.now()
    shown = statistics_cards.cards(
        statistics.of_organization(organization, now), statistics.of_days(organization, now)
    )
    capacity = overview.capacity(request.user)
    return {
        "cards": shown,
        "capacity": capacity,
        "statistics_version": version_of((shown, capacity.version)),
        "interval": _interval(busy=bool(capacity.active)),
    }


def _retention(request: HttpRequest, row: OrgSettings) -> dict[str, Any]:
    now = timezone.now()
    tonight = schedules.next_clean_up(now)
    current = row.retention_days or 0
    chosen = {str(days): days for days, _ in RETENTION_CHOICES}.get(
        request.POST.get("job_retention_days") or request.GET.get("job_retention_days", ""),
        current,
    )
    report = kept_or_new(
        row.organization,
        f"clean-up {chosen}",
        now,
        lambda: retention.preview_with(chosen or None, tonight or now, row.organization).as_dict(),
    )
    return {
        "tonight": tonight,
        "report": report,
        "chosen_days": chosen,
        "differs": chosen != current,
        "expires_at": expiry(now, chosen or None),
        "choices": RETENTION_CHOICES,
    }


def _history(request: MemberRequest) -> dict[str, Any]:
    rows = history.of_organization(request.user.membership.organization)
    page = page_of(rows, CHANGES_PER_PAGE, request.GET.get("page"))
    return {"page": page, "entries": [history.describe(change) for change in page]}


def _workforce(request: MemberRequest) -> dict[str, Any]:
    found = workforce.of_organization(request.user.membership.organization, timezone.now())
    return {"workforce": found, "interval": _interval(busy=bool(found.jobs))}


def _server_defaults() -> dict[str, Any]:
    return {
        "limit": settings.DEFAULT_JOB_CONCURRENCY_LIMIT,
        "retention": dict(RETENTION_CHOICES)[settings.DEFAULT_JOB_RETENTION_DAYS],
    }


def _interval(*, busy: bool) -> int:
    """Seconds until the page asks again."""
    usual = settings.JOB_STATUS_POLL_INTERVAL
    return usual if busy else max(IDLE_POLL_INTERVAL, usual)
