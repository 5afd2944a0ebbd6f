"""Processing options: one schema for the wizard, the API, the organization's defaults and jobs.

`normalise` turns what came from outside, in any spelling that the original accepted, into the
canonical form; `effective` completes it. Precedence: job, then organization, then built-in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from curatore.core.errors import InvalidInput
from orgsettings import languages

Options = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One option: where it stands, what it may be, and how the wizard explains it."""

    section: str  # "" at the top level
    key: str
    kind: Literal["boolean", "integer", "number", "languages", "choice"]
    default: Any
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None  # of the wizard's control; the API takes any value in range
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Dotted, as in `ocr_settings.language`; also the name of the form field."""
        return f"{self.section}.{self.key}" if self.section else self.key

    @property
    def pointer(self) -> str:
        return "/" + self.name.replace(".", "/")

    def of(self, options: Mapping[str, Any]) -> Any:
        """The value of this option in complete canonical options."""
        return options[self.section][self.key] if self.section else options[self.key]


FIELDS = (
    Field(
        "quality_thresholds", "conversion_threshold", "integer", 70,
        "Conversion score", "How much of the document must have come through, out of 100.",
        0, 100, 5,
    ),
    Field(
        "quality_thresholds", "clarity_threshold", "number", 7,
        "Clarity", "How readable the text must be, out of 10.", 1, 10, 0.5,
    ),
    Field(
        "quality_thresholds", "completeness_threshold", "number", 7,
        "Completeness", "How little may be missing, out of 10.", 1, 10, 0.5,
    ),
    Field(
        "quality_thresholds", "relevance_threshold", "number", 7,
        "Relevance", "Applies only where a language model rates the text, out of 10.", 1, 10, 0.5,
    ),
    Field(
        "quality_thresholds", "markdown_threshold", "number", 7,
        "Markdown", "How well headings, lists and tables must be formed, out of 10.", 1, 10, 0.5,
    ),
    Field(
        "ocr_settings", "enabled", "boolean", True,
        "Read scanned pages", "Recognise text on pages and images that have none (OCR).",
    ),
    Field(
        "ocr_settings", "force", "boolean", False,
        "Read every page as an image", "Ignore the text in PDF files. Slow; for broken text only.",
    ),
    Field(
        "ocr_settings", "language", "languages", "eng",
        "Languages of scans", "What the documents are written in; every language more takes time.",
    ),
    Field(
        "ocr_settings", "psm", "integer", 3,
        "Page layout of scans", "Tesseract's page segmentation mode; 3 finds the layout itself.",
        1, 13, 1,
    ),
    Field(
        "ocr_settings", "confidence_threshold", "number", 0.8,
        "OCR confidence", "Pages read with less certainty get a warning and a lower score.",
        0, 1, 0.05,
    ),
    Field(
        "processing_settings", "chunk_size", "integer", 1000,
        "Chunk size", "Longest chunk of the chunk export, in tokens.", 100, 2000, 100,
    ),
    Field(
        "processing_settings", "chunk_overlap", "integer", 200,
        "Chunk overlap", "Tokens that a chunk repeats of the one before.", 0, 500, 50,
    ),
    Field(
        "processing_settings", "max_retries", "integer", 3,
        "Retries", "How often a document is tried again after a crash; after a time-out only once.",
        1, 5, 1,
    ),
    Field(
        "processing_settings", "timeout_seconds", "integer", 600,
        "Time limit", "Longest conversion of one document, in seconds.", 10, 3600, 10,
    ),
    Field(
        "", "auto_optimize", "boolean", True,
        "Optimize for RAG",
        "Remove running headers, join broken words and paragraphs, mend heading levels.",
    ),
    Field(
        "", "extraction_engine", "choice", "auto",
        "Extraction engine", "The best installed engine for each format.",
        choices=(("auto", "Automatic"),),
    ),
)  # fmt: skip

LONGEST_LANGUAGES = 100  # characters of several, such as eng+deu
MOST_ERRORS = 100  # that are told of one set of options
SECTIONS = ("quality_thresholds", "ocr_settings", "processing_settings")
# Options that can differ between the documents of a job.
PER_DOCUMENT = {field.name for field in FIELDS if field.section == "ocr_settings"} | {
    "processing_settings.timeout_seconds",
    "auto_optimize",
    "extraction_engine",
}
BY_NAME = {field.name: field for field in FIELDS}

# Other spellings in circulation, from earlier clients, of the canonical names.
ALIASES = {
    f"quality_thresholds.{old}": f"quality_thresholds.{new}_threshold"
    for new, olds in {
        "conversion": ("conversion", "conversion_quality"),
        "clarity": ("clarity", "clarity_score"),
        "completeness": ("completeness", "completeness_score"),
        "relevance": ("relevance", "relevance_score"),
        "markdown": ("markdown", "markdown_quality"),
    }.items()
    for old in olds
} | {
    "conversion_threshold": "quality_thresholds.conversion_threshold",
    "auto_improve": "auto_optimize",
    "vector_optimize": "auto_optimize",
    "optimize_for_rag": "auto_optimize",
    "apply_vector_optimization": "auto_optimize",
}
# Accepted from earlier clients and without meaning here: ratings are always made.
IGNORED = {"evaluate_quality", "apply_llm_evaluation"}
ENGINE_ALIASES = dict.fromkeys(
    ("extraction-service", "docling", "default", "extraction", "legacy", "none"), "auto"
)


class OptionsError(InvalidInput):
    """Options that cannot be understood; `errors` names each by JSON pointer."""


def defaults() -> Options:
    """The built-in value of every option, in the canonical form."""
    options: Options = {section: {} for section in SECTIONS}
    for field in FIELDS:
        _put(options, field, field.default)
    return options


def without_defaults(options: Options, usual: Options | None = None) -> Options:
    """Of canonical options only those that differ from `usual`, or else from the built-in ones."""
    usual = effective(usual or {})
    kept: Options = {}
    for field in FIELDS:
        holder = options.get(field.section, {}) if field.section else options
        if field.key in holder and holder[field.key] != field.of(usual):
            _put(kept, field, holder[field.key])
    return kept


def normalise(raw: Any) -> Options:
    """The given options in the canonical form, only those given.

    Args:
        raw: a JSON object, or None for no options.

    Raises:
        OptionsError: unknown keys, wrong types, values out of range; one error for each of the
            first MOST_ERRORS.
    """
    if raw is None:
        return {}
    errors: list[dict[str, str]] = []
    if not isinstance(raw, Mapping):
        errors.append(_error("", "wrong_type", "Options must be an object."))
        raise OptionsError("The options cannot be used.", errors)
    options: Options = {}
    told: dict[str, Any] = {}
    for path, value in _leaves(raw, errors):
        try:
            _take(options, told, path, value)
        except _Unusable as refusal:
            errors.append(_error(_pointer(path), refusal.code, str(refusal)))
        if len(errors) == MOST_ERRORS:  # more of them help nobody
            break
    if errors:
        raise OptionsError("Some options cannot be used.", errors)
    return options


def effective(*layers: Mapping[str, Any]) -> Options:
    """Complete canonical options: of each option the first layer that has it, else built-in."""
    return merged(*layers, defaults())


def merged(*layers: Mapping[str, Any]) -> Options:
    """Of each option the first layer that has it; one that none has is left out."""
    options: Options = {}
    for field in FIELDS:
        for layer in layers:
            holder = layer.get(field.section, {}) if field.section else layer
            if field.key in holder:
                _put(options, field, holder[field.key])
                break
    return options


def complete(*layers: Mapping[str, Any]) -> Options:
    """As `effective`, for a job: refuses layers that do not fit together.

    Raises:
        OptionsError: for example the job's chunk overlap against the organization's chunk size.
    """
    options = effective(*layers)
    errors: list[dict[str, str]] = []
    _check_together(options, errors)
    if errors:
        raise OptionsError("Some options do not fit together.", errors)
    return options


def for_documents(options: Options) -> Options:
    """The same canonical options, if each of them can differ between the documents of a job.

    Raises:
        OptionsError: some are of the job as a whole, such as thresholds and chunks.
    """
    errors = [
        _error(
            field.pointer,
            "not_of_a_document",
            f"“{field.name}” is the same for all documents of a job. Leave it out, or choose no"
            " documents.",
        )
        for field in FIELDS
        if field.name not in PER_DOCUMENT
        and field.key in (options.get(field.section, {}) if field.section else options)
    ]
    if errors:
        raise OptionsError("Some options cannot be chosen for single documents.", errors)
    return options


class _Unusable(ValueError):
    """One value that cannot be used; the sentence says why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def _leaves(
    raw: Mapping[str, Any], errors: list[dict[str, str]]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value with the members that lead to it, such as ("ocr_settings", "language")."""
    for key, value in raw.items():
        if key not in SECTIONS:
            yield (str(key),), value
        elif isinstance(value, Mapping):
            yield from (((key, str(inner)), item) for inner, item in value.items())
        else:
            errors.append(_error(f"/{key}", "wrong_type", f"“{key}” must be an object."))


def _take(options: Options, told: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put the value into `options`; `told` has what other spellings said before, by name.

    Raises:
        _Unusable: no such option, a value out of range, or one that contradicts another spelling.
    """
    name = ".".join(path)
    # A dot inside of a member's name is part of it, and no option has one.
    is_plain = not any("." in member for member in path)
    field = BY_NAME.get(ALIASES.get(name, name)) if is_plain else None
    if field is None:
        if name in IGNORED:
            return
        raise _Unusable(f"“{name}” is not an option.", "unknown_option")
    try:
        clean = _clean(field, value)
    except _Unusable:
        raise
    except ValueError as refusal:
        raise _Unusable(str(refusal), "out_of_range") from refusal
    if told.setdefault(field.name, clean) != clean:
        raise _Unusable(
            f"“{name}” is another name of “{field.name}”, which is given with another value."
            " Give it once.",
            "contradicting_option",
        )
    _put(options, field, clean)


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


def _put(options: Options, field: Field, value: Any) -> None:
    holder = options.setdefault(field.section, {}) if field.section else options
    holder[field.key] = value


def _clean(field: Field, value: Any) -> Any:
    """The value in its type; ValueError with a sentence if it cannot be that."""
    match field.kind:
        case "boolean":
            if isinstance(value, bool):
                return value
            raise ValueError(f"“{field.name}” must be true or false.")
        case "languages":
            return _clean_languages(field, value)
        case "choice":
            value = ENGINE_ALIASES.get(value, value) if isinstance(value, str) else value
            allowed = [choice for choice, _ in field.choices]
            if value in allowed:
                return value
            raise ValueError(f"“{field.name}” must be one of: {', '.join(allowed)}.")
        case _:
            return _clean_number(field, value)


def _clean_languages(field: Field, value: Any) -> str:
    if not (isinstance(value, str) and len(value) <= LONGEST_LANGUAGES and _is_language(value)):
        raise ValueError(
            f"“{field.name}” must be a language code such as eng, or several joined by a plus."
        )
    if missing := languages.missing(value):
        raise _Unusable(
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
    raise ValueError(
        f"“{field.name}” must be a {'whole ' if whole else ''}number from {low:g} to {high:g}."
    )


def _check_together(options: Options, errors: list[dict[str, str]]) -> None:
    processing = options["processing_settings"]
    if processing["chunk_overlap"] >= processing["chunk_size"]:
        errors.append(
            _error(
                "/processing_settings/chunk_overlap",
                "out_of_range",
                "“processing_settings.chunk_overlap” must be smaller than chunk_size.",
            )
        )


def _error(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}
