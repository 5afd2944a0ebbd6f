"""Pages of a document as pictures, how large they are, and what can be said of other documents.

Files are read in a limited child process (documents/text_work.py); what it makes is kept
(documents/page_cache.py). `documents/conversion/page_pictures.py` says how pages are drawn.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, NamedTuple

from curatore.core.errors import DomainError
from documents import page_cache, text_work
from documents.conversion import ConversionError
from documents.files import local_file
from documents.models import Document

logger = logging.getLogger(__name__)

NARROWEST, WIDEST, USUAL_WIDTH = 64, 2400, 1000  # pixels
# Of each page there are so many pictures at most: the next wider one is as good.
WIDTHS = (160, 320, 640, 1000, 1400, 1800, WIDEST)
VERSION = 1  # raised when pages are drawn or measured otherwise: what was kept is not used then
# Said of the document itself, in words that fit here, too.
_OF_THE_FILE = {
    "corrupt_file", "empty_file", "encrypted_file", "source_missing", "too_large",
    "unsupported_format",
}  # fmt: skip


class PageNotFound(DomainError):
    """`count` says how many pages there are."""

    code = "page_not_found"
    status: ClassVar[int] = 404


class NoPagePictures(DomainError):
    """Its format has no pages that could be drawn without the program it was made with."""

    code = "no_page_pictures"


class PageUnreadable(DomainError):
    """`reason` is one of the codes of documents, such as encrypted_file."""

    code = "page_unreadable"


class PageSize(NamedTuple):
    """A page as it is shown. Points in PDFs, pixels in pictures."""

    width: float
    height: float
    # Degrees clockwise by which the file says the page must be turned to be upright, which width
    # and height have allowed for; None where finding out takes too long.
    rotation: int | None


@dataclass(frozen=True)
class Outline:
    """What can be said of a mail (headers, attachments) or of a workbook (sheets)."""

    headers: list[tuple[str, str]]  # name, value
    attachments: list[str]
    sheets: list[str]


@dataclass(frozen=True)
class Pages:
    count: int  # 0: there are no pictures of this format
    unit: str  # of sizes: pt or px
    pages: list[PageSize]  # of the first 10,000
    outline: Outline | None


def page_sizes(document: Document) -> Pages:
    """How many pages a document has, how large they are, and what else can be said of it.

    Raises:
        PageUnreadable: it is encrypted, damaged, or gone from the storage.
        TakesTooLong
    """
    with page_cache.find(document, _SIZES) or page_cache.make(
        document, _SIZES, lambda path: _measure(document, path)
    ) as file:
        found = json.load(file)
    outline = found["outline"]
    return Pages(
        found["count"],
        found["unit"],
        [PageSize(page["width"], page["height"], page["rotation"]) for page in found["pages"]],
        outline and _outline(outline),
    )


def picture(document: Document, number: int, width: int) -> IO[bytes]:
    """A PNG of one page, opened.

    Args:
        number: of the page, from 1.
        width: of the picture in pixels, NARROWEST to WIDEST. It is rounded up to one of WIDTHS;
            pictures are not made wider than they are, and pages that are long for their width
            are narrower, too.

    Raises:
        PageNotFound
        NoPagePictures
        PageUnreadable: as of page_sizes, or this page needs more than drawing may use.
        TakesTooLong
    """
    step = rounded(width)
    name = f"{VERSION}-{number}-{step}.png"
    return page_cache.find(document, name) or page_cache.make(
        document, name, lambda path: _draw(document, number, step, path)
    )


def rounded(width: int) -> int:
    """The width of the picture that is drawn for a wanted one."""
    return next(step for step in WIDTHS if step >= width)


_SIZES = f"{VERSION}-pages.json"


def _measure(document: Document, target: Path) -> None:
    target.write_text(json.dumps(_asked("measure_pages", document)))


def _draw(document: Document, number: int, width: int, target: Path) -> None:
    answer = _asked("draw_page", document, number=number, width=width, target=str(target))
    if answer["count"] == 0:
        raise NoPagePictures(
            f"There are no pictures of the pages of “{document.filename}”: only PDFs and pictures"
            " have them. Download the original and open it in the program it was made with."
        )
    if not answer["is_drawn"]:
        pages = "one page" if answer["count"] == 1 else f"{answer['count']} pages"
        raise PageNotFound(
            f"“{document.filename}” has {pages}: there is no page {number}.",
            count=answer["count"],
        )


def _asked(verb: str, document: Document, **arguments: Any) -> Any:
    try:
        with local_file(document) as path:
            return text_work.on_file(verb, path, filename=document.filename, **arguments)
    except ConversionError as problem:
        raise _refusal(document, problem) from problem


def _refusal(document: Document, problem: ConversionError) -> PageUnreadable:
    words = f"{problem.message} {problem.hint}"
    if problem.code not in _OF_THE_FILE:  # memory ran out, or an engine or we failed
        logger.error("No picture of document %s: %s %s", document.pk, problem.code, problem.detail)
        words = (
            f"“{document.filename}” cannot be shown: that needs too much memory, or the program"
            " that draws pages fails at it. Download the original instead."
        )
    return PageUnreadable(words, reason=problem.code)


def _outline(found: dict[str, Any]) -> Outline:
    headers = [(header["name"], header["value"]) for header in found["headers"]]
    return Outline(headers, found["attachments"], found["sheets"])
