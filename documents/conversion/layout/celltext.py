"""The text of a cell as spans: scripts, links, and bold where it tells cells apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..document import Span
from .lines import NO_SPACE, Segment
from .page import Link, Word
from .styling import HYPHENS
from .textlines import link_at


def spans_of(segments: list[Segment], links: Sequence[Link], *, bold: bool) -> list[Span]:
    """The text of the lines of a cell, which go on from each other.

    Bold is said if `bold`; where all of a table is bold it says nothing.
    """
    spans: list[Span] = []
    before: Word | None = None
    for segment in segments:
        for word in segment.words:
            if before is not None:
                _join(spans, before, word, is_new_line=word is segment.words[0])
            for span in _word_spans(word, links, bold=bold):
                _add(spans, span)
            before = word
    return spans


def _join(spans: list[Span], before: Word, word: Word, *, is_new_line: bool) -> None:
    """Put what is between two words after the first; a word broken at a line end is one."""
    if is_new_line and before.text.endswith(HYPHENS) and len(before.text) > 1:
        if before.text[-2].isalpha() and word.text[:1].islower():
            spans[-1].text = spans[-1].text[:-1]
        return
    if is_new_line or word.gap or word.x0 - before.x1 > NO_SPACE * word.size:
        spans[-1].text += " "


def _word_spans(word: Word, links: Sequence[Link], *, bold: bool) -> Iterator[Span]:
    style = Span("", bold=bold and word.bold, link=link_at(word, links))
    at = 0
    for script in word.scripts:
        if script.start > at:
            yield replace(style, text=word.text[at : script.start])
        yield replace(
            style,
            text=word.text[script.start : script.end],
            raised=script.raised,
            lowered=not script.raised,
        )
        at = script.end
    if at < len(word.text):
        yield replace(style, text=word.text[at:])


def _add(spans: list[Span], span: Span) -> None:
    if not spans or replace(span, text="") != replace(spans[-1], text=""):
        spans.append(span)
    else:
        spans[-1].text += span.text
