"""Markdown as HTML that is safe to show: documents come from strangers.

A child renders and cleans; whoever shows it looks whether it is sound and cleans it once more, as
nothing that a child says is believed. The sanitizer takes time that grows with the square of how
deep elements stand in each other: that is why the child goes first, with a time limit, and why
nothing deep is accepted from it.
"""

import re
from collections.abc import Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

# HTML of a text may be longer than the text; more than this, in characters, is nothing to look at.
LONGEST_HTML = 5_000_000
DEEPEST = 100  # elements in each other; of Markdown itself, parts nest 20 deep

_PAGE_MARK = re.compile(r"<!--\s*page\s+(\d+)\s*-->")
# As the sanitizer writes it: nothing but tags begins with “<”.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: [a-z]+="[^"]*")*+>')
_VOID = {"br", "hr"}  # of _TAGS, those without an end

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
# Each block runs in the direction of its own first letter: Arabic and Hebrew from the right.
# Cells, of which there are very many, do so by the style sheet.
_BLOCKS = (
    "blockquote", "caption", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p",
    "table", "ul",
)  # fmt: skip
_ADDED = {tag: {"dir": "auto"} for tag in _BLOCKS}


def to_html(markdown: str, page_label: str) -> str:
    """CommonMark with tables and notes, cleaned.

    Pictures become their descriptions, so that nothing is ever fetched; page marks of the
    conversion become visible; links cannot be told where they were followed from.

    Args:
        page_label: what a page mark says, with %s for the number.
    """
    parser = MarkdownIt("commonmark", renderer_cls=_Renderer).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    # Its own rules link calls and notes by ids, which nothing shown here may have.
    parser.add_render_rule("footnote_ref", _note_call)
    parser.add_render_rule("footnote_anchor", lambda *_: "")
    html: str = parser.render(markdown, {"page_label": page_label})
    return clean(html[:LONGEST_HTML])


def clean(html: str) -> str:
    """`html` without anything that acts, fetches or leaves its place."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        set_tag_attribute_values=_ADDED,
        allowed_classes={"p": {"page-mark"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def is_sound(html: str) -> bool:
    """Whether every element ends where it should, and none stands too deep. O(length)."""
    if len(html) > 2 * LONGEST_HTML:  # closing what was left open makes it longer
        return False
    is_open: list[str] = []
    position = 0
    for tag in _TAG.finditer(html):
        if "<" in html[position : tag.start()]:
            return False
        position = tag.end()
        ends, name = tag.groups()
        if name in _VOID:
            continue
        if not ends:
            is_open.append(name)
        elif not is_open or is_open.pop() != name:
            return False
        if len(is_open) > DEEPEST:
            return False
    return not is_open and "<" not in html[position:]


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


def _note_call(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """The number under which the note stands at the end."""
    return f"<sup>[{tokens[index].meta['id'] + 1}]</sup>"
