"""From a file to a Conversion: detect, read, clean up, write, judge."""

import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Self, cast

from . import errors, keeping
from .cleanup import clean_up
from .detection import Detected, detect
from .document import Document, PageInfo, text_of
from .formats import FORMATS, IMAGES
from .options import ConversionOptions
from .reading import Reader, Reading, Report
from .scoring import source_words
from .scoring.facts import Facts
from .scoring.quality import Quality
from .scoring.score import WORD, Evidence, score
from .scoring.source_facts import facts_of
from .scoring.words import words_of
from .unlocking import unlocked
from .writer import to_markdown

SMALL_RESULT = 10_000_000  # characters that a result of any file may have
MAX_GROWTH = 100  # characters for each byte of the file: packed office files reach 30
MAX_RESULT = 250_000_000  # characters, whatever the file
MAX_INNER_DEPTH = 3  # files in files in a file
MAX_INNER_BYTES = 200_000_000  # of all files within one

# How deep read_inner is, and how many bytes it may still read.
_inner: ContextVar[tuple[int, list[int]]] = ContextVar("_inner")


@dataclass(frozen=True)
class Conversion:
    """A document as Markdown. `page_count` is None for formats without pages.

    `source_words` is what source_words.py packed, to compare edits with, and `document` what
    keeping.py packed of the blocks that the Markdown was made of; None if there is nothing.
    """

    markdown: str
    engine: str
    media_type: str
    page_count: int | None
    ocr_page_count: int
    quality: Quality
    warnings: tuple[str, ...] = ()
    source_words: str | None = None
    document: str | None = None

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
        with _budget():
            reading = _read(path, filename, detected.format, options, report)
    except errors.EngineError as problem:
        label = FORMATS[detected.format].label
        raise errors.corrupt_file(filename, label, str(problem)) from problem
    document = reading.document
    text = document.text()
    _refuse_swollen(len(text), filename, path.stat().st_size)
    if not WORD.search(text):
        raise _nothing_found(reading, filename, detected, options)
    warnings = _warnings(reading, detected, options)
    pages = len(document.pages) or None
    if options.auto_optimize:
        report("optimize", pages, pages)
        clean_up(document)
    report("score", pages, pages)
    markdown = to_markdown(document)
    left_out = _left_out(document, text)
    facts = facts_of(path, detected.format)
    source = source_words.source_of(facts, reading.source_text, _recognized(reading), left_out)
    return Conversion(
        markdown=markdown,
        engine=reading.engine,
        media_type=detected.media_type,
        page_count=pages,
        ocr_page_count=len(_confidences(reading)),
        quality=score(markdown, _evidence(reading, source, options)),
        warnings=(*warnings, *document.warnings),
        source_words=source_words.packed(source),
        document=keeping.packed(document),
    )


def _read(
    path: Path, filename: str, format_name: str, options: ConversionOptions, report: Report
) -> Reading:
    # Engines take a second to import: each is loaded when its first document comes.
    module, _, function = FORMATS[format_name].reader.partition(":")
    reader = cast(Reader, getattr(import_module(f"{__package__}.readers.{module}"), function))
    return reader(path, filename, options, report, format_name=format_name)


@contextmanager
def _budget() -> Iterator[None]:
    token = _inner.set((0, [MAX_INNER_BYTES]))
    try:
        yield
    finally:
        _inner.reset(token)


def read_inner(
    data: bytes, filename: str, options: ConversionOptions, report: Report
) -> Reading | None:
    """Read a file that stands in another: what a message has attached, what a book holds.

    None if it stands too deep, or if with it the files within one would be too large. Raises
    ConversionError for what cannot be converted, as `convert` does.
    """
    depth, left = _inner.get((0, [MAX_INNER_BYTES]))
    if depth >= MAX_INNER_DEPTH or len(data) > left[0]:
        return None
    left[0] -= len(data)
    token = _inner.set((depth + 1, left))
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "inner"
            path.write_bytes(data)
            detected = detect(path, filename)
            try:
                return _read(path, filename, detected.format, options, report)
            except errors.EngineError as problem:
                label = FORMATS[detected.format].label
                raise errors.corrupt_file(filename, label, str(problem)) from problem
    finally:
        _inner.reset(token)


