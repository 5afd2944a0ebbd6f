"""Data that programs write for each other: JSON, JSON lines and XML, as text people can read.

Lists of like records become tables, everything else a nested list of names and values. Numbers
stay as they are written.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ..document import Block, Cell, Code, ListItem, Paragraph, Span, Table
from .elements import name_of

MAX_DEPTH = 40  # records in records; what lies deeper is shown as it is written
MAX_COLUMNS = 100
MOST_NAMES = 2_000  # different names of one record that are looked at
LONG_CELL = 400  # characters; records with longer texts read better one by one
SPACES = re.compile(r"\s+")


class Number(str):
    """A number as it is written: 1.10 stays 1.10, and 20 digits stay 20."""

    __slots__ = ()


def loads(text: str) -> Any:
    """JSON as Python values with numbers as `Number`.

    Raises ValueError for what is no JSON, and for what is nested so deeply that nobody wrote it.
    """
    try:
        return json.loads(
            text, parse_float=Number, parse_int=Number, parse_constant=Number,
            object_pairs_hook=_record,
        )  # fmt: skip
    except RecursionError as problem:
        raise ValueError("It is nested too deeply.") from problem


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands there several times has all its values."""
    record = dict(pairs)
    if len(record) == len(pairs):
        return record
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: all_of if len(all_of) > 1 else all_of[0] for name, all_of in values.items()}


def blocks_of(value: Any, depth: int = 0) -> Iterator[Block]:
    """The blocks that say what `value` holds; `depth` is that of the list they stand in."""
    if depth > MAX_DEPTH:
        yield Code(json.dumps(value, ensure_ascii=False, default=str), inside=depth)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _entry([Span(str(name), bold=True)], inner, depth)
    elif isinstance(value, list):
        yield from _list(value, depth)
    elif text := shown(value):
        yield Paragraph([Span(text)], inside=depth)


def _entry(name: list[Span], value: Any, depth: int) -> Iterator[Block]:
    if isinstance(value, dict | list):
        yield ListItem(name, depth)
        yield from blocks_of(value, depth + 1)
        return
    text = shown(value)
    lead = [Span(": ")] if name and text else []
    yield ListItem([*name, *lead, *([Span(text)] if text else [])], depth)


def _list(values: list[Any], depth: int) -> Iterator[Block]:
    table = table_of(values)
    if table is not None:
        table.inside = depth
        yield table
        return
    for number, value in enumerate(values, start=1):
        if isinstance(value, dict | list):
            yield from _entry([Span(str(number), bold=True)], value, depth)
        elif text := shown(value):
            yield ListItem([Span(text)], depth)


def table_of(values: list[Any]) -> Table | None:
    """Records of the same few names with short values, as a table; None for anything else."""
    if len(values) < 2 or not all(isinstance(value, dict) and value for value in values):
        return None
    names = _names(values)
    if not names or len(names) > MAX_COLUMNS or len(names) < 2:
        return None
    held = sum(len(value) for value in values)
    if 2 * held < len(names) * len(values):  # unlike records
        return None
    rows = [[Cell([Span(name)]) for name in names]]
    for value in values:
        if any(_is_long(inner) for inner in value.values()):
            return None
        rows.append([Cell(_cell(value.get(name))) for name in names])
    return Table(rows)


def _names(values: list[dict[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for value in values:
        for name in value:
            names.setdefault(str(name))
        if len(names) > MOST_NAMES:
            break
    return list(names)


def _is_long(value: Any) -> bool:
    if isinstance(value, list):
        is_flat = all(not isinstance(inner, dict | list) for inner in value)
        return not is_flat or sum(len(shown(inner)) for inner in value) > LONG_CELL
    return isinstance(value, dict) or len(shown(value)) > LONG_CELL


def _cell(value: Any) -> list[Span]:
    text = ", ".join(shown(v) for v in value) if isinstance(value, list) else shown(value)
    return [Span(text)] if text else []


def shown(value: Any) -> str:
    """One value as people read it; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def json_lines(text: str) -> tuple[list[Any], list[str]]:
    """The values of lines of JSON, and the lines that are none."""
    values: list[Any] = []
    broken: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            values.append(loads(line))
        except ValueError:
            broken.append(line.strip())
    return values, broken


def xml_value(element: etree._Element, depth: int = 0) -> Any:
    """An element as records and lists: attributes and children by name, mixed text as it reads."""
    children = [child for child in element if isinstance(child.tag, str)]
    own = " ".join([element.text or "", *(child.tail or "" for child in children)]).strip()
    if depth > MAX_DEPTH or (children and own):
        return SPACES.sub(" ", "".join(map(str, element.itertext()))).strip()
    attributes = {str(name).rpartition("}")[2]: value for name, value in element.attrib.items()}
    if not children and not attributes:
        return SPACES.sub(" ", own)
    record: dict[str, Any] = dict(attributes)
    repeated: set[str] = set()
    for child in children:
        name, value = name_of(child), xml_value(child, depth + 1)
        if name not in record:
            record[name] = value
        elif name in repeated:
            record[name].append(value)
        else:
            record[name] = [record[name], value]
            repeated.add(name)
    if own:
        record["text"] = SPACES.sub(" ", own)
    if len(record) == 1 and repeated:
        return next(iter(record.values()))
    return record
