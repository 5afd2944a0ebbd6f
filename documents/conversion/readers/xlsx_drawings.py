"""What lies on an XLSX sheet: charts, text boxes, diagrams and described pictures
(ECMA-376 part 1, 20.5)."""

from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import etree

from ..document import Block, Paragraph, Picture, Span, Table
from ..markdown import clean_text
from .chart_sources import fill
from .charts import chart_table
from .diagrams import diagram_items
from .elements import name_of, whole
from .open_xml import Relation, reference, relations
from .packages import Package
from .sheet_grids import Placed, Sheet
from .slide_text import DRAWING, text_blocks
from .xlsx_cells import LAST_COLUMN, LAST_ROW

MAX_DRAWN = 10_000  # things that lie on a sheet
ANCHORS = frozenset({"twoCellAnchor", "oneCellAnchor", "absoluteAnchor"})


def drawn(package: Package, part: str, sheets: Mapping[str, Sheet]) -> Iterator[Placed]:
    """The things of a drawing part, each by the cell below its upper left corner.

    `sheets` by name have the data of charts that come without.
    """
    root = package.tree(part)
    if root is None:
        return
    related = relations(package, part)
    for anchor in islice(root, MAX_DRAWN):
        if name_of(anchor) not in ANCHORS:
            continue
        blocks = list(_anchored(package, anchor, related, sheets))
        if blocks:
            start = anchor.find("{*}from")
            row = start.findtext("{*}row") if start is not None else None
            column = start.findtext("{*}col") if start is not None else None
            yield Placed(whole(row, 0, LAST_ROW), whole(column, 0, LAST_COLUMN), blocks)


def _anchored(
    package: Package,
    anchor: etree._Element,
    related: dict[str, Relation],
    sheets: Mapping[str, Sheet],
) -> Iterator[Block]:
    for element in _current(anchor):
        name = name_of(element)
        if name == "txBody":
            yield from text_blocks(element, [], related)
        elif name == "chart":
            yield from _chart(package, related.get(reference(element)), sheets)
        elif name == "relIds":
            yield from _diagram(package, related.get(reference(element, "dm")))
        elif name == "pic":
            yield from _picture(element)


def _current(anchor: etree._Element) -> Iterator[etree._Element]:
    """All that is in an anchor, without what stands there for older programs."""
    waiting = [anchor]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [child for child in reversed(element) if name_of(child) != "Fallback"]


def _chart(
    package: Package, relation: Relation | None, sheets: Mapping[str, Sheet]
) -> Iterator[Table | Paragraph]:
    root = package.tree(relation.target) if relation is not None else None
    if root is None:
        return
    fill(root, sheets)
    table = chart_table(root)
    if table is not None:
        yield table
        return
    # Newer kinds of charts keep their data in another way; their titles have the same text runs.
    texts = (paragraph.itertext(f"{DRAWING}t") for paragraph in root.iter(f"{DRAWING}p"))
    for text in texts:
        if words := clean_text("".join(map(str, text))).strip():
            yield Paragraph([Span(words)])


def _diagram(package: Package, relation: Relation | None) -> Iterator[Block]:
    if relation is None or (root := package.tree(relation.target)) is None:
        return
    yield from diagram_items(root, relations(package, relation.target))


def _picture(element: etree._Element) -> Iterator[Picture]:
    about = element.find(".//{*}cNvPr")
    description = clean_text(about.get("descr", "")).strip() if about is not None else ""
    if description:
        yield Picture(description=description)
