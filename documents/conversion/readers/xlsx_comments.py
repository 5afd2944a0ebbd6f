"""Comments on the cells of an XLSX sheet: notes (ECMA-376 part 1, 18.7), and conversations, which
Excel added later ([MS-XLSX] 2.6.205)."""

from collections.abc import Iterator
from dataclasses import replace

from ..document import Block, Paragraph, Span
from ..markdown import clean_text
from .elements import whole
from .open_xml import Relation, first_of
from .packages import Package
from .sheet_grids import Area
from .sheet_tables import address
from .spans import joined
from .xlsx_cells import area
from .xlsx_styles import rich_text

Comment = tuple[Area, str, list[Span]]  # where, by whom, what


def people(package: Package, related: dict[str, Relation]) -> dict[str, str]:
    """Who took part in conversations, by the ids that the comments name."""
    root = package.tree(first_of(related, "person") or "")
    listed = root if root is not None else ()
    return {person.get("id", ""): person.get("displayName", "") for person in listed}


def comments(package: Package, related: dict[str, Relation], names: dict[str, str]) -> list[Block]:
    """Conversations and notes by cell. The copies for old programs that Excel keeps of them go."""
    found = list(_conversations(package, related, names))
    in_conversations = {place for place, _, _ in found}
    for part in [r.target for r in related.values() if r.kind == "comments"]:
        found += [note for note in _notes(package, part) if note[0] not in in_conversations]
    blocks: list[Block] = []
    for place, author, text in sorted(found, key=lambda comment: comment[0]):
        spans = joined(replace(span, text=clean_text(span.text)) for span in text)
        lead = address(place.top, place.left) + (f" ({author})" if author else "")
        if spans:
            blocks.append(Paragraph([Span(f"{lead}: "), *spans], part="comment"))
    return blocks


def _conversations(
    package: Package, related: dict[str, Relation], names: dict[str, str]
) -> Iterator[Comment]:
    for part in [r.target for r in related.values() if r.kind == "threadedComment"]:
        root = package.tree(part)
        for entry in root if root is not None else ():
            place, text = area(entry.get("ref", "")), entry.findtext("{*}text") or ""
            if place is not None:
                yield place, names.get(entry.get("personId", ""), ""), [Span(text)]


def _notes(package: Package, part: str) -> Iterator[Comment]:
    root = package.tree(part)
    if root is None:
        return
    authors = [author.text or "" for author in root.findall("{*}authors/{*}author")]
    for entry in root.findall("{*}commentList/{*}comment"):
        place, text = area(entry.get("ref", "")), entry.find("{*}text")
        author = whole(entry.get("authorId"), -1, 10**6)
        if place is None or text is None:
            continue
        name = authors[author] if 0 <= author < len(authors) else ""
        spans = [replace(span, bold=False) for span in rich_text(text)]
        # The name stands in the text too, as its first line.
        if name and spans and spans[0].text.strip().rstrip(":") == name:
            spans = spans[1:]
        yield place, name, spans
