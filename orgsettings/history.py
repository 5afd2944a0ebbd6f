"""The change log of an organization, in words that people read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgsettings import languages
from orgsettings.models import RETENTION_CHOICES, JobsSeen, Organization, Role, SettingsChange
from orgsettings.options import FIELDS, Field

_LABELS = {
    "job_concurrency_limit": gettext_lazy("Concurrent job limit"),
    "job_retention_days": gettext_lazy("Job retention period"),
    "members_see": gettext_lazy("Members see"),
    "storage_limit_mb": gettext_lazy("Storage limit"),
    "role": gettext_lazy("Role"),
    "is_active": gettext_lazy("Access"),
    "invitation": gettext_lazy("Invitation"),
    "preset": gettext_lazy("Preset"),
}

_CHOICES: dict[str, dict[Any, Any]] = {
    "role": dict(Role.choices),
    "job_retention_days": dict(RETENTION_CHOICES),
    "members_see": dict(JobsSeen.choices),
}


@dataclass(frozen=True)
class Difference:
    """One thing that changed."""

    label: str
    before: str  # "" where there was nothing
    after: str


@dataclass(frozen=True)
class Entry:
    """Who changed what, and when."""

    when: datetime
    who: str  # "" for a person who is gone, or the operator
    subject: str  # the member, invitation or preset; "" for the settings
    icon: str  # of the subject
    differences: list[Difference]


def of_organization(organization: Organization) -> QuerySet[SettingsChange]:
    """All changes, the newest first."""
    return SettingsChange.objects.filter(organization=organization).select_related("user")


def describe(change: SettingsChange) -> Entry:
    return Entry(
        when=change.changed_at,
        who=change.user.username if change.user else "",
        subject=change.subject,
        icon="sliders-horizontal" if "preset_options" in change.after else "user",
        differences=list(_differences(change)),
    )


def _differences(change: SettingsChange) -> Iterator[Difference]:
    for name, after in change.after.items():
        before = change.before.get(name)
        if name in {"default_processing_options", "preset_options"}:
            yield from _option_differences(before or {}, after or {})
        else:
            label = str(_LABELS.get(name, name))
            yield Difference(label, _shown(name, before), _shown(name, after) or _("removed"))


def _option_differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for field in FIELDS:
        old, new = field.of(before), field.of(after)
        if old != new:
            yield Difference(field.label, _option(field, old), _option(field, new))


def _option(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if field.kind == "languages":
        return languages.names(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(name: str, value: Any) -> str:
    """A stored value as people call it."""
    if name == "storage_limit_mb":
        return _("no limit") if value is None else filesizeformat(value * 1024 * 1024)
    if value is None:
        return "" if name in {"role", "invitation", "preset"} else _("the server’s default")
    if name == "is_active":
        return _("active") if value else _("deactivated")
    return str(_CHOICES.get(name, {}).get(value, value))
