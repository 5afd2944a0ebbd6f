"""The bare words of OpenDocument files: what a conversion is compared with."""

from collections.abc import Collection, Iterator

from lxml import etree

from .elements import name_of
from .odf_names import PRESENTATION, TEXT, TRUE

MOST_CHARACTERS = 64 * 1024**2
# Shown nowhere, or not in the text.
SKIPPED = frozenset({
    "tracked-changes", "annotation", "forms", "note-citation", "hidden-paragraph", "title", "desc",
    "footer-decl", "header-decl", "date-time-decl", "script", "event-listeners",
})  # fmt: skip
ENDS = frozenset({"p", "h", "table-cell", "list-item"})  # where words end without a space
GAPS = frozenset({"s", "tab", "line-break"})
RUNNING = frozenset({"footer", "date-time", "page-number", "header", "page"})


def source_text(body: etree._Element, without: Collection[etree._Element] = ()) -> str | None:
    """The words in the body of a file; None if there are too many to compare."""
    parts: list[str] = []
    count = 0
    for text in _texts(body, without):
        parts.append(text)
        count += len(text)
        if count > MOST_CHARACTERS:
            return None
    return "".join(parts)


def _texts(body: etree._Element, without: Collection[etree._Element]) -> Iterator[str]:
    waiting: list[etree._Element | str] = [body]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            yield entry
            continue
        if entry.tail and entry is not body:
            waiting.append(entry.tail)
        name = name_of(entry)
        if _is_skipped(entry, name) or entry in without:
            continue
        if name in ENDS or name in GAPS:
            waiting.append("\n" if name in ENDS else " ")
        waiting += reversed(entry)
        if entry.text:
            yield entry.text


def _is_skipped(element: etree._Element, name: str) -> bool:
    return (
        not name
        or name in SKIPPED
        or element.get(f"{TEXT}display") == "none"
        or element.get(f"{TEXT}is-hidden") == TRUE
        or element.get(f"{PRESENTATION}placeholder") == TRUE
        or element.get(f"{PRESENTATION}class") in RUNNING
    )
