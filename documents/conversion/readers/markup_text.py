"""Text with marks for bold, links and the like: one pass, whatever the language's marks are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..document import Span

Make = Callable[["re.Match[str]", Span], list[Span]]


def inline(
    text: str, pattern: re.Pattern[str], makers: Mapping[str, Make], style: Span
) -> list[Span]:
    """`text` as spans: each match of `pattern` is made by the maker of its named group."""
    spans: list[Span] = []
    place = 0
    for match in pattern.finditer(text):
        if match.start() > place:
            spans.append(replace(style, text=text[place : match.start()]))
        spans += makers[match.lastgroup or ""](match, style)
        place = match.end()
    if place < len(text):
        spans.append(replace(style, text=text[place:]))
    return spans
