"""Processing options: one schema for the wizard, the API, the organization's defaults and jobs.

`normalize` turns what came from outside, in any spelling that the original accepted, into the
canonical form; `effective` completes it. Precedence: job, then organization, then built-in.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from curatore.core.errors import InvalidInput
from orgsettings.option_fields import Field, Kind, Options, Unusable, clean, option

_KINDS: dict[Any, Kind] = {bool: "boolean", int: "integer", float: "number"}


# fmt: off
@dataclass(frozen=True)
class QualityThresholds:
    conversion_threshold: int = option(
        70, "Conversion score", "How much of the document must have come through, out of 100.",
        (0, 100, 5),
    )
    clarity_threshold: float = option(
        7, "Clarity", "How readable the text must be, out of 10.", (1, 10, 0.5), is_advanced=True
    )
    completeness_threshold: float = option(
        7, "Completeness", "How little may be missing, out of 10.", (1, 10, 0.5), is_advanced=True
    )
    relevance_threshold: float = option(
        7, "Relevance", "Applies only where a language model rates the text, out of 10.",
        (1, 10, 0.5), is_advanced=True,
    )
    markdown_threshold: float = option(
        7, "Markdown", "How well headings, lists and tables must be formed, out of 10.",
        (1, 10, 0.5), is_advanced=True,
    )


@dataclass(frozen=True)
class OcrSettings:
    enabled: bool = option(
        True, "Read scanned pages", "Recognize text on pages and images that have none (OCR).",
        is_of_document=True,
    )
    force: bool = option(
        False, "Read every page as an image",
        "Ignore the text in PDF files. Slow; for broken text only.",
        is_advanced=True, is_of_document=True,
    )
    language: str = option(
        "auto", "Languages of scans",
        "Automatic finds out the language of each scan. If you know it, choose it; every language"
        " more takes time.",
        kind="languages", is_of_document=True,
    )
    psm: int = option(
        3, "Page layout of scans", "Tesseract's page segmentation mode; 3 finds the layout itself.",
        (1, 13, 1), is_advanced=True, is_of_document=True,
    )
    confidence_threshold: float = option(
        0.8, "OCR confidence", "Pages read with less certainty get a warning and a lower score.",
        (0, 1, 0.05), is_advanced=True, is_of_document=True,
    )


@dataclass(frozen=True)
class ProcessingSettings:
    chunk_size: int = option(
        1000, "Chunk size", "Longest chunk of the chunk export, in tokens.", (100, 2000, 100)
    )
    chunk_overlap: int = option(
        200, "Chunk overlap", "Tokens that a chunk repeats of the one before.", (0, 500, 50)
    )
    max_retries: int = option(
        3, "Retries",
        "How often a document is tried again after a crash; after a time-out only once.",
        (1, 5, 1), is_advanced=True,
    )
    timeout_seconds: int = option(
        600, "Time limit", "Longest conversion of one document, in seconds.", (10, 3600, 10),
        is_advanced=True, is_of_document=True,
    )


@dataclass(frozen=True)
class ProcessingOptions:
    """Every option with its value. Sections are members of their own, as in JSON."""

    quality_thresholds: QualityThresholds = QualityThresholds()
    ocr_settings: OcrSettings = OcrSettings()
    processing_settings: ProcessingSettings = ProcessingSettings()
    auto_optimize: bool = option(
        True, "Optimize for RAG",
        "Remove running headers, join broken words and paragraphs, fix heading levels.",
        is_of_document=True,
    )
    extraction_engine: str = option(
        "auto", "Extraction engine", "The best installed engine for each format.",
        kind="choice", choices=(("auto", "Automatic"),), is_of_document=True,
        earlier=("extraction-service", "docling", "default", "extraction", "legacy", "none"),
    )
    # fmt: on

    @classmethod
    def of(cls, *layers: Mapping[str, Any]) -> Self:
        """Of each option the value of the first layer that has it, else the built-in one."""
        values = effective(*layers)
        return cls(**values | {name: kind(**values[name]) for name, kind in _SECTIONS.items()})

    def as_dict(self) -> Options:
        return asdict(self)


_SECTIONS: dict[str, Any] = {
    "quality_thresholds": QualityThresholds,
    "ocr_settings": OcrSettings,
    "processing_settings": ProcessingSettings,
}
SECTIONS = tuple(_SECTIONS)


def _fields(section: str, declared: Any) -> Iterator[Field]:
    """The options that a class above declares itself."""
    for member in dataclasses.fields(declared):
        if member.metadata:
            told: dict[str, Any] = {"kind": _KINDS.get(member.type), **member.metadata}
            yield Field(section=section, key=member.name, default=member.default, **told)


FIELDS = (
    *(field for section, declared in _SECTIONS.items() for field in _fields(section, declared)),
    *_fields("", ProcessingOptions),
)
BY_NAME = {field.name: field for field in FIELDS}

MOST_ERRORS = 100  # that are told of one set of options

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
class OptionsError(InvalidInput):
    """Options that cannot be understood; `errors` names each by JSON pointer."""


def defaults() -> Options:
    """The built-in value of every option, in the canonical form."""
    options: Options = {section: {} for section in SECTIONS}
    for field in FIELDS:
        field.put(options, field.default)
    return options


def without_defaults(options: Options, usual: Options | None = None) -> Options:
    """Of canonical options only those that differ from `usual`, or else from the built-in ones."""
    usual = effective(usual or {})
    kept: Options = {}
    for field in FIELDS:
        if field.is_in(options) and field.of(options) != field.of(usual):
            field.put(kept, field.of(options))
    return kept


def normalize(raw: Any) -> Options:
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
        except Unusable as refusal:
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
            if field.is_in(layer):
                field.put(options, field.of(layer))
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
        if not field.is_of_document and field.is_in(options)
    ]
    if errors:
        raise OptionsError("Some options cannot be chosen for single documents.", errors)
    return options


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
        Unusable: no such option, a value out of range, or one that contradicts another spelling.
    """
    name = ".".join(path)
    # A dot inside of a member's name is part of it, and no option has one.
    is_plain = not any("." in member for member in path)
    field = BY_NAME.get(ALIASES.get(name, name)) if is_plain else None
    if field is None:
        if name in IGNORED:
            return
        raise Unusable(f"“{name}” is not an option.", "unknown_option")
    usable = clean(field, value)
    if told.setdefault(field.name, usable) != usable:
        raise Unusable(
            f"“{name}” is another name of “{field.name}”, which is given with another value."
            " Give it once.",
            "contradicting_option",
        )
    field.put(options, usable)


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


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
