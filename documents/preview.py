"""Markdown as HTML that is safe to show: documents come from strangers."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from documents import text_work

# Longest text that is shown, in characters; the download always has everything.
LONGEST_PREVIEW = 300_000

# HTML of a text may be longer than the text; more than this, in characters, is nothing to look at.
LONGEST_HTML = 5_000_000

# No images, scripts, forms, styles, ids or classes (but that of our page marks).
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "ol", "p", "pre", "q", "s",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}


def to_html(markdown: str) -> SafeString:
    """CommonMark with tables as sanitised HTML.

    Pictures become their descriptions, so that nothing is ever fetched; page marks of the
    conversion become visible; links cannot be told where they were followed from.

    Raises:
        TakesTooLong
    """
    html = nh3.clean(
        text_work.render(markdown, gettext("Page %s"))[:LONGEST_HTML],
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"p": {"page-mark"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308  # sanitised on the line above


def shortened(markdown: str) -> tuple[str, bool]:
    """At most LONGEST_PREVIEW characters, cut at the end of a line, and whether it was cut."""
    if len(markdown) <= LONGEST_PREVIEW:
        return markdown, False
    end = markdown.rfind("\n", 0, LONGEST_PREVIEW)
    return markdown[: end if end > 0 else LONGEST_PREVIEW], True
