"""Processing options as OpenAPI describes them: made from the same fields that check them."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orgsettings import options
from orgsettings.option_fields import LONGEST_LANGUAGES, Field

GIVEN, CHOSEN, COMPLETE = "ProcessingOptionsRequest", "ChosenOptions", "ProcessingOptions"
DEFAULTS = "Defaults"
# As orgsettings.options reads them: letters, digits and underscores, joined by plus signs.
_LANGUAGES = r"^_*[A-Za-z0-9][A-Za-z0-9_]*(\+_*[A-Za-z0-9][A-Za-z0-9_]*)*$"
_TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "languages": "string",
    "choice": "string",
}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@extend_schema_field(reference(GIVEN))
class GivenOptionsField(serializers.JSONField):
    """Options of a body; orgsettings.options.normalize checks them."""


@extend_schema_field(reference(CHOSEN))
class ChosenOptionsField(serializers.JSONField):
    """Canonical options that somebody chose, maybe only some."""


@extend_schema_field(reference(COMPLETE))
class CompleteOptionsField(serializers.JSONField):
    """Every option in the canonical form."""


def schemas() -> dict[str, Any]:
    """Components: what may be given, and what is answered."""
    given = _nested(((field.name, _given(field)) for field in options.FIELDS), required=False)
    for alias, name in options.ALIASES.items():
        _put(given, alias, _earlier(name))
    for name in options.IGNORED:
        _put(given, name, {"deprecated": True, "description": "Accepted, and without meaning."})
    _put(given, "extraction_engine", _engine())
    return {
        GIVEN: given | {"description": "Options to choose; what is missing follows the defaults."},
        CHOSEN: _nested(_canonical(), required=False)
        | {"description": "The options that were chosen; the others follow the defaults."},
        COMPLETE: _nested(_canonical(), required=True)
        | {"description": "Every processing option."},
        DEFAULTS: _nested(_canonical(), required=True)
        | {"description": "Processing options as a new job of the organization gets them."},
    }


def _canonical() -> Iterable[tuple[str, dict[str, Any]]]:
    return ((field.name, _described(field)) for field in options.FIELDS)


def _nested(fields: Iterable[tuple[str, dict[str, Any]]], *, required: bool) -> dict[str, Any]:
    schema = _object()
    for section in options.SECTIONS:
        schema["properties"][section] = _object()
    for name, described in fields:
        _put(schema, name, described)
    for part in [schema, *(schema["properties"][section] for section in options.SECTIONS)]:
        if required:
            part["required"] = list(part["properties"])
    return schema


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _put(schema: dict[str, Any], name: str, described: dict[str, Any]) -> None:
    section, _, key = name.rpartition(".")
    holder = schema["properties"][section] if section else schema
    holder["properties"][key] = described


def _described(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": _TYPES[field.kind],
        "description": field.help,
        "default": field.default,
    }
    if field.minimum is not None:
        schema |= {"minimum": field.minimum, "maximum": field.maximum}
    if field.kind == "languages":
        schema |= {"pattern": _LANGUAGES, "maxLength": LONGEST_LANGUAGES}
        schema["description"] = (
            "`auto`: the language of each scan is found out among the installed ones. Or the code"
            " of a language that the server can read; several with a plus, as eng+deu, the main"
            " one first. The refusal of others (`ocr_language_missing`) names all."
        )
    if field.choices:
        schema["enum"] = [value for value, _ in field.choices]
    return schema


def _given(field: Field) -> dict[str, Any]:
    """Whole numbers may come with a fraction, which is rounded."""
    described = _described(field)
    return described | {"type": "number"} if field.kind == "integer" else described


def _earlier(name: str) -> dict[str, Any]:
    described = _given(options.BY_NAME[name]) | {
        "deprecated": True,
        "description": f"Earlier name of `{name}`.",
    }
    del described["default"]
    return described


def _engine() -> dict[str, Any]:
    field = options.BY_NAME["extraction_engine"]
    names = [value for value, _ in field.choices]
    earlier = sorted(field.earlier)
    return _described(field) | {
        "enum": [*names, *earlier],
        "description": f"{field.help} {', '.join(earlier)} are earlier names of `auto`.",
    }
