"""Mails as they are sent (RFC 5322, MIME): taken apart by Python's own parser."""

import email
import email.policy
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part

from .. import errors
from ..encoding import decode_text, narrowed
from . import web
from .mail_bytes import restated
from .mail_message import Attachment, Html, Message, Plain
from .mail_tnef import read_tnef

MAX_NESTING = 60  # of parts in parts; Python's parser calls itself for each
MAX_PARTS = 5000
MAX_AT_ONCE = 20_000  # characters of a header
FIELDS = ("From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Date")
SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
OUTLOOK = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
BOUNDARY = re.compile(rb"""boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.I)
EXTENSIONS = {"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml"}
MIN_SHARE = 0.5  # of the words of the plain text that its HTML has to have, to stand for it


def read_mime(data: bytes, *, depth: int) -> Message:
    """The mail in `data`; messages in it are taken apart down to `depth` more levels."""
    narrow = narrowed(data)
    is_wide = b"\0" in data and narrow != data
    narrow = narrow.lstrip()
    _refuse_deep(narrow)
    with errors.engine_at_work():
        if is_wide:
            part = restated(email.message_from_string(narrow.decode()))
        else:
            part = email.message_from_bytes(narrow, policy=email.policy.compat32)
    return _message(part, depth)


def _refuse_deep(data: bytes) -> None:
    """Raise EngineError for parts in parts in parts, as nobody sends them."""
    opened: list[bytes] = []  # boundaries; empty for messages
    places: dict[bytes, int] = {}
    in_type = False
    for line in data.splitlines():
        if line.startswith(b"--"):
            _close(line[2:].rstrip(), opened, places)
            continue
        in_type = line[:13].lower() == b"content-type:" or (in_type and line[:1] in b" \t")
        if not in_type:
            continue
        if b"message/rfc822" in line.lower():
            opened.append(b"")
        for match in BOUNDARY.finditer(line):
            name = match[1] or match[2]
            places[name] = len(opened)
            opened.append(name)
        if len(opened) > MAX_NESTING:
            raise errors.EngineError(f"parts are nested more than {MAX_NESTING} deep")


def _close(name: bytes, opened: list[bytes], places: dict[bytes, int]) -> None:
    """End what ends at a boundary: all that was begun behind it, and itself if it is the last."""
    is_end = name not in places and name.endswith(b"--")
    name = name[:-2] if is_end else name
    if name not in places:
        return
    keep = places[name] + (not is_end)
    for gone in opened[keep:]:
        places.pop(gone, None)
    del opened[keep:]


def _message(part: Part, depth: int) -> Message:
    message = Message(subject=_header(part, "Subject"))
    for name in FIELDS:
        value = _header(part, name)
        if value and not (name == "Sender" and value == _header(part, "From")):
            message.fields.append((name, value))
    _take(part, message, depth)
    return message


def _take(part: Part, message: Message, depth: int) -> None:
    """Add all that is in a part to the message, in its order."""
    stack = [part]
    count = 0
    while stack:
        current = stack.pop()
        count += 1
        if count > MAX_PARTS:
            message.warnings.append(f"Only the first {MAX_PARTS} parts of the mail were read.")
            return
        kind = current.get_content_type()
        if kind == "multipart/encrypted" or _is_sealed(current, kind):
            message.is_encrypted = True
        if current.is_multipart() and kind.startswith("multipart/"):
            stack.extend(reversed(_chosen(current, kind)))
        else:
            _take_leaf(current, kind, message, depth)


def _is_sealed(part: Part, kind: str) -> bool:
    return kind in ENCRYPTED and str(part.get_param("smime-type") or "") != "signed-data"


def _chosen(part: Part, kind: str) -> list[Part]:
    """Which parts of several are to be read."""
    parts = [p for p in part.get_payload() if isinstance(p, Part)]
    if kind != "multipart/alternative" or len(parts) < 2:
        return parts
    html = next((p for p in reversed(parts) if _holds(p, "text/html")), None)
    plain = next((p for p in parts if _holds(p, "text/plain") and p is not html), None)
    others = [p for p in parts if _holds(p, "text/calendar") and p not in {html, plain}]
    if html is None or plain is None:
        return [html or plain or parts[-1], *others]
    words = len(_words(plain, "text/plain"))
    return [html if len(_words(html, "text/html")) >= MIN_SHARE * words else plain, *others]


def _holds(part: Part, kind: str) -> bool:
    return any(inner.get_content_type() == kind for inner in part.walk())


def _words(part: Part, kind: str) -> list[str]:
    text = next(_text(p) for p in part.walk() if p.get_content_type() == kind)
    return (web.words(text) if kind == "text/html" else text).split()


def _take_leaf(part: Part, kind: str, message: Message, depth: int) -> None:
    disposition = part.get_content_disposition()
    if kind in SIGNATURES:
        return
    if kind in OUTLOOK or _name(part).lower() == "winmail.dat":
        _take_outlook(part, message)
    elif (
        kind in {"text/plain", "text/html", "text/enriched"}
        and disposition != "attachment"
        and (not part.get_filename() or not message.body)
    ):
        message.body.append(_shown(part, kind))
    elif kind in {"message/delivery-status", "text/rfc822-headers"}:
        message.body.append(Plain(_fields_of(part)))
    elif kind == "message/rfc822" and depth > 0 and part.is_multipart():
        inner = part.get_payload(0)
        assert isinstance(inner, Part)  # noqa: S101  the parser's promise for this type
        attached = _message(inner, depth - 1)
        message.attachments.append(Attachment(_name(part), kind, message=attached))
    else:
        _take_file(part, kind, message, is_shown=disposition == "inline")


def _shown(part: Part, kind: str) -> Html | Plain:
    if kind != "text/plain":
        return Html(_text(part))
    return Plain(
        _text(part),
        is_flowed=str(part.get_param("format") or "").lower() == "flowed",
        drops_space=str(part.get_param("delsp") or "").lower() == "yes",
    )


def _take_file(part: Part, kind: str, message: Message, *, is_shown: bool) -> None:
    name = _name(part)
    file = Attachment(
        name or _nameless(kind),
        kind,
        data=_data(part),
        content_id=_header(part, "Content-ID").strip("<> "),
        description=_header(part, "Content-Description"),
    )
    if is_shown and file.is_picture:
        message.body.append(file)
    else:
        message.attachments.append(file)


def _take_outlook(part: Part, message: Message) -> None:
    """What Outlook packed into one file for itself."""
    try:
        packed = read_tnef(_data(part))
    except errors.EngineError:
        _take_file(part, part.get_content_type(), message, is_shown=False)
        return
    if not message.has_html and packed.body:
        message.body = packed.body
    message.attachments += packed.attachments


def _nameless(kind: str) -> str:
    return f"attachment{EXTENSIONS.get(kind, '')}"


def _fields_of(part: Part) -> str:
    """Parts that are headers and nothing else, such as reports of delivery."""
    if not part.is_multipart():
        return _text(part)
    groups = [p for p in part.get_payload() if isinstance(p, Part)]
    return "\n\n".join("\n".join(f"{k}: {_decoded(v)}" for k, v in p.items()) for p in groups)


def _data(part: Part) -> bytes:
    with errors.engine_at_work():
        if part.is_multipart():
            return b"".join(p.as_bytes() for p in part.get_payload() if isinstance(p, Part))
        data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Part) -> str:
    return web.decoded(_data(part), str(part.get_content_charset() or "") or None)


def _name(part: Part) -> str:
    with errors.engine_at_work():
        name = part.get_filename() or ""
    return " ".join(_decoded(name).replace("\\", "/").rpartition("/")[2].split())


def _header(part: Part, name: str) -> str:
    """All fields of a name, decoded and in one line."""
    # As they are in the file: Python replaces bytes outside of ASCII in what it hands out.
    values = [value for key, value in part.raw_items() if key.lower() == name.lower()]
    return " ".join(", ".join(_decoded(value) for value in values).split())


def _decoded(value: object) -> str:
    """A header with its encoded words (RFC 2047); bare bytes as what they look like."""
    text = str(value) if not isinstance(value, str) else value
    if any("\udc80" <= sign <= "\udcff" for sign in text):
        raw = (
            text.encode("ascii", "surrogateescape")
            if _is_bytes(text)
            else text.encode("utf-8", "replace")
        )
        found = decode_text(raw)
        text = found.text if found else raw.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    if len(text) <= MAX_AT_ONCE:
        return _words_decoded(text)
    # Python takes the square of the time for long ones.
    pieces = [text[n : n + MAX_AT_ONCE] for n in range(0, len(text), MAX_AT_ONCE)]
    return "".join(_words_decoded(piece) for piece in pieces)


def _words_decoded(text: str) -> str:
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def _is_bytes(text: str) -> bool:
    return all(sign < "\x80" or "\udc80" <= sign <= "\udcff" for sign in text)


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    if charset is None:
        return piece.decode("utf-8", "replace") if not piece.isascii() else piece.decode("ascii")
    return web.decoded(piece, charset)
