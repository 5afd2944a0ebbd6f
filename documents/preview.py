"""Markdown as HTML that is safe to show; documents/conversion/rendering.py says how."""

import re

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from documents import text_work
from documents.conversion.markdown import PAGE_MARK
from documents.conversion.rendering import clean, is_sound

_PAGE_MARK_LINE = re.compile(rf"^{PAGE_MARK.pattern}[ \t]*$", re.MULTILINE)

# Longest text that is shown, in characters; the download always has everything.
LONGEST_PREVIEW = 300_000


def to_html(markdown: str) -> SafeString:
    """CommonMark with tables as sanitized HTML.

    Raises:
        TakesTooLong: rendering does, or elements stand too deep in each other.
    """
    html = text_work.render(markdown, gettext("Page %s"))
    if not is_sound(html):
        raise text_work.too_long()
    return mark_safe(clean(html))  # noqa: S308  # sanitized here, whatever the child did


def by_page(markdown: str) -> list[tuple[int | None, str]]:
    """The text in parts, each with the page it begins on; one part with None if it has no marks.

    Put together the parts are the text, page marks included.
    """
    marks = list(_PAGE_MARK_LINE.finditer(markdown))
    starts = [(0, None), *((mark.start(), int(mark[1])) for mark in marks)]
    ends = [start for start, _ in starts[1:]] + [len(markdown)]
    parts = zip(starts, ends, strict=True)
    return [(number, markdown[start:end]) for (start, number), end in parts if end > start]


def shortened(markdown: str) -> tuple[str, bool]:
    """At most LONGEST_PREVIEW characters, cut at the end of a line, and whether it was cut."""
    if len(markdown) <= LONGEST_PREVIEW:
        return markdown, False
    end = markdown.rfind("\n", 0, LONGEST_PREVIEW)
    return markdown[: end if end > 0 else LONGEST_PREVIEW], True
