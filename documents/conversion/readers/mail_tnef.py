"""winmail.dat: the files and the text that Outlook packs for itself ([MS-OXTNEF] 2.1)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .. import errors
from . import web
from .mail_message import Attachment, Html, Message, Plain
from .mail_rtf import inner, unpacked

SIGNATURE = 0x223E9F78
ATTACHMENT_BEGINS, ATTACHMENT_DATA, ATTACHMENT_NAME = 0x00069002, 0x0006800F, 0x00018010
ATTACHMENT_PROPERTIES, MESSAGE_PROPERTIES, CODE_PAGE = 0x00069005, 0x00069003, 0x00069007
# Property identifiers ([MS-OXPROPS]).
BODY, HTML, RTF = 0x1000, 0x1013, 0x1009
LONG_NAME, MEDIA_TYPE, CONTENT_ID, CONTENT = 0x3707, 0x370E, 0x3712, 0x3701
WIDTHS = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
STRINGS = frozenset({13, 30, 31, 258})
MULTIPLE, NAMED = 0x1000, 0x8000
MAX_VALUES = 100_000


class Entry(NamedTuple):
    id: int
    data: bytes


def read_tnef(data: bytes) -> Message:
    """What is in a winmail.dat. Raises EngineError for what is none."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        raise errors.EngineError("no TNEF signature")
    message = Message()
    encoding = "cp1252"
    with errors.engine_at_work():
        for entry in _entries(data):
            if entry.id == CODE_PAGE and len(entry.data) >= 4:
                encoding = f"cp{struct.unpack_from('<I', entry.data)[0]}"
            elif entry.id == MESSAGE_PROPERTIES:
                message.body = body_of(dict(_properties(entry.data)), encoding)
            elif entry.id == ATTACHMENT_BEGINS:
                message.attachments.append(Attachment("attachment", "application/octet-stream"))
            elif message.attachments:
                _add(message.attachments[-1], entry, encoding)
    return message


def body_of(
    properties: dict[int, bytes | str], encoding: str = "cp1252"
) -> list[Html | Plain | Attachment]:
    """The text of a mail out of the forms that Outlook keeps it in: HTML, RTF, plain."""
    html = properties.get(HTML)
    if html:
        return [Html(html if isinstance(html, str) else web.decoded(html))]
    rtf = properties.get(RTF)
    plain = properties.get(BODY) or ""
    text = plain if isinstance(plain, str) else _string(plain, encoding)
    if isinstance(rtf, bytes) and rtf:
        try:
            wrapped, is_html = inner(unpacked(rtf))
        except errors.EngineError:
            wrapped, is_html = "", False
        if wrapped.strip() and (is_html or not text.strip()):
            return [Html(wrapped) if is_html else Plain(wrapped)]
    return [Plain(text)] if text.strip() else []


def _entries(data: bytes) -> Iterator[Entry]:
    place = 6
    while place + 9 <= len(data):
        _, id_, size = struct.unpack_from("<BII", data, place)
        yield Entry(id_, data[place + 9 : place + 9 + size])
        place += size + 11  # with a checksum


def _add(file: Attachment, entry: Entry, encoding: str) -> None:
    if entry.id == ATTACHMENT_NAME:
        file.name = _string(entry.data, encoding) or file.name
    elif entry.id == ATTACHMENT_DATA:
        file.data = entry.data
    elif entry.id == ATTACHMENT_PROPERTIES:
        found = dict(_properties(entry.data))
        file.name = _text(found.get(LONG_NAME), encoding) or file.name
        file.media_type = _text(found.get(MEDIA_TYPE), encoding) or file.media_type
        file.content_id = _text(found.get(CONTENT_ID), encoding)
        content = found.get(CONTENT)
        if isinstance(content, bytes) and not file.data:
            file.data = content


def _text(value: bytes | str | None, encoding: str) -> str:
    return _string(value, encoding) if isinstance(value, bytes) else value or ""


def _string(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding, "replace")
    except LookupError:
        text = data.decode("cp1252", "replace")
    return text.rstrip("\0").strip()


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """MAPI properties by their identifiers ([MS-OXTNEF] 2.1.3.4); text is decoded if it is wide."""
    count = min(struct.unpack_from("<I", data)[0], MAX_VALUES)
    place = 4
    for _ in range(count):
        kind, id_ = struct.unpack_from("<HH", data, place)
        place += 4
        if id_ >= NAMED:
            place = _after_name(data, place)
        values = 1
        is_counted = bool(kind & MULTIPLE) or kind in STRINGS
        if is_counted:
            values = struct.unpack_from("<I", data, place)[0]
            place += 4
        kind &= ~MULTIPLE
        if values > MAX_VALUES:
            raise errors.EngineError("a property has too many values")
        for _ in range(values):
            size = WIDTHS.get(kind)
            if size is None:
                size = struct.unpack_from("<I", data, place)[0]
                place += 4
            value = data[place : place + size]
            place += size + -size % 4
            yield id_, value.decode("utf-16-le", "replace").rstrip("\0") if kind == 31 else value


def _after_name(data: bytes, place: int) -> int:
    """Where the name of a named property ends."""
    is_text = struct.unpack_from("<I", data, place + 16)[0]
    place += 20
    if not is_text:
        return place + 4
    size = struct.unpack_from("<I", data, place)[0]
    return int(place + 4 + size + -size % 4)
