"""Rich Text as its tokens (Rich Text Format Specification 1.9.1)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?"
    rb"|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)",
    re.S,
)


class Token(NamedTuple):
    """A control word with its number, a control sign, a brace, or bytes of text."""

    word: str = ""
    number: int | None = None
    text: bytes = b""


OPEN, CLOSE = Token("{"), Token("}")


def tokens(data: bytes) -> Iterator[Token]:
    """All tokens of `data`; raw binary data is passed over."""
    place = 0
    while (match := TOKEN.search(data, place)) is not None:
        place = match.end()
        word, number, code, sign, brace, text = match.groups()
        if text is not None:
            yield Token(text=text)
        elif word is not None:
            count = int(number) if number is not None else None
            if word == b"bin":
                place += max(count or 0, 0)
                continue
            yield Token(word.decode("ascii"), count)
        elif code is not None:
            yield Token(text=bytes([int(code, 16)]))
        elif brace is not None:
            yield OPEN if brace == b"{" else CLOSE
        else:
            yield Token(sign.decode("latin-1"))
