"""Workbooks of Excel (XLSX, XLSM): what their sheets show, with charts, text boxes and comments.

Values are shown by their formats; a formula without a stored value is shown itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from .. import errors
from ..document import Span
from ..markdown import clean_text
from .open_xml import Relation, first_of, reference, relations
from .packages import Package
from .sheet_grids import Area, Content, Sheet
from .xlsx_cells import CellReader, is_address, shared_strings
from .xlsx_comments import comments, people
from .xlsx_drawings import drawn
from .xlsx_styles import FALSE, Styles, read_styles

USUAL_MAIN = "xl/workbook.xml"
MAX_SHEETS = 10_000
MAX_LINKED = 100_000  # rows whose cells become links
HIDDEN = frozenset({"hidden", "veryHidden"})


@dataclass(slots=True)
class _Workbook:
    package: Package
    styles: Styles
    strings: list[Content]
    people: dict[str, str]
    counts: Counter[str]


def read_xlsx(package: Package, counts: Counter[str]) -> Iterator[Sheet]:
    """The sheets of a workbook in order. Raises EngineError if it is none.

    `counts` is told what is not shown as it is: formulas, lost (texts), unshown (by their format).
    """
    main = first_of(relations(package, ""), "officeDocument") or USUAL_MAIN
    root = package.tree(main)
    if root is None:
        raise errors.EngineError(f"{main} is missing or damaged")
    related = relations(package, main)
    book = _Workbook(
        package,
        read_styles(package, first_of(related, "styles") or "", is_1904=_is_1904(root)),
        shared_strings(package.read(first_of(related, "sharedStrings") or "")),
        people(package, related),
        counts,
    )
    sheets = list(_sheets(book, root, related))
    by_name = {sheet.name: sheet for sheet, _ in sheets}
    for sheet, own in sheets:
        for relation in own.values():
            if relation.kind == "drawing":
                sheet.placed += drawn(package, relation.target, by_name)
    yield from (sheet for sheet, _ in sheets)


def _sheets(
    book: _Workbook, root: etree._Element, related: dict[str, Relation]
) -> Iterator[tuple[Sheet, dict[str, Relation]]]:
    """The sheets with their cells, and what each of them is related to."""
    seen: set[str] = set()
    for entry in root.findall("{*}sheets/{*}sheet")[:MAX_SHEETS]:
        relation = related.get(reference(entry))
        if relation is None or relation.target in seen:
            continue
        seen.add(relation.target)
        sheet = Sheet(clean_text(entry.get("name", "")).strip())
        sheet.is_hidden = entry.get("state") in HIDDEN
        own = relations(book.package, relation.target)
        if relation.kind == "worksheet":
            _read_sheet(book, relation.target, sheet, own)
        yield sheet, own


def _is_1904(root: etree._Element) -> bool:
    properties = root.find("{*}workbookPr")
    return properties is not None and properties.get("date1904", "0").lower() not in FALSE


def _read_sheet(book: _Workbook, part: str, sheet: Sheet, related: dict[str, Relation]) -> None:
    data = book.package.read(part)
    if not data:
        raise errors.EngineError(f"{part} is missing")
    reader = CellReader(sheet, book.styles, book.strings)
    reader.read(data)
    book.counts.update(reader.counts)
    _link(sheet, reader.links, related)
    sheet.comments += comments(book.package, related, book.people)


def _link(sheet: Sheet, links: list[tuple[Area, str]], related: dict[str, Relation]) -> None:
    """Make links of the cells that lead out of the file (18.3.1.47)."""
    budget = MAX_LINKED
    for place, name in links:
        relation = related.get(name)
        if relation is None or not is_address(relation.target):
            continue
        last = min(place.bottom, place.top + budget)
        budget -= last - place.top + 1
        for row in range(place.top, last + 1):
            _link_row(sheet.rows.get(row, {}), place, relation.target)
        if budget <= 0:
            return


def _link_row(cells: dict[int, Content], place: Area, target: str) -> None:
    for column in [c for c in cells if place.left <= c <= place.right]:
        shown = cells[column]
        spans = [Span(shown)] if isinstance(shown, str) else shown
        cells[column] = [replace(span, link=target) for span in spans]
