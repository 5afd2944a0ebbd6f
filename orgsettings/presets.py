"""Presets: sets of processing options under a name, built in or saved by an organization's admins.

A preset says what it is about; what it does not name follows the organization's defaults. Own ones
that pages save name everything. Whoever changes one holds the organization's settings row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curatore.core.errors import DomainError
from curatore.core.ids import as_uuid
from orgsettings import changes
from orgsettings import options as processing_options
from orgsettings.models import OptionPreset, Organization, OrgSettings, User
from orgsettings.options import BY_NAME, Options

MOST = 50  # of one organization
LONGEST_NAME = 100  # characters; as the column


@dataclass(frozen=True)
class Preset:
    """A preset as people choose it."""

    id: str  # a word of a built-in one, else a UUID
    name: str
    description: str  # "" of own ones
    options: Options  # canonical, maybe partial
    is_built_in: bool


class PresetRefused(DomainError):
    code = "preset_refused"


class NoSuchPreset(DomainError):
    code = "not_found"
    status = 404


_NAMED = (
    "ocr_settings.enabled",
    "ocr_settings.force",
    "ocr_settings.confidence_threshold",
    "processing_settings.timeout_seconds",
    "auto_optimize",
)


def _built_in(key: str, name: Any, description: Any, chosen: dict[str, Any]) -> Preset:
    """One that names all options that any of them names, so that one undoes another."""
    options: Options = {}
    for field in map(BY_NAME.__getitem__, _NAMED):
        field.put(options, chosen.get(field.name, field.default))
    return Preset(key, name, description, options, is_built_in=True)


_BUILT_IN = (
    _built_in(
        "balanced",
        gettext_lazy("Balanced"),
        gettext_lazy("For mixed documents: scanned pages are read, the text is tidied up."),
        {},
    ),
    _built_in(
        "scans",
        gettext_lazy("Scans"),
        gettext_lazy("For scanned paper: every page is read as an image, with more time."),
        {
            "ocr_settings.force": True,
            "ocr_settings.confidence_threshold": 0.7,
            "processing_settings.timeout_seconds": 1800,
        },
    ),
    _built_in(
        "exact_text",
        gettext_lazy("Exact text"),
        gettext_lazy("For contracts and laws: nothing is removed or mended, headers stay."),
        {"auto_optimize": False},
    ),
)


def of_organization(organization: Organization) -> list[Preset]:
    """The built-in ones, then the organization's own by name. One query."""
    own = OptionPreset.objects.filter(organization=organization)
    return [*_BUILT_IN, *map(as_preset, own)]


def find(organization: Organization, given: str) -> Preset:
    """The preset with this id, or with this name in any case.

    Raises:
        NoSuchPreset: there is none.
    """
    key = given.strip().casefold()
    for preset in of_organization(organization):
        if key in {preset.id, preset.name.casefold()}:
            return preset
    raise NoSuchPreset(_("There is no preset “%s”.") % given[:100])


def find_own(organization: Organization, preset_id: str | UUID) -> OptionPreset:
    """Raises NoSuchPreset: built-in, of another organization, or not an id at all."""
    key = as_uuid(str(preset_id))
    found = key and OptionPreset.objects.filter(organization=organization, pk=key).first()
    if not found:
        raise NoSuchPreset(_("Your organization has no such preset of its own."))
    return found


def create(
    organization: Organization, name: str, options: Any, *, by: User | None, now: datetime
) -> OptionPreset:
    """Save options, in any spelling that jobs accept, under a new name.

    Raises:
        OptionsError: they cannot be used.
        PresetRefused: the name is taken, or there are too many already.
    """
    chosen = _checked(options)
    with _held(organization):
        clean = _free_name(organization, name, None)
        if OptionPreset.objects.filter(organization=organization).count() >= MOST:
            raise PresetRefused(
                _("There are %d presets already. Delete one that nobody needs.") % MOST
            )
        preset = OptionPreset.objects.create(organization=organization, name=clean, options=chosen)
        changes.note(organization, by, now, before={"preset": None}, after={"preset": clean})
    return preset


def create_or_replace(
    organization: Organization, name: str, options: Any, *, by: User | None, now: datetime
) -> OptionPreset:
    """As `create`; an own preset of this name gets the options instead."""
    with _held(organization):
        own = OptionPreset.objects.filter(organization=organization, name__iexact=_clean(name))
        if known := own.first():
            return change(known, options=options, by=by, now=now)
        return create(organization, name, options, by=by, now=now)


def change(
    preset: OptionPreset,
    *,
    by: User | None,
    now: datetime,
    name: str | None = None,
    options: Any = None,
) -> OptionPreset:
    """Give a preset another name, other options, or both; None keeps what there is.

    Jobs that were made with it keep their options.

    Raises:
        OptionsError, PresetRefused: as for `create`.
        NoSuchPreset: it was deleted meanwhile.
    """
    chosen = None if options is None else _checked(options)
    organization = preset.organization
    with _held(organization):
        current = find_own(organization, preset.pk)
        if name is not None:
            clean = _free_name(organization, name, current)
            if clean != current.name:
                before, after = {"preset": current.name}, {"preset": clean}
                changes.note(organization, by, now, before=before, after=after)
                current.name = clean
        if chosen is not None and chosen != current.options:
            changes.note(
                organization,
                by,
                now,
                subject=current.name,
                before={"preset_options": current.options},
                after={"preset_options": chosen},
            )
            current.options = chosen
        current.save()
    return current


def delete(preset: OptionPreset, *, by: User | None, now: datetime) -> None:
    """Delete a preset; jobs that were made with it keep their options."""
    with _held(preset.organization):
        deleted, _each = OptionPreset.objects.filter(pk=preset.pk).delete()
        if deleted:
            changes.note(
                preset.organization,
                by,
                now,
                before={"preset": preset.name},
                after={"preset": None},
            )


@contextmanager
def _held(organization: Organization) -> Iterator[None]:
    with transaction.atomic():
        OrgSettings.objects.select_for_update().get(organization=organization)
        yield


def _checked(options: Any) -> Options:
    chosen = processing_options.normalize(options)
    processing_options.complete(chosen)
    return chosen


def _free_name(organization: Organization, name: str, preset: OptionPreset | None) -> str:
    clean = _clean(name)
    if not clean:
        raise PresetRefused(_("Give the preset a name."))
    taken = {word for built_in in _BUILT_IN for word in (built_in.id, built_in.name.casefold())}
    others = OptionPreset.objects.filter(organization=organization, name__iexact=clean)
    if preset:
        others = others.exclude(pk=preset.pk)
    if clean.casefold() in taken or others.exists():
        raise PresetRefused(_("There is a preset “%s” already. Choose another name.") % clean)
    return clean


def _clean(name: str) -> str:
    """As it is stored: no control characters, single spaces, not too long."""
    words = "".join(char if char.isprintable() else " " for char in name).split()
    return " ".join(words)[:LONGEST_NAME].rstrip()


def as_preset(row: OptionPreset) -> Preset:
    return Preset(str(row.pk), row.name, "", row.options, is_built_in=False)
