"""Changing the settings of an organization: checked, saved, and remembered with who and when."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from curatore.core.errors import InvalidInput
from orgsettings import options as processing_options
from orgsettings.models import (
    RETENTION_CHOICES,
    JobsSeen,
    Organization,
    OrgSettings,
    SettingsChange,
    User,
)

FIELDS = (
    "job_concurrency_limit",
    "job_retention_days",
    "members_see",
    "default_processing_options",
)
# What only the operator changes, in the admin site.
OPERATOR_FIELDS = ("storage_limit_mb",)
LIMITS = range(1, 11)
RETENTIONS = tuple(days for days, _ in RETENTION_CHOICES)


def save(
    organization: Organization,
    user: User | None,
    values: Mapping[str, Any],
    *,
    by_operator: bool = False,
) -> OrgSettings:
    """Change the given settings and keep the others; null goes back to the server's default.

    New jobs follow the changed settings; jobs that exist keep theirs. What is the same already is
    no change.

    Args:
        values: members of FIELDS. `default_processing_options` replaces all earlier ones and may
            be partial and in any spelling that jobs accept.
        by_operator: OPERATOR_FIELDS may be among them.

    Raises:
        InvalidInput: unknown members and values out of range, each named by pointer.
    """
    checked = _checked(values, _CHECKS | _OPERATOR_CHECKS if by_operator else _CHECKS)
    with transaction.atomic():
        row = OrgSettings.objects.select_for_update().get(organization=organization)
        before = {name: getattr(row, name) for name in checked}
        changed = [name for name in checked if before[name] != checked[name]]
        if changed:
            for name in changed:
                setattr(row, name, checked[name])
            row.save(update_fields=[*changed, "updated_at"])
            note(
                organization,
                user,
                timezone.now(),
                before={name: before[name] for name in changed},
                after={name: checked[name] for name in changed},
            )
    return row


def note(
    organization: Organization,
    user: User | None,
    now: datetime,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    subject: str = "",
) -> None:
    """Write down who changed what; in the transaction of the change."""
    SettingsChange.objects.create(
        organization=organization,
        user=user,
        changed_at=now,
        subject=subject[: SettingsChange._meta.get_field("subject").max_length],
        before=dict(before),
        after=dict(after),
    )


def _checked(
    values: Mapping[str, Any], checks: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    errors: list[dict[str, str]] = []
    checked: dict[str, Any] = {}
    for name, value in values.items():
        check = checks.get(name)
        if check is None:
            errors.append(_error(name, "unknown_setting", f"“{name}” is not a setting."))
            continue
        try:
            checked[name] = check(value)
        except processing_options.OptionsError as refusal:
            errors += [
                error | {"pointer": f"/default_processing_options{error['pointer']}"}
                for error in refusal.errors
            ]
        except ValueError as refusal:
            errors.append(_error(name, "out_of_range", str(refusal)))
    if errors:
        raise InvalidInput("Some settings cannot be used. Nothing was changed.", errors)
    return checked


def _limit(value: Any) -> int | None:
    if value is None or (_is_whole(value) and value in LIMITS):
        return value if value is None else int(value)
    raise ValueError("“job_concurrency_limit” must be a whole number from 1 to 10, or null.")


def _retention(value: Any) -> int | None:
    if value is None or (_is_whole(value) and value in RETENTIONS):
        return value if value is None else int(value)
    raise ValueError("“job_retention_days” must be 7, 30, 90, 0 (keep for ever), or null.")


def _members_see(value: Any) -> str:
    if value is None:
        return JobsSeen.OWN
    if value in JobsSeen.values:
        return str(value)
    raise ValueError("“members_see” must be “own”, “all” or null.")


def _storage_limit(value: Any) -> int | None:
    if value is None or (_is_whole(value) and value > 0):
        return value if value is None else int(value)
    raise ValueError("“storage_limit_mb” must be a whole number above 0, or null.")


def _options(value: Any) -> dict[str, Any]:
    chosen = processing_options.normalize(value)
    processing_options.complete(chosen)  # what does not fit together would refuse every job
    return chosen


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "job_concurrency_limit": _limit,
    "job_retention_days": _retention,
    "members_see": _members_see,
    "default_processing_options": _options,
}
_OPERATOR_CHECKS: dict[str, Callable[[Any], Any]] = {"storage_limit_mb": _storage_limit}


def _is_whole(value: Any) -> bool:
    """To JSON, 4.0 is the same number as 4."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0


def _error(name: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/{name}", "code": code, "detail": detail}
