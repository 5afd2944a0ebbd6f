"""Markdown as HTML, not yet safe to show: whoever shows it cleans it first."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_PAGE_MARK = re.compile(r"<!--\s*page\s+(\d+)\s*-->")


def to_html(markdown: str, page_label: str) -> str:
    """CommonMark with tables; pictures become their descriptions, page marks become visible.

    Args:
        page_label: what a page mark says, with %s for the number.
    """
    parser = MarkdownIt("commonmark", renderer_cls=_Renderer).enable(["table", "strikethrough"])
    html: str = parser.render(markdown, {"page_label": page_label})
    return html


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
        return f'<p class="page-mark">{escape(env["page_label"] % mark[1])}</p>\n'

    def _cell_open(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[index]
        # The parser aligns by style, which the content security policy forbids.
        align = str(token.attrGet("style") or "").removeprefix("text-align:")
        return f'<{token.tag} align="{align}">' if align else f"<{token.tag}>"

    td_open = th_open = _cell_open
