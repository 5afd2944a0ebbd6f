"""Spans as readers put them together: neighbours of one style joined, white space as it is read."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..document import Span

SPACES = re.compile(r"[ \t\r\f\v]+")
BREAKS = re.compile(r" ?\n ?")


def joined(spans: Iterable[Span]) -> list[Span]:
    """`spans` with neighbours of one style as one, single spaces, and none at either end.

    Line breaks stay; white space between two spans of one style belongs to them, other has none.
    """
    kept: list[Span] = []
    for span in spans:
        if span.text or not _is_text(span):
            _add(kept, span)
    return trimmed([_single_spaced(span) for span in kept])


def trimmed(spans: list[Span]) -> list[Span]:
    """`spans` without white space at either end, and without those that hold nothing else there."""
    spans = list(spans)
    while spans and _is_text(spans[0]):
        text = spans[0].text.lstrip()
        if text:
            spans[0] = replace(spans[0], text=text)
            break
        del spans[0]
    while spans and _is_text(spans[-1]):
        text = spans[-1].text.rstrip()
        if text:
            spans[-1] = replace(spans[-1], text=text)
            break
        del spans[-1]
    return spans


def _is_text(span: Span) -> bool:
    return span.note is None and not span.formula


def _add(kept: list[Span], span: Span) -> None:
    if kept and _is_alike(kept[-1], span):
        kept[-1] = replace(kept[-1], text=kept[-1].text + span.text)
    elif len(kept) > 1 and _is_blank(kept[-1]) and _is_alike(kept[-2], span):
        between = kept.pop()
        kept[-1] = replace(kept[-1], text=kept[-1].text + between.text + span.text)
    elif _is_blank(span) and not span.code:
        kept.append(Span(span.text))
    else:
        kept.append(span)


def _is_blank(span: Span) -> bool:
    return _is_text(span) and span.text.isspace()


def _is_alike(one: Span, other: Span) -> bool:
    return _is_text(one) and _is_text(other) and _style(one) == _style(other)


def _style(span: Span) -> tuple[bool | str | None, ...]:
    return (span.bold, span.italic, span.code, span.strike, span.raised, span.lowered, span.link)


def _single_spaced(span: Span) -> Span:
    if not _is_text(span) or span.code:
        return span
    return replace(span, text=BREAKS.sub("\n", SPACES.sub(" ", span.text)))
