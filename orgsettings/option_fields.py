"""One processing option: where it stands, which values it takes, and how the wizard explains it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orgsettings import languages

Options = dict[str, Any]  # the canonical form as JSON keeps it, maybe partial
Kind = Literal["boolean", "integer", "number", "languages", "choice"]
LONGEST_LANGUAGES = 100  # characters of several, such as eng+deu


@dataclass(frozen=True)
class Field:
    """One option: where it stands, what it may be, and how the wizard explains it."""

    section: str  # "" at the top level
    key: str
    kind: Kind
    default: Any
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None  # of the wizard's control; the API takes any value in range
    choices: tuple[tuple[str, str], ...] = ()
    earlier: tuple[str, ...] = ()  # words of earlier clients for the default
    is_advanced: bool = False  # few people need it: forms fold it away
    is_of_document: bool = False  # it may differ between the documents of a job

    @property
    def name(self) -> str:
        """Dotted, as in `ocr_settings.language`; also the name of the form field."""
        return f"{self.section}.{self.key}" if self.section else self.key

    @property
    def pointer(self) -> str:
        return "/" + self.name.replace(".", "/")

    def is_in(self, options: Mapping[str, Any]) -> bool:
        """Whether canonical options, maybe partial, name this one."""
        return self.key in self._holder(options)

    def of(self, options: Mapping[str, Any]) -> Any:
        """The value of this option in canonical options; the default where they do not name it."""
        return self._holder(options).get(self.key, self.default)

    def put(self, options: Options, value: Any) -> None:
        """Give this option a value in `options`."""
        holder = options.setdefault(self.section, {}) if self.section else options
        holder[self.key] = value

    def _holder(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        return options.get(self.section, {}) if self.section else options


def option(default: Any, label: str, help: str, limits: tuple[float, ...] = (), **more: Any) -> Any:
    """An attribute of the classes below, which are the list of all options.

    Args:
        limits: of a number: smallest, largest, and the step of the wizard's control.
        more: other attributes of Field; `kind` where the type does not tell it.
    """
    told = {"label": label, "help": help} | more
    told |= dict(zip(("minimum", "maximum", "step"), limits, strict=False))
    return dataclasses.field(default=default, metadata=told)


class Unusable(Exception):
    """One value that cannot be used; the sentence says why."""

    def __init__(self, message: str, code: str = "out_of_range") -> None:
        super().__init__(message)
        self.code = code


def clean(field: Field, value: Any) -> Any:
    """The value in its type.

    Raises:
        Unusable: it cannot be that; the sentence says what could.
    """
    match field.kind:
        case "boolean":
            if isinstance(value, bool):
                return value
            raise Unusable(f"“{field.name}” must be true or false.")
        case "languages":
            return _clean_languages(field, value)
        case "choice":
            value = field.default if value in field.earlier else value
            allowed = [choice for choice, _ in field.choices]
            if value in allowed:
                return value
            raise Unusable(f"“{field.name}” must be one of: {', '.join(allowed)}.")
        case _:
            return _clean_number(field, value)


def _clean_languages(field: Field, value: Any) -> str:
    if not (isinstance(value, str) and len(value) <= LONGEST_LANGUAGES and _is_language(value)):
        raise Unusable(
            f"“{field.name}” must be a language code such as eng, or several joined by a plus."
        )
    if languages.AUTO in languages.split(value) and value != languages.AUTO:
        raise Unusable(f"“{field.name}” must be auto or languages, not both.")
    if missing := languages.missing(value):
        raise Unusable(
            f"{_quoted(missing)} cannot be read on this server. Choose among:"
            f" {', '.join(languages.offered())}.",
            "ocr_language_missing",
        )
    return value


def _quoted(codes: list[str]) -> str:
    return ", ".join(f"“{code}”" for code in codes)


def _is_language(value: str) -> bool:
    return all(code.replace("_", "").isalnum() and code.isascii() for code in value.split("+"))


def _clean_number(field: Field, value: Any) -> float | int:
    whole = field.kind == "integer"
    low, high = field.minimum or 0, field.maximum or 0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and low <= value <= high:
        # Older clients send 70.5 for whole numbers too: half steps are rounded, never refused.
        return round(value) if whole else value
    raise Unusable(
        f"“{field.name}” must be a {'whole ' if whole else ''}number from {low:g} to {high:g}."
    )
