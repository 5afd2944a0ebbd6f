"""Dates, times and durations as a spreadsheet shows them.

Source: ECMA-376 part 1, sections 18.8.31 and 18.17.4 (date systems). Day 60 of the 1900 system is
the 29th of February 1900, which never was.
"""

import datetime
import math
from collections.abc import Callable
from typing import NamedTuple

from .date_names import names
from .format_codes import SYSTEM_DATE, SYSTEM_TIME, Section, Token, sections

Formatter = Callable[[float], str]

LAST_DAY = 2_958_465  # the 31st of December 9999
DAYS_TO_1904 = 1462
DAY_SECONDS = 86_400
BUDDHIST_YEARS = 543


class Moment(NamedTuple):
    """A date and time in parts; `seconds` is what has gone by of the day, `total` of all."""

    year: int
    month: int
    day: int
    weekday: int  # 0 is Saturday
    seconds: float
    total: float
    month_name: str = ""
    day_name: str = ""


def date_formatter(part: Section, *, is_1904: bool, otherwise: Formatter) -> Formatter:
    """The function that shows a number of days by `part`; `otherwise` shows what is no date."""
    if part.language < 0:
        part = sections(SYSTEM_DATE if part.language == -1 else SYSTEM_TIME)[0]
    tokens = _with_minutes(part.tokens)
    places = _second_places(tokens)
    is_duration = part.is_duration
    months, days_of_week = names(part.language)
    has_half_days = any(token.kind == "ampm" for token in tokens)

    def show(value: float) -> str:
        days = value + DAYS_TO_1904 * (is_1904 and not is_duration)
        if not math.isfinite(value) or not 0 <= days < LAST_DAY + 1:
            return otherwise(value)
        moment = _moment(days, max(places, 0))
        moment = moment._replace(
            month_name=months[moment.month - 1], day_name=days_of_week[moment.weekday]
        )
        said = (_said(token, moment, places, has_half_days) for token in tokens)
        return "".join(said).strip()

    return show


def _with_minutes(tokens: list[Token]) -> list[Token]:
    """The tokens with those m that stand behind hours or before seconds told from months."""
    told: list[Token] = []
    clock = [
        (place, token.text[0])
        for place, token in enumerate(tokens)
        if token.kind in {"date", "elapsed"}
    ]
    before = {p: clock[i - 1][1] if i else "" for i, (p, _) in enumerate(clock)}
    after = {p: clock[i + 1][1] if i + 1 < len(clock) else "" for i, (p, _) in enumerate(clock)}
    for place, token in enumerate(tokens):
        is_minute = token.kind == "date" and token.text in {"m", "mm"}
        if is_minute and (before[place] == "h" or after[place] == "s"):
            told.append(Token("minute", token.text))
        else:
            told.append(token)
    return told


def _second_places(tokens: list[Token]) -> int:
    """How many decimals seconds have: the zeros behind a point; they become one token."""
    places = 0
    for place, token in enumerate(tokens):
        if token.kind != "point" or tokens[place + 1 : place + 2] == []:
            continue
        end = place + 1
        while end < len(tokens) and tokens[end] == ("digit", "0"):
            end += 1
        if end > place + 1:
            places = min(end - place - 1, 6)
            tokens[place:end] = [Token("decimals", "")]
            break
    return places


def _moment(days: float, places: int) -> Moment:
    total = round(days * DAY_SECONDS, places)
    day, seconds = divmod(total, DAY_SECONDS)
    return Moment(*_calendar(int(day)), int(day) % 7, seconds, total)


def _calendar(day: int) -> tuple[int, int, int]:
    if day == 0:
        return 1900, 1, 0
    if day == 60:
        return 1900, 2, 29
    start = datetime.date(1899, 12, 30 if day > 60 else 31)
    date = start + datetime.timedelta(days=min(day, LAST_DAY))
    return date.year, date.month, date.day


def _said(token: Token, moment: Moment, places: int, has_half_days: bool) -> str:
    kind, text = token
    if kind == "date":
        return _date_part(text, moment, has_half_days)
    if kind == "minute":
        return f"{int(moment.seconds // 60 % 60):0{len(text)}d}"
    if kind == "elapsed":
        unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
        return f"{int(moment.total // unit):0{len(text)}d}"
    if kind == "decimals":
        return f"{moment.seconds % 1:.{places}f}"[1:]
    if kind == "ampm":
        half = "AM" if moment.seconds < DAY_SECONDS / 2 else "PM"
        return half if len(text) > 3 else half[0]
    return "" if kind in {"at", "general"} else text


def _date_part(text: str, moment: Moment, has_half_days: bool) -> str:
    letter, count = text[0], len(text)
    if letter == "m":
        return _month(moment, count)
    if letter == "d":
        return _day(moment, count)
    if letter == "h":
        hour = int(moment.seconds // 3600)
        return f"{(hour + 11) % 12 + 1 if has_half_days else hour:0{min(count, 2)}d}"
    if letter == "s":
        return f"{int(moment.seconds % 60):0{min(count, 2)}d}"
    return _year(moment.year, text)


def _year(year: int, text: str) -> str:
    if text[0] == "b":
        return str(year + BUDDHIST_YEARS)
    if text[0] == "g":
        return ""  # the name of an era
    return f"{year % 100:02d}" if text in {"y", "yy"} else str(year)


def _month(moment: Moment, count: int) -> str:
    if count < 3:
        return f"{moment.month:0{count}d}"
    name = moment.month_name
    return {3: name[:3], 5: name[0]}.get(count, name)


def _day(moment: Moment, count: int) -> str:
    if count < 3:
        return f"{moment.day:0{count}d}"
    return moment.day_name[:3] if count == 3 else moment.day_name
