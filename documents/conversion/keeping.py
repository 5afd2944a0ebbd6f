"""A Document as it is kept beside its result: JSON, compressed.

Who reads it trusts it no more than the file it came from: a child made it.
"""

import base64
import gzip
import json
import zlib

from .document import Document, Table

MOST_CELLS = 50_000  # of all tables: a larger workbook says nothing more by its structure
MOST_BLOCKS = 100_000
MOST_JSON = 64 * 1024**2  # bytes
MOST_PACKED = 8 * 1024**2  # bytes


def packed(document: Document) -> str | None:
    """What there is to keep of `document`, in Base64: it stands in a message of the child.

    None if that would be more than it is worth.
    """
    if len(document.blocks) > MOST_BLOCKS or _cell_count(document) > MOST_CELLS:
        return None
    text = json.dumps(document.as_dict(), ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "replace")
    if len(data) > MOST_JSON:
        return None
    small = gzip.compress(data, compresslevel=6, mtime=0)  # the same bytes each time
    return base64.b64encode(small).decode() if len(small) <= MOST_PACKED else None


def decoded(packed: str) -> bytes | None:
    """The bytes to store of what a child packed; None if it is nothing that `packed` makes."""
    if len(packed) > 2 * MOST_PACKED:
        return None
    try:
        return base64.b64decode(packed, validate=True)
    except ValueError:
        return None


def unpacked(data: bytes) -> Document | None:
    """The Document that was stored as `data`; None if it is damaged."""
    stream = zlib.decompressobj(wbits=31)  # gzip
    try:
        text = stream.decompress(data, MOST_JSON)
        if not stream.eof:
            return None
        return Document.from_dict(json.loads(text))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _cell_count(document: Document) -> int:
    tables = (block for block in document.blocks if isinstance(block, Table))
    return sum(len(row) for table in tables for row in table.rows)