def _confidences(reading: Reading) -> list[float]:
    """How sure text recognition was: of each page it read, or of the pictures in the file."""
    pages = [p.ocr_confidence for p in reading.document.pages if p.ocr_confidence is not None]
    alone = [reading.ocr_confidence] if reading.ocr_confidence is not None else []
    return pages or alone


def _recognized(reading: Reading) -> str | None:
    """What text recognition read: there is no other source of it."""
    pages = {page.number for page in reading.document.pages if page.ocr_confidence is not None}
    if reading.ocr_confidence is not None:
        return reading.document.text()
    read = [text_of(block) for block in reading.document.blocks if block.page in pages]
    return "\n".join(read) if pages else None


def _left_out(document: Document, text: str) -> str:
    """Words that were taken out on purpose: running lines, what the clean-up took of `text`."""
    parts = {"header", "footer", "comment", "hidden"}
    aside = [text_of(block) for block in document.blocks if block.part in parts]
    gone = Counter(words_of(text)) - Counter(words_of(document.text()))
    return " ".join([*aside, *gone.elements()])


def _evidence(reading: Reading, source: Facts, options: ConversionOptions) -> Evidence:
    by_ocr = _confidences(reading)
    unread = [page.unread for page in reading.document.pages] or [reading.unread]
    return Evidence(
        # What was recognized is no evidence of itself; edits are compared with it.
        source=replace(source, words=[], is_ordered=False) if source.by_ocr else source,
        ocr_confidence=statistics.fmean(by_ocr) if by_ocr else None,
        unsure_share=(
            statistics.fmean(c < options.ocr_confidence_threshold for c in by_ocr) if by_ocr else 0
        ),
        unread_share=sum(unread) / len(unread),
    )


def _refuse_swollen(length: int, filename: str, size: int) -> None:
    """Raise result_too_large for more text than a file of `size` bytes can honestly hold."""
    limit = min(MAX_RESULT, max(SMALL_RESULT, MAX_GROWTH * size))
    if length > limit:
        raise errors.result_too_large(filename, length, limit)


def _nothing_found(
    reading: Reading, filename: str, detected: Detected, options: ConversionOptions
) -> errors.ConversionError:
    pages = reading.document.pages
    if troubles := dict.fromkeys(page.trouble for page in pages if page.trouble):
        words = "; ".join(trouble for trouble in troubles if trouble)
        if any(page.too_large for page in pages):
            return errors.too_large(filename, words)
        return errors.corrupt_file(filename, FORMATS[detected.format].label, words)
    is_unread = reading.unread or any(page.unread for page in pages)
    if not options.ocr_enabled and is_unread:
        return errors.ocr_disabled(filename)
    if detected.format in IMAGES or is_unread:
        hint = "Check that the pictures are sharp and that the OCR language fits, or scan again."
    else:
        hint = "Check that the original is not blank. Text inside pictures needs a scan or a PDF."
    return errors.no_text_found(filename, hint)


def _warnings(reading: Reading, detected: Detected, options: ConversionOptions) -> list[str]:
    document = reading.document
    pages = document.pages
    warnings = [detected.warning] if detected.warning else []
    for trouble in dict.fromkeys(page.trouble for page in pages if page.trouble):
        numbers = [page.number for page in pages if page.trouble == trouble]
        warnings.append(f"{_pages(numbers)} not read: {trouble}.")
    unread = [page.number for page in pages if page.unread and not page.trouble]
    if unread or reading.unread:
        which = _pages(unread) if unread else "Text in pictures was"
        off = " not read, because text recognition is switched off."
        on = " not read: no text was recognized."
        warnings.append(which + (on if options.ocr_enabled else off))
    return warnings + _unsure(document, options.ocr_confidence_threshold)


def _unsure(document: Document, limit: float) -> list[str]:
    filled = {block.page for block in document.body()}

    def is_unsure(page: PageInfo) -> bool:
        return page.number in filled and (page.ocr_confidence or 1) < limit

    return [
        f"Page {page.number} was recognized with a confidence of {page.ocr_confidence:.2f}, "
        f"below {limit:.2f}; check its text."
        for page in document.pages
        if is_unsure(page)
    ]


def _pages(numbers: list[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:10])
    named += f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"Page {named} was" if len(numbers) == 1 else f"Pages {named} were"
