"""Markdown that others wrote as blocks: for readers that do not find structure themselves.

Headings and code are blocks of their own kinds, the rest is kept as it was written.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..document import Block, Code, Heading, Markup, Span
from ..markdown import FENCE, HEADING, heading_text, kind, normalize

STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


def blocks_of(texts: Iterable[str], page: int | None = None) -> Iterator[Block]:
    """Blocks of Markdown, each of which stands by itself, as blocks of a Document."""
    for text in texts:
        if clean := normalize(text):
            yield from _blocks(clean, page)


def _blocks(text: str, page: int | None) -> Iterator[Block]:
    what = kind(text)
    if what == "heading":
        line, _, rest = text.partition("\n")
        if match := HEADING.match(line):
            yield Heading(spans_of(heading_text(match)), level=len(match[1]), page=page)
            text = rest
    elif what == "code" and (code := _code(text)):
        code.page = page
        yield code
        return
    if text:
        yield Markup(text, page=page)


def _code(text: str) -> Code | None:
    """A fenced block that begins and ends as we would write it; None for any other."""
    first, *lines = text.split("\n")
    match = FENCE.match(first)
    if match is None or not lines or lines[-1] != match[1] or first[0] != "`":
        return None
    return Code("\n".join(lines[:-1]), first[len(match[1]) :].strip())


def spans_of(text: str) -> list[Span]:
    """The spans of one line of Markdown."""
    tokens = _parser().parseInline(text)[0].children or []
    return list(spans_of_tokens(tokens))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


def spans_of_tokens(tokens: Sequence[Token]) -> Iterator[Span]:
    """The spans of what the parser found in one line or paragraph."""
    open_styles: list[str] = []
    link: str | None = None
    for token in tokens:
        name, _, turn = token.type.rpartition("_")
        if name in STYLES:
            (open_styles.append if turn == "open" else open_styles.remove)(STYLES[name])
        elif name == "link":
            link = str(token.attrGet("href") or "") or None if turn == "open" else None
        else:
            words = "\n" if token.type in {"hardbreak", "softbreak"} else token.content
            is_code = token.type == "code_inline"
            span = Span(words, code=is_code, link=link)
            for style in open_styles:
                setattr(span, style, True)
            yield span
