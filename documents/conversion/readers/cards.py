"""vCards and iCalendar files: lines of names and values (RFC 6350, RFC 5545)."""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ..document import Block, Document, Heading, ListItem, Span
from .spans import joined

LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.S)
ESCAPED = re.compile(r"\\([\\,;nN:])")
DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?")
SCHEME = re.compile(r"\A(?:mailto|tel):", re.I)
KIND = re.compile(r";(?:TYPE=)?\"?([A-Za-z,]{2,40})\"?(?=;|$)")
CALLED = re.compile(r";CN=(?:\"([^\"]*)\"|([^;:]*))")
PARTS = re.compile(r"(?<!\\);")
MAX_DEPTH = 5  # components in components
# What is for programs only.
SILENT = frozenset(
    ["VERSION", "PRODID", "UID", "REV", "DTSTAMP", "SEQUENCE", "CALSCALE", "METHOD", "PHOTO",
     "LOGO", "KEY", "SOUND", "CLASS", "TRANSP", "CREATED", "LAST-MODIFIED",
     "ACTION", "N", "PROFILE"]
)  # fmt: skip
NAMES = {
    "FN": "Name", "TEL": "Telephone", "EMAIL": "E-mail", "ADR": "Address", "ORG": "Organization",
    "TITLE": "Title", "ROLE": "Role", "BDAY": "Birthday", "URL": "Web page", "NOTE": "Note",
    "NICKNAME": "Nickname", "CATEGORIES": "Categories", "ANNIVERSARY": "Anniversary",
    "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "DURATION": "Duration", "RRULE": "Repeats",
    "LOCATION": "Place", "DESCRIPTION": "Description", "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee", "STATUS": "Status", "PRIORITY": "Priority", "COMPLETED": "Completed",
    "TRIGGER": "Reminder", "EXDATE": "Except", "COMMENT": "Comment", "CONTACT": "Contact",
    "PERCENT-COMPLETE": "Per cent complete", "GEO": "Coordinates", "TZ": "Time zone",
}  # fmt: skip
HEADINGS = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Journal entry", "VCARD": "Contact",
            "VFREEBUSY": "Free and busy times"}  # fmt: skip


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END: its lines as name, parameters and value."""

    kind: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    inner: list["Component"] = field(default_factory=list)


def read_text(text: str) -> Document:
    """A file of contacts or dates as a Document: a heading and a list for each."""
    components = _components(unfolded(text))
    title = next((v for c in components for n, _, v in c.lines if n == "X-WR-CALNAME"), None)
    blocks: list[Block] = [Heading([Span(title)], 1)] if title else []
    for component in components:
        blocks += _blocks(component, 1 + bool(title), 0)
    return Document(blocks, title=title)


def unfolded(text: str) -> list[str]:
    """Lines that were folded, whole: their continuations begin with white space."""
    lines: list[list[str]] = []
    for line in text.splitlines():
        is_soft = bool(lines) and lines[-1][-1].endswith("=") and _is_quoted(lines[-1][0])
        if is_soft:
            lines[-1][-1] = lines[-1][-1][:-1]
            lines[-1].append(line)
        elif line[:1] in {" ", "\t"} and lines:
            lines[-1].append(line[1:])
        else:
            lines.append([line])
    return ["".join(pieces) for pieces in lines]


def _is_quoted(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line[:200].upper()


def _components(lines: Iterable[str]) -> list[Component]:
    root = Component("")
    open_ones = [root]
    for line in lines:
        match = LINE.fullmatch(line)
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3].strip()
        if name == "BEGIN":
            component = Component(value.upper())
            if len(open_ones) <= MAX_DEPTH:
                open_ones[-1].inner.append(component)
            open_ones.append(component)
        elif name == "END":
            if len(open_ones) > 1:
                open_ones.pop()
        else:
            open_ones[-1].lines.append((name, parameters, _value(name, parameters, value)))
    return root.inner


def _value(name: str, parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in parameters.upper():
        value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
    if name in {"ADR", "ORG", "N"}:
        parts = [part.strip() for part in PARTS.split(value)]
        value = ", ".join(part for part in parts if part)
    value = ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)
    if match := DATE.fullmatch(value):
        return _date(match) or value
    return SCHEME.sub("", value)


def _date(match: re.Match[str]) -> str | None:
    numbers = [int(part) for part in match.groups()[:6] if part is not None]
    try:
        moment = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    if match[4] is None:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}" + (" UTC" if match[7] else "")


def _blocks(component: Component, level: int, depth: int) -> Iterator[Block]:
    kind = HEADINGS.get(component.kind)
    if kind is not None:
        names = [value for name, _, value in component.lines if name in {"FN", "SUMMARY"}]
        yield Heading([Span(" ".join((names or [kind])[0].split()))], min(level, 6))
    for name, parameters, value in component.lines:
        label = NAMES.get(name) or (None if name.startswith("X-") else name.capitalize())
        if name in SILENT or name in {"FN", "SUMMARY"} or label is None or not value:
            continue
        if component.kind in {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT"}:
            continue
        label += _kind_of(parameters)
        said = _named(parameters, value)
        yield ListItem(joined([Span(f"{label}:", bold=True), Span(f" {said}")]), depth)
    for inner in component.inner:
        yield from _blocks(inner, level + bool(kind), depth + bool(kind))


def _kind_of(parameters: str) -> str:
    kinds = KIND.findall(parameters)
    words = [
        w.lower() for k in kinds for w in k.split(",") if w.lower() not in {"pref", "internet"}
    ]
    return f" ({', '.join(words)})" if words else ""


def _named(parameters: str, value: str) -> str:
    match = CALLED.search(parameters)
    name = (match[1] or match[2]) if match else ""
    return f"{name} ({value})" if name and name != value else value
