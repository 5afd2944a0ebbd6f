r"""The texts of mails that Outlook keeps as RTF: unpacked, and the HTML taken out again.

Sources: [MS-OXRTFCP] 2.1 and 3.1 (compression), [MS-OXRTFEX] 2.1 (HTML and text inside of RTF).
"""

import re
import struct

from .. import errors

# [MS-OXRTFCP] 2.1.3.1.2: what the dictionary begins with.
START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
SIZE = 4096  # of the dictionary
COMPRESSED, BARE = 0x75465A4C, 0x414C454D
MAX_BYTES = 64 * 1024**2
TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([\r\n]+)|([^\\{}\r\n]+)",
    re.I,
)
# Destinations that hold no text of the mail ([MS-OXRTFEX] 2.1.3.1).
SKIPPED = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "mhtmltag"}
    | {
        "generator",
        "listtable",
        "listoverridetable",
        "pntext",
        "themedata",
        "datastore",
        "xmlnstbl",
    }
)
SIGNS = {
    "par": "\r\n", "line": "\r\n", "tab": "\t", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—",
}  # fmt: skip
# Windows code pages for \fcharset.
CHARSETS = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip


def unpacked(data: bytes) -> bytes:
    """Compressed RTF as RTF."""
    if len(data) < 16:
        raise errors.EngineError("compressed RTF is cut off")
    size, raw_size, kind, _ = struct.unpack_from("<IIII", data)
    body = data[16 : size + 4]
    if kind == BARE:
        return body[:raw_size]
    if kind != COMPRESSED or raw_size > MAX_BYTES:
        raise errors.EngineError("compressed RTF of an unknown kind")
    return _inflated(body, raw_size)


def _inflated(body: bytes, raw_size: int) -> bytes:
    dictionary = bytearray(START.ljust(SIZE, b"\0"))
    write = len(START)
    found = bytearray()
    place = 0
    while place < len(body) and len(found) < raw_size:
        control = body[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                piece = body[place : place + 1]
                place += 1
            else:
                if place + 2 > len(body):
                    return bytes(found)
                offset, length = divmod(int.from_bytes(body[place : place + 2], "big"), 16)
                place += 2
                if offset == write:
                    return bytes(found)
                piece = _copied(dictionary, offset, length + 2, write)
            for byte in piece:
                dictionary[write] = byte
                write = (write + 1) % SIZE
            found += piece
    return bytes(found[:raw_size])


def _copied(dictionary: bytearray, offset: int, length: int, write: int) -> bytes:
    """Bytes from the dictionary; a copy may run into what it writes itself."""
    piece = bytearray()
    for step in range(length):
        place = (offset + step) % SIZE
        ahead = (place - write) % SIZE
        piece.append(piece[ahead] if ahead < len(piece) else dictionary[place])
    return bytes(piece)


class _Reader:
    """Reads RTF once, keeping a stack of what holds in each group."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parts: list[str] = []
        self.encoding = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.is_html = False
        self.is_text = False
        # For each group: whether it is skipped, whether it is a tag of HTML, font, skip of \u.
        self.stack: list[tuple[bool, bool, int, int]] = []
        self.skips = self.in_tag = False
        self.hidden = False  # between \htmlrtf and \htmlrtf0
        self.after_unicode = 1
        self.left = 0  # characters that stand in for the last \u
        self.bytes = bytearray()
        self.is_first = False  # in a group
        self.is_ignorable = False

    def read(self) -> str:
        for match in TOKEN.finditer(self.data):
            word, number, code, sign, brace, _, text = match.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word.decode("ascii").lower(), int(number) if number else None)
            elif code:
                self._byte(int(code, 16))
            elif sign:
                self._sign(sign)
            elif text:
                self._text(text)
            if not brace:
                self.is_first = self.is_first and sign == b"*"
        self._flush()
        return "".join(self.parts)

    def _brace(self, brace: bytes) -> None:
        self._flush()
        if brace == b"{":
            self.stack.append((self.skips, self.in_tag, self.font, self.after_unicode))
            self.is_first, self.is_ignorable = True, False
        elif self.stack:
            self.skips, self.in_tag, self.font, self.after_unicode = self.stack.pop()

    def _word(self, word: str, number: int | None) -> None:
        is_destination = self.is_first
        if word == "htmltag" and self.is_ignorable:
            self.in_tag, self.skips = True, False
        elif word == "fonttbl" or (is_destination and (word in SKIPPED or self.is_ignorable)):
            self.skips = True
        elif word in {"fromhtml", "fromtext"}:
            self.is_html, self.is_text = word == "fromhtml", word == "fromtext"
        elif word == "htmlrtf":
            self._flush()
            self.hidden = number != 0
        elif word == "ansicpg" and number:
            self.encoding = f"cp{number}" if number != 65001 else "utf-8"
        else:
            self._style(word, number)

    def _style(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self._flush()
            self.font = number
        elif word == "fcharset" and number in CHARSETS:
            self.fonts[self.font] = CHARSETS[number]
        elif word == "uc" and number is not None:
            self.after_unicode = max(0, number)
        elif word == "u" and number is not None:
            self._flush()
            self._add(chr(number % 65536))
            self.left = self.after_unicode
        elif word in SIGNS:
            self._flush()
            self._add(SIGNS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.is_ignorable = True
        elif sign == b"~":
            self._add("\xa0")
        elif sign in {b"_", b"-"}:
            self._add("\u2011" if sign == b"_" else "")
        elif sign in {b"\r", b"\n"}:
            self._add("\r\n")
        elif sign in {b"{", b"}", b"\\"}:
            self._text(sign)

    def _byte(self, value: int) -> None:
        if self.left:
            self.left -= 1
        else:
            self.bytes.append(value)

    def _text(self, text: bytes) -> None:
        if self.left:
            cut = min(self.left, len(text))
            self.left -= cut
            text = text[cut:]
        self.bytes += text

    def _flush(self) -> None:
        if self.bytes:
            encoding = self.fonts.get(self.font, self.encoding)
            try:
                text = self.bytes.decode(encoding, "replace")
            except LookupError:
                text = self.bytes.decode("cp1252", "replace")
            self.bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        if self.bytes:
            self._flush()
        if not self.skips and (self.in_tag or not self.hidden):
            self.parts.append(text)


def inner(rtf: bytes) -> tuple[str, bool]:
    """The text that was wrapped into RTF, and whether it is HTML."""
    reader = _Reader(rtf)
    text = reader.read().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text, reader.is_html
