"""Pages as Markdown blocks: what the readers of PDFs and pictures find, before it is a Document."""

from dataclasses import dataclass, field

from .reading import Report

__all__ = ["DAMAGED", "Extraction", "Page", "Report", "Trouble", "too_many_pixels"]


@dataclass(frozen=True)
class Trouble:
    """Why a page could not be read, as the end of "was not read: "."""

    words: str
    is_too_large: bool = False


DAMAGED = Trouble("it is damaged")


def too_many_pixels(width: int, height: int) -> Trouble:
    return Trouble(f"the picture has {width} x {height} pixels", is_too_large=True)


@dataclass
class Page:
    """One page, slide or frame; `number` counts from 1 and is None in files without pages.

    `blocks` are Markdown blocks in reading order. `ocr_confidence` (0-1) is set if it was read by
    OCR; `unread` says that it holds something no text was got from, `trouble` why if that is known.
    """

    number: int | None
    blocks: list[str]
    ocr_confidence: float | None = None
    unread: bool = False
    trouble: Trouble | None = None


@dataclass
class Extraction:
    """All pages of a file. `source_text` is its bare text, got by another way, to compare with."""

    pages: list[Page]
    engine: str
    source_text: str | None = None
    warnings: list[str] = field(default_factory=list)
