"""Bytes to text: byte order marks, UTF-8, wide encodings without a mark, old 8-bit encodings."""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import charset_normalizer

from .scoring.plausibility import NO_WRITING, script_of

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
SAMPLE_BYTES = 8192
# What a space is in the other byte order; nobody writes it.
ODD_SPACES = frozenset("\u2000")
NO_CHARACTERS = NO_WRITING - {"Cc"}  # controls are judged by themselves
MAX_ODD_SHARE = 0.02
FEW_SCRIPTS, MIN_FEW_SHARE = 3, 0.95
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
    guess = _wide_guess(data) if b"\0" in data else "utf-8"
    if guess is None:
        return None
    text = _decode(data, guess, partial=partial)
    if text is None:
        return _decode_8bit(data)
    return Decoded(text, guess) if _is_text(text) else None


def _decode(data: bytes, encoding: str, *, partial: bool) -> str | None:
    # Of a file that was cut off, half a wide character may be left.
    is_whole = not partial and encoding not in WIDE
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=is_whole)
    except UnicodeDecodeError:
        return None


def _wide_guess(data: bytes) -> str | None:
    """UTF-16 or UTF-32, if the beginning looks like writing in one of them.

    Zeros alone do not tell in which: only Western text has them in every second byte.
    """
    readings = {
        encoding: text
        for encoding in WIDE
        if (text := _decode(data[:SAMPLE_BYTES], encoding, partial=True)) and _is_writing(text)
    }
    # The wrong order of bytes scatters letters that are neighbors all over Unicode.
    return min(readings, key=lambda encoding: _neighborhoods(readings[encoding]), default=None)


def _neighborhoods(text: str) -> int:
    return len({ord(char) >> 8 for char in text})


def _is_writing(text: str) -> bool:
    """Whether text has characters that exist, real spaces, and letters of few scripts."""
    odd = sum(char in ODD_SPACES or unicodedata.category(char) in NO_CHARACTERS for char in text)
    scripts = Counter(script_of(char) for char in text if char.isalpha())
    few = sum(count for _, count in scripts.most_common(FEW_SCRIPTS))
    is_sound = odd <= MAX_ODD_SHARE * len(text)
    return _is_text(text) and is_sound and few >= MIN_FEW_SHARE * scripts.total() > 0


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


def narrowed(data: bytes) -> bytes:
    """A text in a wide encoding, or with a mark, as UTF-8 without one; other bytes as they are."""
    is_marked = any(data.startswith(mark) for mark, _ in MARKS)
    decoded = decode_text(data) if is_marked or b"\0" in data else None
    return decoded.text.encode("utf-8", "replace") if decoded else data
