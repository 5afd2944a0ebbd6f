"""The cells of one XLSX sheet as people see them (ECMA-376 part 1, 18.3.1)."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from ..document import Span, plain
from ..markdown import clean_text
from .elements import name_of, whole
from .number_formats import DIGITS, general
from .open_xml import reference
from .packages import dropped, elements
from .sheet_grids import Area, Content, Sheet
from .spans import joined
from .xlsx_rows import PlainRow, taken_apart
from .xlsx_styles import Styles, rich_text

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383
MAX_MERGED = 1_000_000
MAX_MEMO = 20_000  # texts of a style that are shown once and kept
TRUE = frozenset({"1", "true"})
ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
WEB_LINK = re.compile(r'=?HYPERLINK\("([^"]{1,2000})"', re.I)
PARTS = ("row", "col", "mergeCell", "hyperlink")


def shared_strings(data: bytes) -> list[Content]:
    """The texts that cells name by number (18.4.9)."""
    found: list[Content] = []
    for item in elements(data, "si"):
        found.append(content(rich_text(item)))
        dropped(item)
    return found


def content(spans: list[Span]) -> Content:
    """Spans as a cell holds them: cleaned, and a plain text if they have no styles."""
    if len(spans) < 2 or all(span == Span(span.text) for span in spans):
        return clean_text(plain(spans)).strip()
    cleaned = joined(replace(span, text=clean_text(span.text)) for span in spans)
    # What is all in one style is so by choice of looks, as a bold header is.
    if all((span.bold, span.italic) == (cleaned[0].bold, cleaned[0].italic) for span in cleaned):
        cleaned = joined(replace(span, bold=False, italic=False) for span in cleaned)
    styled = any(replace(span, text="") != Span("") for span in cleaned)
    return cleaned if styled else plain(cleaned)


def column_number(letters: str) -> int:
    """0 for A; -1 for what is no name of a column."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or number > LAST_COLUMN:
            return -1
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if number <= LAST_COLUMN + 1 else -1


def area(reference: str) -> Area | None:
    """Cells such as B2:C3, or one of them; None for what is no such name."""
    first, _, last = reference.partition(":")
    start, end = ADDRESS.fullmatch(first), ADDRESS.fullmatch(last or first)
    if start is None or end is None:
        return None
    left, right = column_number(start[1]), column_number(end[1])
    top, bottom = int(start[2]) - 1, int(end[2]) - 1
    if not (0 <= top <= bottom <= LAST_ROW and 0 <= left <= right):
        return None
    return Area(top, left, bottom, right)


MAIN_SPACE = re.compile(rb'xmlns=["\'][^"\'<>]{1,100}["\']')


class _Columns(dict[str, int]):
    """Numbers of columns by their names."""

    def __missing__(self, letters: str) -> int:
        number = column_number(letters) if letters else -1
        if len(self) <= LAST_COLUMN:
            self[letters] = number
        return number


