"""Plain text and Markdown: decoded, otherwise left as written."""

import re
from pathlib import Path

from .. import errors
from ..document import Document
from ..encoding import decode_text
from ..formats import FORMATS
from ..markdown import clean_text, escape_tags, split_blocks
from ..options import ConversionOptions
from ..reading import Reading, Report
from .bridge import blocks_of

SMALL_INDENT = re.compile(r"^ {1,3}(?=\S)", re.M)  # means nothing; from four on it means code
# Two spaces at the end of a line mean a break; nobody sees them, and editors cut them off.
HARD_BREAK = re.compile(r"(?<=\S) {2,}\n(?=\S)")


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    written = text_of_file(path, filename, format_name)
    text = clean_text(written)
    is_markdown = format_name == "md"
    text = HARD_BREAK.sub("\\\\\n", text) if is_markdown else _literal(text)
    document = Document(list(blocks_of(split_blocks(text))))
    return Reading(document, "text", source_text=written)


def _literal(text: str) -> str:
    return SMALL_INDENT.sub("", escape_tags(text))


def text_of_file(path: Path, filename: str, format_name: str) -> str:
    """What stands in a file of text, in whatever encoding. Raises corrupt_file for other bytes."""
    decoded = decode_text(path.read_bytes())
    if decoded is None:
        raise errors.corrupt_file(filename, FORMATS[format_name].label, "The bytes are no text.")
    return decoded.text
