"""Markdown as HTML that is safe to show: documents come from strangers."""

import re
from collections.abc import Sequence
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# Longest text that is shown, in characters; the download always has everything.
LONGEST_PREVIEW = 300_000

_PAGE_MARK = re.compile(r"<!--\s*page\s+(\d+)\s*-->")

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
    """
    html = nh3.clean(
        _parser().render(markdown),
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


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        words = self.renderInlineAsText(tokens[index].children or [], options, env)
        return f"<em>[{escape(words)}]</em>" if words else ""

    def html_block(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        content = tokens[index].content
        mark = _PAGE_MARK.fullmatch(content.strip())
        if mark is None:
            return content
        return f'<p class="page-mark">{escape(gettext("Page %s") % mark[1])}</p>\n'

    def _cell_open(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[index]
        # The parser aligns by style, which the content security policy forbids.
        align = str(token.attrGet("style") or "").removeprefix("text-align:")
        return f'<{token.tag} align="{align}">' if align else f"<{token.tag}>"

    td_open = th_open = _cell_open


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", renderer_cls=_Renderer).enable(["table", "strikethrough"])
