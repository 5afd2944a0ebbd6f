"""Spans as readers put them together: neighbours of one style joined, white space as it is read."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..document import Span

SPACES = re.compile(r"[ \t\r\f\v]+")
BREAKS = re.compile(r" ?\n ?")


def joined(spans: Iterable[Span]) -> list[Span]:
    """`spans` with neighbours of one style as one, single spaces, and none at either end.

    Line breaks stay; white space alone takes the style of what stands before it.
    """
    kept: list[Span] = []
    for span in spans:
        if span.note is not None or span.formula:
            kept.append(span)
            continue
        if not span.text:
            continue
        last = kept[-1] if kept else None
        if last is not None and _is_alike(last, span):
            kept[-1] = replace(last, text=last.text + span.text)
        else:
            kept.append(span)
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


def _is_alike(one: Span, other: Span) -> bool:
    if not _is_text(one) or one.link != other.link:
        return False
    if other.text.isspace() and not (one.code or one.raised or one.lowered or one.strike):
        return True
    return _style(one) == _style(other)


def _style(span: Span) -> tuple[bool, ...]:
    return (span.bold, span.italic, span.code, span.strike, span.raised, span.lowered)


def _single_spaced(span: Span) -> Span:
    if not _is_text(span) or span.code:
        return span
    return replace(span, text=BREAKS.sub("\n", SPACES.sub(" ", span.text)))