class CellReader:
    """Fills a Sheet from the XML of its part; `counts` says what could not be shown as it is."""

    def __init__(self, sheet: Sheet, styles: Styles, strings: list[Content]) -> None:
        self.sheet = sheet
        self.counts: Counter[str] = Counter()
        self.links: list[tuple[Area, str]] = []  # with the id of their relation
        self._styles, self._strings = styles, strings
        self._columns = _Columns()
        self._numbers: dict[str | None, tuple[Callable[[float], str], dict[str, str]]] = {}
        self._text_styles = {str(number) for number in styles.changing_texts()}
        self._special = {str(number) for number in styles.bold | styles.struck}
        self._row = -1
        self._hidden = 0  # columns

    def read(self, data: bytes) -> None:
        found = taken_apart(data)
        if found is None:
            self._read_elements(data)
            return
        around, rows = found
        self._read_elements(around)
        space = MAIN_SPACE.search(around)
        names = space[0].decode() if space else ""
        for row in rows:
            if isinstance(row, PlainRow):
                self._read_plain(row)
            else:
                self._read_elements(f"<sheetData {names}>{row.xml}</sheetData>".encode())

    def _read_elements(self, data: bytes) -> None:
        for element in elements(data, *PARTS):
            name = name_of(element)
            if name == "row":
                self._read_row(element)
                dropped(element)
            else:
                self._read_other(name, element)

    def _read_plain(self, row: PlainRow) -> None:
        number = row.number - 1 if row.number else self._row + 1
        self._row = number
        if not 0 <= number <= LAST_ROW:
            return
        cells = self.sheet.rows.get(number, {})
        columns, special, show = self._columns, self._special, self._shown
        for letters, style, kind, text in row.cells:
            if letters:
                shown, column = show(kind, style, text), columns[letters]
                if shown and column >= 0:
                    cells[column] = shown
                    if style in special:
                        self._mark(number, column, int(style), cells)
        if cells:
            self.sheet.rows[number] = cells

    def _read_other(self, name: str, element: etree._Element) -> None:
        if name == "col":
            self._read_column(element)
        elif (place := area(element.get("ref", ""))) is None:
            return
        elif name == "mergeCell":
            if len(self.sheet.merged) < MAX_MERGED:
                self.sheet.merged.append(place)
        else:
            self.links.append((place, reference(element)))

    def _read_column(self, element: etree._Element) -> None:
        if element.get("hidden", "").lower() not in TRUE:
            return
        first = whole(element.get("min"), 1, LAST_COLUMN + 1) - 1
        last = whole(element.get("max"), 1, LAST_COLUMN + 1) - 1
        self._hidden += max(last - first, 0) + 1
        # Each column is told once; what goes on and on is no honest file.
        if self._hidden <= 2 * LAST_COLUMN:
            self.sheet.hidden_columns.update(range(max(first, 0), last + 1))

    def _read_row(self, row: etree._Element) -> None:
        number = whole(row.get("r"), self._row + 2, LAST_ROW + 2) - 1
        self._row = number
        if not 0 <= number <= LAST_ROW:
            return
        if row.get("hidden", "").lower() in TRUE:
            self.sheet.hidden_rows.add(number)
        cells = self.sheet.rows.get(number, {})
        self._read_cells(row, number, cells)
        if cells:
            self.sheet.rows[number] = cells

    def _read_cells(self, row: etree._Element, number: int, cells: dict[int, Content]) -> None:
        value_tag = f"{row.tag[:-3]}v"
        columns, special, column = self._columns, self._special, -1
        for cell in row:
            place, style = cell.get("r"), cell.get("s")
            column = column + 1 if place is None else columns[place.rstrip("0123456789")]
            if not len(cell):
                continue
            last = cell[-1]
            if len(cell) == 1 and last.tag == value_tag and last.text:
                shown = self._shown(cell.get("t"), style, last.text)
            else:
                shown = self._other(cell, value_tag)
            if shown and column >= 0:
                cells[column] = shown
                if style in special:
                    self._mark(number, column, whole(style, 0, 10**6), cells)

    def _mark(self, row: int, column: int, style: int, cells: dict[int, Content]) -> None:
        if style in self._styles.bold:
            self.sheet.bold.add((row, column))
        if style in self._styles.struck:
            shown = cells[column]
            spans = [Span(shown)] if isinstance(shown, str) else shown
            cells[column] = [replace(span, strike=True) for span in spans]

    def _shown(self, kind: str | None, style: str | None, text: str) -> Content:
        """The value of a cell as its type and its style show it (18.18.11)."""
        if not kind or kind == "n":
            return self._number(style, text)
        if kind == "s":
            return self._shared(style, text)
        if kind == "b":
            return "TRUE" if text.strip() in TRUE else "FALSE"
        if kind == "d":
            return text.replace("T", " ").removesuffix(" 00:00:00")
        return text.strip() if kind == "e" else self._text(style, clean_text(text).strip())

    def _number(self, style: str | None, text: str) -> str:
        known = self._numbers.get(style)
        if known is None:
            known = self._styles.numbers(whole(style, 0, 10**6)), {}
            self._numbers[style] = known
        show, memo = known
        if show is general and len(text) < DIGITS and text.isdecimal():
            return text
        shown = memo.get(text)
        if shown is None:
            try:
                shown = show(float(text))
            except ValueError:
                return clean_text(text).strip()
            if len(memo) < MAX_MEMO:
                memo[text] = shown
            if not shown:
                self.counts["unshown"] += 1
        return shown

    def _shared(self, style: str | None, text: str) -> Content:
        try:
            shown = self._strings[int(text)]
        except (ValueError, IndexError):
            self.counts["lost"] += 1
            return ""
        return self._text(style, shown) if style in self._text_styles else shown

    def _text(self, style: str | None, shown: Content) -> Content:
        if not isinstance(shown, str) or style not in self._text_styles or not shown:
            return shown
        return self._styles.text(whole(style, 0, 10**6), shown)

    def _other(self, cell: etree._Element, value_tag: str) -> Content:
        """What a cell shows that has a formula, a text of its own, or no value."""
        kind, style = cell.get("t"), cell.get("s")
        value: str | None = None
        formula: str | None = None
        for child in cell:
            if child.tag == value_tag:
                value = child.text
            elif (name := name_of(child)) == "is":
                return self._text(style, content(rich_text(child)))
            elif name == "f":
                formula = child.text or ""
        if value:
            shown = self._shown(kind, style, value)
            return _linked(shown, formula)
        if formula is None or kind == "str":
            return ""
        self.counts["formulas"] += 1
        return clean_text(f"={formula}" if formula else "=…").strip()


def _linked(shown: Content, formula: str | None) -> Content:
    """A cell whose formula is a link to the web, as that."""
    found = WEB_LINK.match(formula) if formula and "HYPERLINK" in formula.upper() else None
    if found is None or not is_address(found[1]) or not isinstance(shown, str) or not shown:
        return shown
    return [Span(shown, link=found[1])]


def is_address(target: str) -> bool:
    """Whether a link leads out of the file: to the web or to somebody's mailbox."""
    return target.lower().startswith(("http://", "https://", "mailto:", "ftp://"))
