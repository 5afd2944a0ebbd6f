"""Messages as Outlook saves them (MSG): an OLE container of MAPI properties ([MS-OXMSG])."""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import olefile

from .. import errors
from ..encoding import decode_text
from .mail_message import Attachment, Message
from .mail_mime import read_mime
from .mail_tnef import BODY, HTML, RTF, body_of

STREAM = "__substg1.0_{:04X}{:04X}"
WIDE, NARROW, BINARY, OBJECT = 0x001F, 0x001E, 0x0102, 0x000D  # [MS-OXCDATA] 2.11.1
FIXED = "__properties_version1.0"
# Bytes before the fixed properties: of the whole file, of a message in it, of other storages.
HEADS = {"top": 32, "inner": 24, "part": 8}
SUBJECT, HEADERS = 0x0037, 0x007D
SENDERS = ((0x0042, 0x5D02, 0x0065), (0x0C1A, 0x5D01, 0x0C1F))  # name, SMTP address, address
NAME, SMTP, ADDRESS, KIND = 0x3001, 0x39FE, 0x3003, 0x0C15
SHOWN_TO, SHOWN_CC, SHOWN_BCC = 0x0E04, 0x0E03, 0x0E02
SENT, DELIVERED = 0x0039, 0x0E06
CODE_PAGES = (0x3FFD, 0x3FDE)
FILE, LONG_NAME, SHORT_NAME, MEDIA_TYPE, CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
IS_HIDDEN = 0x7FFE
RECIPIENTS = {1: "To", 2: "Cc", 3: "Bcc"}
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
MAX_STORAGES = 2000

Place = list[str]


def read_outlook(path: Path, *, depth: int) -> Message:
    """The message in the file at `path`; those in it are taken apart down to `depth` levels."""
    with errors.engine_at_work():
        container = olefile.OleFileIO(path)
    with container:
        return _Container(container).message([], "top", depth)


