"""The data of charts in workbooks whose writers kept no copy of it beside the chart.

A chart names the cells it shows (ECMA-376 part 1, 21.2.2.63, f); programs store what these held,
libraries that write workbooks often do not.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from .charts import CHART
from .sheet_grids import Sheet, text_of
from .xlsx_cells import area

MAX_POINTS = 20_000  # cells of all sources of a chart
SOURCES = {f"{CHART}numRef": f"{CHART}numCache", f"{CHART}strRef": f"{CHART}strCache"}
PLACE = re.compile(r"(?:'((?:[^']|''){1,100})'|([^'!]{1,100}))!([$A-Za-z0-9:]{2,40})")


def fill(chart: etree._Element, sheets: Mapping[str, Sheet]) -> None:
    """Put what the cells show into those sources of `chart` that hold nothing."""
    budget = MAX_POINTS
    for source in list(chart.iter(*SOURCES)):
        cache = SOURCES[source.tag]
        if source.find(f"{cache}/{CHART}pt") is not None or budget <= 0:
            continue
        filled = etree.SubElement(source, cache)
        for number, text in enumerate(_texts(source.findtext(f"{CHART}f") or "", sheets, budget)):
            budget -= 1
            if text:
                point = etree.SubElement(filled, f"{CHART}pt", idx=str(number))
                etree.SubElement(point, f"{CHART}v").text = text


def _texts(formula: str, sheets: Mapping[str, Sheet], most: int) -> Iterator[str]:
    """What the cells show that `formula` names, row by row; at most so many."""
    found = PLACE.fullmatch(formula.strip())
    if found is None:
        return
    name = found[1].replace("''", "'") if found[1] else found[2]
    sheet, place = sheets.get(name), area(found[3])
    if sheet is None or place is None:
        return
    for row in range(place.top, min(place.bottom, place.top + most) + 1):
        cells = sheet.rows.get(row, {})
        for column in range(place.left, place.right + 1):
            yield text_of(cells.get(column, ""))
            most -= 1
            if most <= 0:
                return
