"""Bytes to text: byte order marks, UTF-8, UTF-16 without a mark, then old 8-bit encodings."""

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Of what a text may hold, only these lie below the space; more than a few others mean binary data.
FOREIGN_CONTROL = re.compile("[\0-\x08\x0e-\x19\x1c-\x1f]")
MAX_CONTROL_SHARE = 0.005
FEW_CONTROLS = 2
WORD = re.compile(r"[^\W\d_]{2,}")
LATIN_LETTER = re.compile("[A-Za-z]")
# What Polish and other letters look like in the wrong encoding: za¿ó³æ.
SIGN_IN_WORD = re.compile("(?<=[a-zß-ÿ])[¡-©¬-¶¸-º¼-¿](?=[a-zß-ÿ])")


@dataclass(frozen=True)
class Decoded:
    text: str
    encoding: str


def decode_text(data: bytes, *, partial: bool = False) -> Decoded | None:
    """`data` as text, or None if it is not text. `partial`: the end may cut a character."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return Decoded(_decode(body, encoding, partial=partial) or "", encoding)
    for encoding in ("utf-8", *_utf16_guess(data)):
        text = _decode(data, encoding, partial=partial)
        if text is not None:
            return Decoded(text, encoding) if _is_text(text) else None
    return _decode_8bit(data)


def _decode(data: bytes, encoding: str, *, partial: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=not partial)
    except UnicodeDecodeError:
        return None


def _utf16_guess(data: bytes) -> tuple[str, ...]:
    """Western text in UTF-16 has a zero in nearly every second byte."""
    sample = data[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) < 0.1 * half:
        return ("utf-16-le",)
    if sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.1 * half:
        return ("utf-16-be",)
    return ()


def _decode_8bit(data: bytes) -> Decoded | None:
    if b"\0" in data:
        return None
    # Western Europe first: short texts give the guesser too little to go by.
    text = data.decode("cp1252", "replace")
    if _looks_western(text):
        return Decoded(text, "cp1252") if _is_text(text) else None
    best = charset_normalizer.from_bytes(data).best()
    if best is None:
        return None
    text = str(best)
    return Decoded(text, best.encoding) if _is_text(text) else None


def _looks_western(text: str) -> bool:
    """Whether text read as cp1252 has accents inside words, not words of accents or of signs."""
    words = WORD.findall(text)
    foreign = sum(1 for word in words if not LATIN_LETTER.search(word))
    return "\ufffd" not in text and foreign <= 0.1 * len(words) and not SIGN_IN_WORD.search(text)


def _is_text(text: str) -> bool:
    controls = len(FOREIGN_CONTROL.findall(text))
    return "\0" not in text and controls <= max(FEW_CONTROLS, MAX_CONTROL_SHARE * len(text))