class _Container:
    def __init__(self, container: Any) -> None:
        self._ole = container
        self._names: dict[tuple[str, ...], list[str]] = {}
        with errors.engine_at_work():
            entries = container.listdir(streams=True, storages=True)
        for entry in entries:
            self._names.setdefault(tuple(entry[:-1]), []).append(entry[-1])
        self._encoding = "cp1252"

    def message(self, place: Place, kind: str, depth: int) -> Message:
        fixed = self._fixed(place, HEADS[kind])
        self._encoding = _code_page(fixed)
        message = Message(subject=self._text(place, SUBJECT))
        message.fields = self._fields(place, fixed)
        found = {id_: self._value(place, id_) for id_ in (BODY, HTML, RTF)}
        message.body = body_of({k: v for k, v in found.items() if v}, self._encoding)
        for part in self._storages(place, "__attach_version1.0_#"):
            if (attached := self._attachment(part, depth)) is not None:
                message.attachments.append(attached)
        return message

    def _storages(self, place: Place, start: str) -> list[Place]:
        names = sorted(n for n in self._names.get(tuple(place), ()) if n.startswith(start))
        return [[*place, name] for name in names[:MAX_STORAGES]]

    def _fields(self, place: Place, fixed: dict[int, bytes]) -> list[tuple[str, str]]:
        sent = self._headers(place)
        fields = [("From", self._sender(place) or sent.get("From", ""))]
        people: dict[str, list[str]] = {name: [] for name in RECIPIENTS.values()}
        for storage in self._storages(place, "__recip_version1.0_#"):
            number = int.from_bytes(
                self._fixed(storage, HEADS["part"]).get(KIND, b"\1")[:1], "little"
            )
            address = self._text(storage, SMTP) or self._text(storage, ADDRESS)
            label = RECIPIENTS.get(number & 0xF, "To")
            people[label].append(_person(self._text(storage, NAME), address))
        shown = {"To": SHOWN_TO, "Cc": SHOWN_CC, "Bcc": SHOWN_BCC}
        for label, names in people.items():
            listed = ", ".join(name for name in names if name)
            fields.append((label, listed or self._text(place, shown[label])))
        fields.append(("Date", sent.get("Date") or _date(fixed.get(SENT) or fixed.get(DELIVERED))))
        return [(label, value) for label, value in fields if value]

    def _headers(self, place: Place) -> dict[str, str]:
        """The header a mail came with, if it came by mail."""
        text = self._text(place, HEADERS)
        if not text:
            return {}
        try:
            return dict(read_mime(text.encode("utf-8", "replace").lstrip(), depth=0).fields)
        except errors.EngineError:
            return {}

    def _sender(self, place: Place) -> str:
        """Who a mail is from; with an address, if any of the places for it has one."""
        people = []
        for name, smtp, address in SENDERS:
            mail = self._text(place, smtp) or self._text(place, address)
            people.append(_person(self._text(place, name), mail))
        people = [person for person in people if person]
        return next((person for person in people if "@" in person), (people or [""])[0])

    def _attachment(self, place: Place, depth: int) -> Attachment | None:
        fixed = self._fixed(place, HEADS["part"])
        name = (
            self._text(place, LONG_NAME) or self._text(place, SHORT_NAME) or self._text(place, NAME)
        )
        file = Attachment(
            name or "attachment",
            self._text(place, MEDIA_TYPE) or "application/octet-stream",
            content_id=self._text(place, CONTENT_ID),
        )
        inner = STREAM.format(FILE, OBJECT)
        if inner in self._names.get(tuple(place), ()):
            if depth <= 0:
                return Attachment(file.name, "message/rfc822")
            encoding = self._encoding
            file.message = self.message([*place, inner], "inner", depth - 1)
            self._encoding = encoding
            file.media_type = "message/rfc822"
            return file
        file.data = self._bytes(place, FILE, BINARY)
        is_hidden = any(fixed.get(IS_HIDDEN, b"")[:1]) and not file.data
        return None if is_hidden else file

    def _fixed(self, place: Place, head: int) -> dict[int, bytes]:
        """Properties of fixed size, by their identifiers ([MS-OXMSG] 2.4)."""
        data = self._stream([*place, FIXED])[head:]
        found = {}
        for start in range(0, len(data) - 15, 16):
            (tag,) = struct.unpack_from("<I", data, start)
            found[tag >> 16] = data[start + 8 : start + 16]
        return found

    def _value(self, place: Place, id_: int) -> bytes | str:
        return self._text(place, id_) or self._bytes(place, id_, BINARY)

    def _text(self, place: Place, id_: int) -> str:
        wide = self._bytes(place, id_, WIDE)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0").strip()
        narrow = self._bytes(place, id_, NARROW).rstrip(b"\0")
        if not narrow:
            return ""
        try:
            return narrow.decode(self._encoding).strip()
        except (LookupError, UnicodeError):
            found = decode_text(narrow)
            return (found.text if found else narrow.decode("cp1252", "replace")).strip()

    def _bytes(self, place: Place, id_: int, kind: int) -> bytes:
        return self._stream([*place, STREAM.format(id_, kind)])

    def _stream(self, path: Place) -> bytes:
        if path[-1] not in self._names.get(tuple(path[:-1]), ()):
            return b""
        with errors.engine_at_work():
            data = self._ole.openstream(path).read()
        return data if isinstance(data, bytes) else b""


def _code_page(fixed: dict[int, bytes]) -> str:
    for id_ in CODE_PAGES:
        if id_ in fixed:
            number = int.from_bytes(fixed[id_][:4], "little")
            return "utf-8" if number == 65001 else f"cp{number}"
    return "cp1252"


def _person(name: str, address: str) -> str:
    name = name.strip("'\" ")
    if "@" not in address or not name or name == address:
        return name or address
    return f"{name} <{address}>"


def _date(stamp: bytes | None) -> str:
    """A file time (100 nanoseconds since 1601) as a date in UTC."""
    if not stamp:
        return ""
    try:
        moment = EPOCH + timedelta(microseconds=int.from_bytes(stamp, "little") // 10)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
