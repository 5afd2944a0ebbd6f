"""Workbooks of LibreOffice and others (ODS): what their sheets show.

The file keeps the text that people see beside each value (OpenDocument 1.3 part 3, 9.1.4); the
value itself counts only where there is no such text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from .. import errors
from ..document import Block, Cell, Paragraph, Picture, Span, Table, plain
from ..markdown import clean_text
from .elements import name_of, whole
from .number_formats import general
from .packages import Package, dropped, stream
from .sheet_grids import Area, Content, Placed, Sheet
from .sheet_tables import address
from .spans import joined
from .xlsx_cells import content, is_address

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
MAX_REPEATED = 2_000_000  # cells that a file says are there again
MAX_DEPTH = 50  # spans in spans
EXPONENT = re.compile(r"-?\d(?:[.,]\d{1,20})?E\+?\d{1,3}")
DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d{1,12})?S)?"
)
COLLAPSED = frozenset({"collapse", "filter"})
NUMBER_STYLES = ("number-style", "currency-style", "percentage-style")
STYLES = ("style", *NUMBER_STYLES)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}"
LINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(slots=True)
class _Styles:
    """By name: what a cell, a table or a piece of text looks like."""

    hidden: set[str] = field(default_factory=set)  # tables
    bold: set[str] = field(default_factory=set)  # cells
    scientific: set[str] = field(default_factory=set)  # cells and formats
    text: dict[str, Span] = field(default_factory=dict)


def read_ods(package: Package, counts: Counter[str]) -> Iterator[Sheet]:
    """The sheets of a workbook in order. Raises EngineError if it is none.

    `counts` is told how many formulas have no value.
    """
    data = package.read("content.xml")
    if not data:
        raise errors.EngineError("content.xml is missing or empty")
    reader = _Reader(package, counts)
    for event, element in stream(data, "table", "table-row", "table-column", "shapes", *STYLES):
        if event == "start":
            reader.begin(element)
        elif sheet := reader.end(element):
            yield sheet


class _Reader:
    """Takes a workbook element by element; each table that ends is a sheet."""

    def __init__(self, package: Package, counts: Counter[str]) -> None:
        self._package, self._counts = package, counts
        self._styles = _Styles()
        self._sheet: Sheet | None = None
        self._depth = 0  # tables in cells of tables
        self._row = self._column = 0
        self._budget = MAX_REPEATED

    def begin(self, element: etree._Element) -> None:
        if name_of(element) != "table":
            return
        self._depth += 1
        if self._depth == 1:
            self._sheet = Sheet(clean_text(element.get(f"{TABLE}name", "")).strip())
            is_hidden = element.get(f"{TABLE}style-name") in self._styles.hidden
            self._sheet.is_hidden = is_hidden or element.get(f"{TABLE}display") == "false"
            self._row = self._column = 0

    def end(self, element: etree._Element) -> Sheet | None:
        """What to do with an element that was read whole; the sheet if it was a table."""
        name = name_of(element)
        if name == "table":
            return self._end_table(element)
        if self._depth != 1 or self._sheet is None:
            if self._depth == 0:
                self._read_style(name, element)
            return None
        if name == "table-row":
            self._read_row(self._sheet, element)
            dropped(element)
        elif name == "table-column":
            self._read_column(self._sheet, element)
        elif name == "shapes":
            self._sheet.placed += self._drawn(element, 0, 0)
        return None

    def _end_table(self, element: etree._Element) -> Sheet | None:
        self._depth -= 1
        if self._depth:
            return None
        sheet, self._sheet = self._sheet, None
        dropped(element)
        return sheet

    # --- styles -----------------------------------------------------------------------------------

    def _read_style(self, name: str, element: etree._Element) -> None:
        own, family = element.get(f"{STYLE}name", ""), element.get(f"{STYLE}family")
        if name in NUMBER_STYLES:
            if element.find("{*}scientific-number") is not None:
                self._styles.scientific.add(own)
        elif family == "table":
            shown = element.find(f"{STYLE}table-properties")
            if shown is not None and shown.get(f"{TABLE}display") == "false":
                self._styles.hidden.add(own)
        elif family in {"text", "table-cell"}:
            self._read_look(own, element)

    def _read_look(self, own: str, element: etree._Element) -> None:
        looks = element.find(f"{STYLE}text-properties")
        look = Span("") if looks is None else _look(looks)
        if element.get(f"{STYLE}family") == "text":
            self._styles.text[own] = look
            return
        if element.get(f"{STYLE}data-style-name") in self._styles.scientific:
            self._styles.scientific.add(own)
        if look.bold:
            self._styles.bold.add(own)

    # --- rows and cells ---------------------------------------------------------------------------

    def _read_column(self, sheet: Sheet, element: etree._Element) -> None:
        first = self._column
        self._column += whole(element.get(f"{TABLE}number-columns-repeated"), 1, LAST_COLUMN + 1)
        if element.get(f"{TABLE}visibility") in COLLAPSED:
            sheet.hidden_columns.update(range(first, min(self._column, LAST_COLUMN + 1)))

    def _read_row(self, sheet: Sheet, row: etree._Element) -> None:
        count = whole(row.get(f"{TABLE}number-rows-repeated"), 1, LAST_ROW + 1)
        first = self._row
        self._row += count
        count = min(count, LAST_ROW + 1 - first)
        if count < 1:
            return
        if row.get(f"{TABLE}visibility") in COLLAPSED:
            sheet.hidden_rows.update(range(first, first + count))
        cells = self._cells(sheet, row, first)
        if not cells:
            return
        sheet.rows[first] = cells
        self._spend(len(cells) * (count - 1))
        for number in range(first + 1, first + count):
            sheet.rows[number] = cells.copy()

    def _spend(self, cells: int) -> None:
        self._budget -= cells
        if self._budget < 0:
            raise errors.EngineError(f"more than {MAX_REPEATED} cells are repeated")

    def _cells(self, sheet: Sheet, row: etree._Element, number: int) -> dict[int, Content]:
        cells: dict[int, Content] = {}
        column = 0
        for cell in row:
            count = whole(cell.get(f"{TABLE}number-columns-repeated"), 1, LAST_COLUMN + 1)
            if column <= LAST_COLUMN and _says_something(cell):
                shown = self._cell(sheet, cell, number, column)
                if shown:
                    self._spend(count - 1)
                    for place in range(column, min(column + count, LAST_COLUMN + 1)):
                        cells[place] = shown
            column += count
        return cells

    def _cell(self, sheet: Sheet, cell: etree._Element, row: int, column: int) -> Content:
        """What one cell shows; what belongs to it besides goes to the sheet."""
        rows = whole(cell.get(f"{TABLE}number-rows-spanned"), 1, LAST_ROW + 1)
        columns = whole(cell.get(f"{TABLE}number-columns-spanned"), 1, LAST_COLUMN + 1)
        if rows * columns > 1:
            sheet.merged.append(Area(row, column, row + rows - 1, column + columns - 1))
        if cell.get(f"{TABLE}style-name") in self._styles.bold:
            sheet.bold.add((row, column))
        lines: list[Span] = []
        for child in cell:
            name = name_of(child)
            if name == "p":
                lines += [*self._text(child), Span("\n")]
            elif name == "annotation":
                sheet.comments += self._comment(child, row, column)
            elif isinstance(child.tag, str):
                sheet.placed += self._drawn(child, row, column)
        shown = content(lines)
        if shown or lines:
            # A paragraph without text is what a format leaves that shows nothing.
            self._counts["unshown"] += not shown and cell.get(f"{OFFICE}value") is not None
            return self._unrounded(cell, shown)
        return self._value(cell)

    def _unrounded(self, cell: etree._Element, shown: Content) -> Content:
        """Long numbers in full where the sheet shows an exponent only for want of room."""
        if not isinstance(shown, str) or cell.get(f"{OFFICE}value-type") != "float":
            return shown
        if EXPONENT.fullmatch(shown) is None:
            return shown
        if cell.get(f"{TABLE}style-name") in self._styles.scientific:
            return shown
        return _number(cell.get(f"{OFFICE}value", "")) or shown

    def _value(self, cell: etree._Element) -> str:
        """The value of a cell without text, as plain as can be; else its formula."""
        kind = cell.get(f"{OFFICE}value-type")
        if kind is not None:
            return _plain_value(kind, {k.rpartition("}")[2]: v for k, v in _items(cell)})
        formula = clean_text(cell.get(f"{TABLE}formula", "")).strip()
        if not formula:
            return ""
        self._counts["formulas"] += 1
        return formula.partition(":")[2] if formula.startswith(("of:", "oooc:")) else formula

    # --- text -------------------------------------------------------------------------------------

    def _text(
        self, element: etree._Element, style: Span | None = None, depth: int = 0
    ) -> list[Span]:
        """The pieces of a paragraph; spaces, tabs and line breaks are elements (6.1.3-6.1.5)."""
        style = style or Span("")
        found = [_like(style, element.text)] if element.text else []
        for child in element:
            name = name_of(child)
            if name == "s":
                found.append(_like(style, " "))
            elif name in {"tab", "line-break"}:
                found.append(_like(style, " " if name == "tab" else "\n"))
            elif name in {"span", "a", "meta", "ruby", "ruby-base"} and depth < MAX_DEPTH:
                found += self._text(child, self._inner(child, style), depth + 1)
            elif name not in {"annotation", "ruby-text"}:
                found += [_like(style, "".join(map(str, child.itertext())))]
            if child.tail:
                found.append(_like(style, child.tail))
        return found

    def _inner(self, element: etree._Element, style: Span) -> Span:
        target = element.get(LINK)
        look = self._styles.text.get(element.get(f"{TEXT}style-name", ""), Span(""))
        return Span(
            "",
            bold=style.bold or look.bold,
            italic=style.italic or look.italic,
            strike=style.strike or look.strike,
            raised=style.raised or look.raised,
            lowered=style.lowered or look.lowered,
            link=target if target and is_address(target) else style.link,
        )

    def _paragraphs(self, element: etree._Element) -> Iterator[list[Span]]:
        for paragraph in element.iter(f"{TEXT}p", f"{TEXT}h"):
            spans = joined(self._text(paragraph))
            if spans:
                yield spans

    def _comment(self, element: etree._Element, row: int, column: int) -> Iterator[Block]:
        author = clean_text(element.findtext("{*}creator") or "").strip()
        lead = address(row, column) + (f" ({author})" if author else "")
        text = "\n".join(plain(spans) for spans in self._paragraphs(element))
        if text:
            yield Paragraph([Span(f"{lead}: {clean_text(text)}")], part="comment")

    def _line(self, element: etree._Element) -> list[Span]:
        text = " ".join(plain(spans) for spans in self._paragraphs(element))
        return [Span(text)] if text else []

    # --- what lies on a sheet ---------------------------------------------------------------------

    def _drawn(self, element: etree._Element, row: int, column: int) -> Iterator[Placed]:
        """Text boxes, charts and described pictures."""
        blocks: list[Block] = [Paragraph(spans) for spans in self._paragraphs(element)]
        for inner in element.iter():
            name = name_of(inner)
            if name == "object" and (part := inner.get(LINK)):
                blocks += self._chart(part.removeprefix("./"))
            elif name == "desc" and (words := clean_text(inner.text or "").strip()):
                blocks.append(Picture(description=words))
        if blocks:
            yield Placed(row, column, blocks)

    def _chart(self, part: str) -> Iterator[Table]:
        """The data that a chart keeps in a table of its own (11.1), with its title as caption."""
        root = self._package.tree(f"{part}/content.xml")
        chart = root.find(f".//{CHART}chart") if root is not None else None
        if chart is None:
            return
        title = chart.find("{*}title")
        lines = self._paragraphs(title) if title is not None else ()
        caption = [span for line in lines for span in line]
        rows = [
            [Cell(self._line(cell)) for cell in row.findall("{*}table-cell")]
            for row in chart.iterfind(".//{*}table-row")
        ]
        if any(cell.spans for row in rows for cell in row):
            yield Table(rows, caption=caption)


def _says_something(cell: etree._Element) -> bool:
    if cell.tag != f"{TABLE}table-cell":
        return False
    told = cell.get(f"{OFFICE}value-type") or cell.get(f"{TABLE}formula")
    return len(cell) > 0 or told is not None


def _items(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in element.items()]


def _plain_value(kind: str, told: dict[str, str]) -> str:
    """A value (19.387-19.389) as text, without the format that the file has for it."""
    number = _number(told.get("value", ""))
    if kind == "percentage" and number:
        return _number(told["value"], 100) + "%"
    if kind == "currency":
        return f"{number} {told.get('currency', '')}".strip()
    if kind == "time":
        return _duration(told.get("time-value", ""))
    value = told.get(f"{kind}-value", "")
    if kind == "date":
        value = value.replace("T", " ")
    elif kind == "boolean":
        value = value.upper()
    return number or clean_text(value).strip()


def _like(style: Span, text: str) -> Span:
    return replace(style, text=clean_text(text))


def _look(properties: etree._Element) -> Span:
    """What text properties (16.29.28) say, as a span without text."""
    told = {key.rpartition("}")[2]: value for key, value in _items(properties)}
    place = told.get("text-position", "")
    is_raised = place.startswith("super") or (place[:1].isdecimal() and not place.startswith("0%"))
    return Span(
        "",
        bold=told.get("font-weight", "normal") in {"bold", "600", "700", "800", "900"},
        italic=told.get("font-style") in {"italic", "oblique"},
        strike=told.get("text-line-through-style", "none") != "none",
        raised=is_raised,
        lowered=place.startswith(("sub", "-")),
    )


def _number(text: str, factor: int = 1) -> str:
    try:
        return general(float(text) * factor)
    except ValueError:
        return ""


def _duration(text: str) -> str:
    """PT36H15M00S as 36:15:00 (18.2, duration)."""
    found = DURATION.fullmatch(text)
    if found is None:
        return clean_text(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    return f"{found[1]}{days * 24 + hours:02d}:{minutes:02d}:{seconds:02d}"
