"""Words in lines to spans: styles, scripts, links, and words that a line end has cut."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ..document import Span
from .page import Link, Word
from .textlines import TextLine, link_at

CUT = "\u0002"  # what PDFium gives for a hyphen that a program set where a line ends
SOFT_HYPHEN = "\u00ad"
HYPHENS = (CUT, SOFT_HYPHEN, "-", "\u2010")
# Heads of compounds that keep their hyphen when a line ends behind it.
COMPOUND = frozenset(
    [
        "well",
        "self",
        "non",
        "half",
        "ex",
        "all",
        "cross",
        "e",
        "anti",
        "pre",
        "co",
        "short",
        "long",
        "high",
        "low",
        "so",
        "part",
        "full",
        "multi",
        "semi",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "one",
        "first",
        "second",
        "third",
        "vice",
        "mid",
    ]
)
SIGNS = ".,;:!?()\"'\u201c\u201d\u2018\u2019"
LINK_SCHEMES = ("http://", "https://", "mailto:")
# Scripts that are written without spaces: kana, ideographs, and their signs.
UNSPACED = re.compile(r"[\u2e80-\u30ff\u31f0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60]")

Vocabulary = frozenset[str] | set[str]


def spans_of(
    lines: Sequence[TextLine], links: Sequence[Link] = (), known: Vocabulary = frozenset()
) -> list[Span]:
    """The text of lines that make one block; `known` are words of the document, in lower case."""
    spans: list[Span] = []
    is_code = all(line.mono for line in lines)
    for number, line in enumerate(lines):
        if number:
            _end_of_line(spans, line.words[0].text, known)
        for place, word in enumerate(line.words):
            if place and word.gap and spans:
                _space(spans, word, is_code)
            _add(spans, word, line, links, is_code)
    return spans


def _add(
    spans: list[Span], word: Word, line: TextLine, links: Sequence[Link], is_code: bool
) -> None:
    target = link_at(word, links, line.mirror) if links else None
    usual = Span(
        word.text,
        bold=word.bold,
        italic=word.italic,
        code=word.mono and not is_code,
        link=target if target and target.startswith(LINK_SCHEMES) else None,
    )
    for span in _parts(word, usual) if word.scripts else (usual,):
        _append(spans, span)


def _parts(word: Word, usual: Span) -> list[Span]:
    parts, place = [], 0
    for script in sorted(word.scripts, key=lambda s: s.start):
        start, end = max(place, script.start), min(len(word.text), script.end)
        if start >= end:
            continue
        if start > place:
            parts.append(replace(usual, text=word.text[place:start]))
        raised = script.raised
        parts.append(replace(usual, text=word.text[start:end], raised=raised, lowered=not raised))
        place = end
    if place < len(word.text):
        parts.append(replace(usual, text=word.text[place:]))
    return parts


def _append(spans: list[Span], span: Span) -> None:
    """Add a span, as a part of the last one if it has the same style."""
    if spans and style(spans[-1]) == style(span) and not spans[-1].note:
        spans[-1].text += span.text
    elif span.text or span.note:
        spans.append(span)


def style(span: Span) -> tuple[bool | str | None, ...]:
    return (
        span.bold,
        span.italic,
        span.code,
        span.strike,
        span.raised,
        span.lowered,
        span.formula,
        span.link,
        span.note,
    )


def _space(spans: list[Span], word: Word, is_code: bool) -> None:
    """A space before `word`; it has a style only if what is on both sides of it has."""
    last = spans[-1]
    if last.raised or last.lowered or last.note:
        spans.append(Span(" "))
        return
    ours = (last.bold, last.italic, last.code)
    if ours == (word.bold, word.italic, word.mono and not is_code):
        last.text += " "
    else:
        _append(spans, Span(" "))


def _end_of_line(spans: list[Span], following: str, known: Vocabulary) -> None:
    """What stands between the last word of a line and the first of the next."""
    while spans and not spans[-1].text and not spans[-1].note:
        spans.pop()
    if not spans:
        return
    last = spans[-1]
    before = last.text
    if before.endswith(HYPHENS) and len(before) > 1:
        last.text = before[:-1] + _hyphen(before, following, known)
    elif not (before and UNSPACED.match(before[-1]) and UNSPACED.match(following)):
        spans.append(Span(" ")) if last.raised or last.lowered or last.note else _blank(last)


def _blank(last: Span) -> None:
    if not last.text.endswith(" "):
        last.text += " "


def _hyphen(before: str, following: str, known: Vocabulary) -> str:
    """The hyphen that is left between two parts of a line break: "-" or nothing."""
    if before[-2].isspace():
        return before[-1].replace(CUT, "-") + " "  # a dash and no hyphen
    head = _letters(before[:-1][::-1])[::-1].lower()
    tail = _letters(following).lower()
    if before.endswith(SOFT_HYPHEN) and tail:
        return ""
    if not tail or not head or not following[0].islower():
        # "North-/South" is a compound, "50-/60" a range.
        return "-"
    if head + tail in known:
        return ""
    if f"{head}-{tail}" in known or head in COMPOUND or "-" in before[:-1].rsplit(" ", 1)[-1]:
        return "-"
    return ""


def _letters(text: str) -> str:
    """The letters that `text` begins with."""
    for place, char in enumerate(text):
        if not (char.isalpha() or unicodedata.combining(char)):
            return text[:place]
    return text


def vocabulary(lines: Sequence[TextLine]) -> set[str]:
    """The words of lines, in lower case, but not those that a line's end may have cut."""
    known: set[str] = set()
    for line in lines:
        inner = line.words[1:] if line.words[0].text[:1].islower() else line.words
        known.update(word.text.strip(SIGNS).lower() for word in inner[:-1])
        last = inner[-1].text if inner else "-"
        if not last.endswith(HYPHENS):
            known.add(last.strip(SIGNS).lower())
    return known


def carry_on(before: list[Span], after: list[Span], known: Vocabulary) -> None:
    """Add the second part of a text that a column or page has cut to the first.

    Spans are not merged before all parts are there: a text may go on over thousands of pages.
    """
    _end_of_line(before, after[0].text if after else "", known)
    before += after


def finished(spans: list[Span]) -> list[Span]:
    """Spans without what only line ends need, and without white space at both ends."""
    for span in spans:
        if CUT in span.text or SOFT_HYPHEN in span.text:
            span.text = span.text.replace(CUT, "-").replace(SOFT_HYPHEN, "")
    spans = [span for span in spans if span.text or span.note]
    if spans:
        spans[0].text = spans[0].text.lstrip()
        spans[-1].text = spans[-1].text.rstrip()
    kept = [span for span in spans if span.text or span.note]
    return _merged(kept)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for key, run in groupby(spans, key=lambda span: (span.note is not None, style(span))):
        same = list(run)
        if key[0]:
            merged += same
        else:
            merged.append(replace(same[0], text="".join(span.text for span in same)))
    return merged


def without_bold(spans: list[Span]) -> list[Span]:
    """Spans of a heading: their weight says nothing there, nor a slant that all of it has."""
    slanted = all(span.italic for span in spans if span.text.strip())
    return _merged(
        [replace(span, bold=False, italic=span.italic and not slanted) for span in spans]
    )
