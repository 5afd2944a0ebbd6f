"""Workbooks of Excel 97-2003 (XLS) and before: what their sheets show, by xlrd."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import errors
from ..document import Paragraph, Span
from ..markdown import clean_text
from .bare_values import bare_sheets
from .number_formats import Formatter, formatter, text_formatter
from .sheet_grids import Area, Content, Sheet
from .sheet_tables import address
from .spans import joined
from .xlsx_cells import is_address

TEXT, NUMBER, DATE, BOOLEAN, ERROR = 1, 2, 3, 4, 5  # xlrd's kinds of cells
# [MS-XLS] 2.5.10, BErr
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
MAX_LINKED = 100_000  # rows whose cells become links
MAX_COLUMN = 16_383


def read_xls(path: Path, filename: str, counts: Counter[str]) -> list[Sheet]:
    """The sheets of a workbook in order. `counts` is told what is not shown: unshown (numbers),
    and unformatted (workbooks): of a file that xlrd gives up on, calamine reads the bare values.
    """
    data = path.read_bytes()
    try:
        return list(_by_xlrd(data, filename, counts))
    except errors.EngineError:
        counts.clear()
        sheets = list(bare_sheets(data, filename))
        counts["unformatted"] += 1
        return sheets


def _by_xlrd(data: bytes, filename: str, counts: Counter[str]) -> Iterator[Sheet]:
    import xlrd  # type: ignore[import-untyped]

    try:
        with errors.engine_at_work(xlrd.XLRDError):
            book = xlrd.open_workbook(
                file_contents=data, formatting_info=True, ragged_rows=True,
                on_demand=True, logfile=io.StringIO(),
            )  # fmt: skip
    except xlrd.XLRDError as problem:
        if "encrypted" in str(problem):
            raise errors.encrypted_file(filename, str(problem)) from problem
        raise errors.EngineError(str(problem)) from problem
    styles = _Styles(book)
    for number in range(book.nsheets):
        with errors.engine_at_work():
            found = book.sheet_by_index(number)
        yield _sheet(found, styles, counts)
        book.unload_sheet(number)


class _Styles:
    """By the number of a cell's style: how it shows numbers and texts, and its font."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._numbers: dict[int, Formatter] = {}

    def code(self, style: int) -> str:
        if not 0 <= style < len(self.book.xf_list):
            return ""
        known = self.book.format_map.get(self.book.xf_list[style].format_key)
        return str(known.format_str) if known is not None else ""

    def numbers(self, style: int) -> Formatter:
        if style not in self._numbers:
            self._numbers[style] = formatter(
                _neutral(self.code(style), self._key(style)), is_1904=self.book.datemode == 1
            )
        return self._numbers[style]

    def _key(self, style: int) -> int:
        return int(self.book.xf_list[style].format_key) if style < len(self.book.xf_list) else 0

    def font(self, style: int) -> Any:
        """xlrd's font of a style; None if the file has none."""
        if not 0 <= style < len(self.book.xf_list):
            return None
        return self.font_at(self.book.xf_list[style].font_index)

    def font_at(self, number: int) -> Any:
        return self.book.font_list[number] if 0 <= number < len(self.book.font_list) else None


def _neutral(code: str, key: int) -> str:
    """The code of a format; of a date that the system shows in its own way, the neutral one."""
    return {14: "yyyy-mm-dd", 22: "yyyy-mm-dd hh:mm"}.get(key, code)


def _sheet(found: Any, styles: _Styles, counts: Counter[str]) -> Sheet:
    sheet = Sheet(clean_text(found.name).strip(), is_hidden=found.visibility != 0)
    for number in range(found.nrows):
        cells = _row(found, number, styles, counts, sheet.bold)
        if cells:
            sheet.rows[number] = cells
    sheet.merged = [
        Area(top, left, bottom - 1, right - 1)
        for top, bottom, left, right in found.merged_cells
        if top < bottom and left < right
    ]
    sheet.hidden_rows = {row for row, info in found.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {
        column for column, info in found.colinfo_map.items() if info.hidden and column <= MAX_COLUMN
    }
    _link(sheet, found)
    sheet.comments = [_comment(place, note) for place, note in sorted(found.cell_note_map.items())]
    return sheet


def _row(
    found: Any, number: int, styles: _Styles, counts: Counter[str], bold: set[tuple[int, int]]
) -> dict[int, Content]:
    cells: dict[int, Content] = {}
    kinds, values = found.row_types(number), found.row_values(number)
    for column, kind in enumerate(kinds):
        if not TEXT <= kind <= ERROR:
            continue
        style = found.cell_xf_index(number, column)
        runs = found.rich_text_runlist_map.get((number, column)) if kind == TEXT else None
        shown = (
            _rich(values[column], runs, styles)
            if runs
            else _shown(kind, values[column], style, styles)
        )
        if shown:
            cells[column] = shown
            _mark(cells, (number, column), styles.font(style), bold)
        else:
            counts["unshown"] += kind in {NUMBER, DATE}
    return cells


def _shown(kind: int, value: Any, style: int, styles: _Styles) -> Content:
    if kind in {NUMBER, DATE}:
        return styles.numbers(style)(value)
    if kind == BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == ERROR:
        return ERRORS.get(value, "#N/A")
    show = text_formatter(styles.code(style))
    text = clean_text(value).strip()
    return text if show is None or not text else show(text)


def _mark(
    cells: dict[int, Content], place: tuple[int, int], font: Any, bold: set[tuple[int, int]]
) -> None:
    if font is None:
        return
    if font.bold or font.weight >= 600:
        bold.add(place)
    if font.struck_out:
        shown = cells[place[1]]
        spans = [Span(shown)] if isinstance(shown, str) else shown
        cells[place[1]] = [replace(span, strike=True) for span in spans]


def _rich(text: str, runs: list[tuple[int, int]], styles: _Styles) -> Content:
    """A text whose `runs` say from which character on it has which font."""
    starts = [0, *(start for start, _ in runs), len(text)]
    fonts = [None, *(styles.font_at(number) for _, number in runs)]
    spans = []
    for font, start, end in zip(fonts, starts, starts[1:], strict=False):
        piece = clean_text(text[start:end])
        if font is None:
            spans.append(Span(piece))
        else:
            spans.append(
                Span(
                    piece,
                    bold=bool(font.bold),
                    italic=bool(font.italic),
                    strike=bool(font.struck_out),
                    raised=font.escapement == 1,
                    lowered=font.escapement == 2,
                )
            )
    return joined(spans)


def _link(sheet: Sheet, found: Any) -> None:
    """Make links of the cells that lead out of the file."""
    budget = MAX_LINKED
    for link in found.hyperlink_list:
        target = link.url_or_path
        if not isinstance(target, str) or not is_address(target):
            continue
        for row in range(link.frowx, min(link.lrowx + 1, link.frowx + budget)):
            budget -= 1
            cells = sheet.rows.get(row, {})
            for column in [c for c in cells if link.fcolx <= c <= link.lcolx]:
                shown = cells[column]
                spans = [Span(shown)] if isinstance(shown, str) else shown
                cells[column] = [replace(span, link=target) for span in spans]


def _comment(place: tuple[int, int], note: Any) -> Paragraph:
    text, author = clean_text(note.text).strip(), clean_text(note.author or "").strip()
    # The name stands in the text too, as its first line.
    text = text.removeprefix(f"{author}:").strip() if author else text
    lead = address(*place) + (f" ({author})" if author else "")
    return Paragraph([Span(f"{lead}: {text}")], part="comment")
