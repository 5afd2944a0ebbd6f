"""From a file to a Conversion: detect, read, clean up, judge."""

import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from . import errors
from .detection import Detected, detect
from .extraction import Extraction, Report
from .formats import FORMATS, IMAGES
from .markdown import normalize
from .optimize import optimize
from .options import ConversionOptions
from .scoring.quality import Quality
from .scoring.score import WORD, Evidence, coverage, score
from .scoring.source_words import SourceWords
from .unlocking import unlocked

SMALL_RESULT = 10_000_000  # characters that a result of any file may have
MAX_GROWTH = 100  # characters for each byte of the file: packed office files reach 30
MAX_RESULT = 250_000_000  # characters, whatever the file


@dataclass(frozen=True)
class Conversion:
    """A document as Markdown. `page_count` is None for formats without pages.

    `source_words` is what source_words.py packed, to compare edits with; None if there is nothing.
    """

    markdown: str
    engine: str
    media_type: str
    page_count: int | None
    ocr_page_count: int
    quality: Quality
    warnings: tuple[str, ...] = ()
    source_words: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return asdict(self) | {"quality": self.quality.as_dict(), "warnings": list(self.warnings)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The conversion that `as_dict` described."""
        quality = Quality.from_dict(values["quality"])
        return cls(**{**values, "quality": quality, "warnings": tuple(values["warnings"])})


def convert(
    path: Path,
    *,
    filename: str,
    options: ConversionOptions,
    report: Report,
    password: str | None = None,
) -> Conversion:
    """Convert the file at `path`, which people know as `filename`; `password` opens it if need be.

    Runs the engines in this process: whoever has something to lose calls Sandbox.convert instead.
    Raises ConversionError for every file that cannot be converted or holds no text.
    """
    with unlocked(path, filename, password) as plain:
        return _convert(plain, filename, options, report)


def _convert(path: Path, filename: str, options: ConversionOptions, report: Report) -> Conversion:
    report("detect", None, None)
    detected = detect(path, filename)
    report("extract", None, None)
    try:
        extraction = _read(path, filename, detected, options, report)
    except errors.EngineError as problem:
        label = FORMATS[detected.format].label
        raise errors.corrupt_file(filename, label, str(problem)) from problem
    _refuse_swollen(extraction, filename, path.stat().st_size)
    _normalize(extraction)
    if not WORD.search(extraction.text):
        raise _nothing_found(extraction, filename, detected, options)
    evidence = _evidence(extraction, options)
    words = SourceWords(extraction)
    pages = extraction.page_count
    if options.auto_optimize:
        report("optimize", pages, pages)
        optimize(extraction)
    report("score", pages, pages)
    markdown = _joined(extraction)
    return Conversion(
        markdown=markdown,
        engine=extraction.engine,
        media_type=detected.media_type,
        page_count=extraction.page_count,
        ocr_page_count=sum(page.ocr_confidence is not None for page in extraction.pages),
        quality=score(markdown, evidence),
        warnings=tuple(_warnings(extraction, detected, options)),
        source_words=words.packed(markdown),
    )


def _read(
    path: Path, filename: str, detected: Detected, options: ConversionOptions, report: Report
) -> Extraction:
    # Engines take a second to import: each is loaded when its first document comes.
    if detected.format == "pdf":
        from .readers.pdf import read_pdf

        return read_pdf(path, filename, options, report)
    if detected.format in IMAGES:
        from .readers.pictures import read_pictures

        return read_pictures(path, filename, options, report, format_name=detected.format)
    if detected.format in {"xlsx", "xls", "ods"}:
        from .readers.calamine import read_sheets

        return read_sheets(path, filename)
    if detected.format in {"csv", "tsv"}:
        from .readers.calamine import read_delimited

        return read_delimited(path, filename, format_name=detected.format)
    if detected.format in {"txt", "md"}:
        from .readers.text import read_plain

        return read_plain(path, filename, format_name=detected.format)
    from .readers.office import read_office

    return read_office(path, filename, options, report, format_name=detected.format)


def _normalize(extraction: Extraction) -> None:
    if extraction.is_clean:
        return
    for page in extraction.pages:
        page.blocks = [clean for block in page.blocks if (clean := normalize(block))]


def _evidence(extraction: Extraction, options: ConversionOptions) -> Evidence:
    # Measured before the clean-up, so that removed page headers do not count as lost text.
    by_ocr = [p.ocr_confidence for p in extraction.pages if p.ocr_confidence is not None]
    source = extraction.source_text
    return Evidence(
        coverage=coverage(source, extraction.text) if source else None,
        ocr_confidence=statistics.fmean(by_ocr) if by_ocr else None,
        unsure_share=(
            statistics.fmean(c < options.ocr_confidence_threshold for c in by_ocr) if by_ocr else 0
        ),
        unread_share=sum(page.unread for page in extraction.pages) / len(extraction.pages),
    )


def _refuse_swollen(extraction: Extraction, filename: str, size: int) -> None:
    """Raise result_too_large for more text than a file of `size` bytes can honestly hold."""
    limit = min(MAX_RESULT, max(SMALL_RESULT, MAX_GROWTH * size))
    length = sum(len(block) for page in extraction.pages for block in page.blocks)
    if length > limit:
        raise errors.result_too_large(filename, length, limit)


def _joined(extraction: Extraction) -> str:
    parts: list[str] = []
    for page in extraction.pages:
        if page.number is not None:
            parts.append(f"<!-- page {page.number} -->")
        parts += page.blocks
    return "\n\n".join(parts) + "\n"


def _nothing_found(
    extraction: Extraction, filename: str, detected: Detected, options: ConversionOptions
) -> errors.ConversionError:
    troubles = [page.trouble for page in extraction.pages if page.trouble is not None]
    if troubles:
        words = "; ".join(dict.fromkeys(trouble.words for trouble in troubles))
        if any(trouble.is_too_large for trouble in troubles):
            return errors.too_large(filename, words)
        return errors.corrupt_file(filename, FORMATS[detected.format].label, words)
    if not options.ocr_enabled and any(page.unread for page in extraction.pages):
        return errors.ocr_disabled(filename)
    if detected.format in IMAGES or any(page.unread for page in extraction.pages):
        hint = "Check that the pictures are sharp and that the OCR language fits, or scan again."
    else:
        hint = "Check that the original is not blank. Text inside pictures needs a scan or a PDF."
    return errors.no_text_found(filename, hint)


def _warnings(extraction: Extraction, detected: Detected, options: ConversionOptions) -> list[str]:
    warnings = [detected.warning] if detected.warning else []
    warnings += extraction.warnings
    for trouble in dict.fromkeys(page.trouble for page in extraction.pages if page.trouble):
        numbers = [page.number for page in extraction.pages if page.trouble == trouble]
        warnings.append(f"{_pages(numbers)} not read: {trouble.words}.")
    unread = [page.number for page in extraction.pages if page.unread and not page.trouble]
    if unread and not options.ocr_enabled:
        warnings.append(f"{_pages(unread)} not read, because text recognition is switched off.")
    elif unread:
        warnings.append(f"{_pages(unread)} not read: no text was recognized.")
    limit = options.ocr_confidence_threshold
    unsure = [p for p in extraction.pages if p.blocks and (p.ocr_confidence or 1) < limit]
    warnings += [
        f"Page {page.number} was recognized with a confidence of {page.ocr_confidence:.2f}, "
        f"below {limit:.2f}; check its text."
        for page in unsure
    ]
    return warnings


def _pages(numbers: list[int | None]) -> str:
    named = ", ".join(str(number) for number in numbers[:10])
    named += f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"Page {named} was" if len(numbers) == 1 else f"Pages {named} were"
