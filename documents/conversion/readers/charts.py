"""Charts of Office files as tables of the data they show (ECMA-376 part 1, 21.2).

What is read are the numbers that the chart keeps beside the sheet they come from, so the sheet is
not needed. Categories become rows, series become columns.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lxml import etree

from ..document import Cell, Span, Table
from .elements import whole
from .slide_text import text_of

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MOST_CELLS = 100_000
MOST_POINTS = 20_000  # of a series
MOST_PLACE = 10**8
PLAIN_PERCENT = re.compile(r"0(?:\.(0{1,9}))?%")
GROUPED = re.compile(r"#,##0(?:\.(0{1,9}))?")
QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
DATE_LETTERS = re.compile(r"[dy]", re.I)
FIRST_DAY, FIRST_DAY_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
LAST_SERIAL = 2_958_465  # 31 December 9999


class Series(NamedTuple):
    """One series: its name, and the values it has by their places."""

    name: str
    categories: dict[int, str]
    values: dict[int, str]
    sizes: dict[int, str]  # of bubbles


def chart_table(chart: etree._Element) -> Table | None:
    """The data of a chart with its title as caption; None if it shows none."""
    since = FIRST_DAY
    if (flag := chart.find(f"{CHART}date1904")) is not None and flag.get("val", "1") != "0":
        since = FIRST_DAY_1904
    series = [_series(element, since) for element in chart.iter(f"{CHART}ser")]
    series = [one for one in series if one.values]
    title = chart.find(f"{CHART}chart/{CHART}title/{CHART}tx/{CHART}rich")
    rows = _rows(series, _axis_title(chart))
    if not rows:
        return None
    return Table([[Cell([Span(text)]) for text in row] for row in rows], caption=text_of(title, {}))


def _rows(series: list[Series], corner: str) -> list[list[str]]:
    if not series:
        return []
    if any(one.categories != series[0].categories for one in series):
        return _points(series, corner)
    columns = [column for one in series for column in _columns(one)]
    places = sorted({place for _, values in columns for place in values})
    categories = series[0].categories
    if not categories:
        categories = {place: str(place + 1) for place in places}
    places = sorted({*places, *categories})[: MOST_CELLS // (len(columns) + 1) + 1]
    header = [corner, *(name for name, _ in columns)]
    return [
        header,
        *([categories.get(p, ""), *(values.get(p, "") for _, values in columns)] for p in places),
    ]


def _columns(series: Series) -> list[tuple[str, dict[int, str]]]:
    named = [(series.name, series.values)]
    return [*named, (series.name, series.sizes)] if series.sizes else named


def _points(series: list[Series], corner: str) -> list[list[str]]:
    """Series with places of their own: each point is a row that names its series."""
    rows = [["", corner, ""]]
    for one in series:
        places = sorted({*one.values, *one.categories})
        rows += [[one.name, one.categories.get(p, ""), one.values.get(p, "")] for p in places]
    return rows[: MOST_CELLS // 3]


def _axis_title(chart: etree._Element) -> str:
    for kind in ("catAx", "dateAx"):
        axis = chart.find(f".//{CHART}{kind}/{CHART}title/{CHART}tx/{CHART}rich")
        if axis is not None:
            return "".join(span.text for span in text_of(axis, {}))
    return ""


def _series(element: etree._Element, since: datetime) -> Series:
    name = element.find(f"{CHART}tx")
    names = [v.text or "" for v in name.iter(f"{CHART}v")] if name is not None else []
    places = _first(element, "cat", "xVal")
    return Series(
        " ".join(names),
        _cached(places, since),
        _cached(_first(element, "val", "yVal"), since),
        _cached(element.find(f"{CHART}bubbleSize"), since),
    )


def _first(element: etree._Element, *names: str) -> etree._Element | None:
    return next((e for name in names if (e := element.find(CHART + name)) is not None), None)


def _cached(source: etree._Element | None, since: datetime) -> dict[int, str]:
    """The values of a source by their places; several levels of categories as one."""
    if source is None:
        return {}
    levels = list(source.iter(f"{CHART}lvl"))
    if levels:
        return _of_levels(levels)
    code = source.findtext(f".//{CHART}formatCode") or ""
    values: dict[int, str] = {}
    for point in source.iter(f"{CHART}pt"):
        if len(values) < MOST_POINTS:
            place = whole(point.get("idx"), 0, MOST_PLACE)
            values[place] = shown(point.findtext(f"{CHART}v") or "", code, since)
    return values


def _of_levels(levels: list[etree._Element]) -> dict[int, str]:
    """Categories of several levels, the innermost first: an outer one holds until the next."""
    parts = [_cached_level(level) for level in levels[:8]]
    values: dict[int, str] = {}
    current = [""] * len(parts)
    for place in sorted({place for part in parts for place in part}):
        current = [part.get(place, known) for part, known in zip(parts, current, strict=True)]
        values[place] = " / ".join(text for text in reversed(current) if text)
    return values


def _cached_level(level: etree._Element) -> dict[int, str]:
    points = list(level.iter(f"{CHART}pt"))[:MOST_POINTS]
    return {whole(p.get("idx"), 0, MOST_PLACE): p.findtext(f"{CHART}v") or "" for p in points}


def shown(text: str, code: str, since: datetime = FIRST_DAY) -> str:
    """A stored number as the chart shows it: percent, grouped digits, dates; else as it is."""
    try:
        number = float(text) if len(text) < 40 else None
    except ValueError:
        return text
    if number is None or not math.isfinite(number):
        return text
    first = code.partition(";")[0]
    if match := PLAIN_PERCENT.fullmatch(first):
        return f"{number * 100:.{len(match[1] or '')}f}%"
    if match := GROUPED.fullmatch(first):
        return f"{number:,.{len(match[1] or '')}f}"
    if DATE_LETTERS.search(QUOTED.sub("", first)) and 0 < number <= LAST_SERIAL:
        day = since + timedelta(days=number)
        return day.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M")
    # Binary fractions show with more digits than anybody entered.
    return f"{number:.15g}" if "." in text or "e" in text.lower() else text
