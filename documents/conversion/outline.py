"""What can be said of a mail or a workbook without showing it: headers, attachments, sheets."""

import email
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from itertools import islice
from pathlib import Path
from typing import Any

import olefile

from . import errors
from .markdown import clean_text
from .readers.mail_bytes import mail_bytes

HEADERS = ("From", "To", "Cc", "Date", "Subject")
MAX_NAMES = 500  # attachments or sheets
MAX_NAME = 1000  # characters of a name or a header
WORKBOOKS = frozenset({"xlsx", "xls", "ods"})
# Properties of Outlook messages, [MS-OXPROPS]; of the senders the first that is there.
TEXTS = {"From": ("0C1A", "5D01", "0C1F"), "To": ("0E04",), "Cc": ("0E03",), "Subject": ("0037",)}
ATTACHMENT_NAMES = ("3707", "3704", "3001")  # long, short, as shown
ATTACHMENT = "__attach_version1.0_"
PROPERTIES = "__properties_version1.0"
PROPERTIES_AT, PROPERTY_BYTES = 32, 16
SENT_AT = bytes.fromhex("40003900")  # the tag 0039 of the type time, as it is stored
ENCODINGS = {"001F": "utf-16-le", "001E": "cp1252"}

Outline = dict[str, Any]


def outline(path: Path, filename: str, format_name: str) -> Outline | None:
    """`headers` with name and value, names of `attachments`, and of `sheets`; None of others.

    Raises EngineError if the file is damaged, ConversionError encrypted_file.
    """
    if format_name == "eml":
        return _of_mail(path)
    if format_name == "msg":
        return _of_message(path)
    if format_name in WORKBOOKS:
        return _made(sheets=_sheets(path, filename))
    return None


def _made(
    headers: Iterable[tuple[str, str]] = (),
    attachments: Iterable[str] = (),
    sheets: Iterable[str] = (),
) -> Outline:
    return {
        "headers": [{"name": name, "value": _line(value)} for name, value in headers],
        "attachments": [_line(name) for name in islice(attachments, MAX_NAMES)],
        "sheets": [_line(name) for name in islice(sheets, MAX_NAMES)],
    }


def _line(text: str) -> str:
    return " ".join(clean_text(text[:MAX_NAME]).split())


def _of_mail(path: Path) -> Outline:
    with errors.engine_at_work():
        message = email.message_from_bytes(mail_bytes(path.read_bytes()))
        return _made(_headers(message), _attachments(message))


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    for name in HEADERS:
        if value := _header(message, name):
            yield name, value


def _header(message: Message, name: str) -> str:
    """The first header of this name, decoded."""
    wanted = name.lower()
    values = (value for key, value in message.raw_items() if key.lower() == wanted)
    return _decoded(str(next(values, "")))


def _decoded(value: str) -> str:
    # Bytes that are no ASCII, as some programs write them, are UTF-8 nearly always.
    text = value[:MAX_NAME].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):  # no such encoding, or none at all
        return text


def _attachments(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            attached: Any = part.get_payload(0)
            yield _name_of(part) or _header(attached, "Subject") or "message.eml"
        elif part is not message and (name := _name_of(part)):
            yield name


def _name_of(part: Message) -> str:
    stated = (str(value) for key, value in part.raw_items() if key.lower().startswith("content-"))
    if max(map(len, stated), default=0) > 2 * MAX_NAME:
        return ""  # taking it apart would take long
    return _decoded(part.get_filename() or "")


def _of_message(path: Path) -> Outline:
    with errors.engine_at_work(), olefile.OleFileIO(path) as container:
        found = {name: _property(container, "", tags) for name, tags in TEXTS.items()}
        found["Date"] = _sent_at(container)
        folders = sorted({entry[0] for entry in container.listdir(streams=True, storages=True)})
        attachments = [
            _property(container, f"{folder}/", ATTACHMENT_NAMES)
            for folder in folders
            if folder.startswith(ATTACHMENT)
        ]
    headers = [(name, found[name]) for name in HEADERS if found[name]]
    return _made(headers, filter(None, attachments))


def _property(container: Any, folder: str, tags: Iterable[str]) -> str:
    """The first of these texts that the message has."""
    for tag in tags:
        for suffix, encoding in ENCODINGS.items():
            stream = f"{folder}__substg1.0_{tag}{suffix}"
            if container.exists(stream):
                data: bytes = container.openstream(stream).read(2 * MAX_NAME)
                return data.decode(encoding, "replace").strip("\0")
    return ""


def _sent_at(container: Any) -> str:
    if not container.exists(PROPERTIES):
        return ""
    data: bytes = container.openstream(PROPERTIES).read()
    for start in range(PROPERTIES_AT, len(data) - PROPERTY_BYTES + 1, PROPERTY_BYTES):
        if data[start : start + 4] == SENT_AT:
            ticks = int.from_bytes(data[start + 8 : start + 16], "little")  # of 100 ns
            try:
                sent_at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
            except OverflowError:
                return ""
            return sent_at.strftime("%Y-%m-%d %H:%M UTC")
    return ""


def _sheets(path: Path, filename: str) -> list[str]:
    import python_calamine

    data = io.BytesIO(path.read_bytes())
    try:
        with (
            errors.engine_at_work(python_calamine.PasswordError),
            python_calamine.CalamineWorkbook.from_filelike(data) as book,
        ):
            kind = python_calamine.SheetTypeEnum.WorkSheet
            return [sheet.name for sheet in book.sheets_metadata if sheet.typ == kind]
    except python_calamine.PasswordError as problem:
        raise errors.encrypted_file(filename, str(problem)) from problem
