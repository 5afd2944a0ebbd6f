"""Markdown blocks: telling their kinds, and bringing them into one clean form."""

import re
import unicodedata
from collections.abc import Iterable

FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
HEADING = re.compile(r"^(#{1,6}) ++(.*+)$")
LIST_ITEM = re.compile(r"^ *(?:[-*+]|\d{1,9}[.)]) +")
RULE = re.compile(r"^ {0,3}([-*_])( *\1){2,} *$")
DELIMITER_CELL = re.compile(r"^:?-+:?$")
BOLD = re.compile(r"(\*\*|__)(.+?)\1")
BARE_BAR = re.compile(r"(?<!\\)\|")
PAGE_MARK = re.compile(r"<!-- page (\d{1,9}) -->")

# A table is filled up as long as it has at most so many cells more than its rows brought along.
FEW_CELLS = 1000
MAX_FILLING = 4  # cells in all for each cell there was

LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
# No-break and other odd spaces become spaces; what has no width or only turns the direction of
# writing goes. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd\ufffe\ud800-\udfff]"
)
# To normalize a run of combining marks takes time that grows with its square; no letter has more
# than 30 (UAX #15, section 13, "Stream-Safe Text Process").
_MARKS = "".join(
    re.escape(chr(code)) for code in range(0x300, 0x1E94B) if unicodedata.combining(chr(code))
)
LONG_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A tag in the text of a document would vanish when the Markdown is shown; <addresses> would not.
TAG = re.compile(
    r"(?<!\\)<(?=[A-Za-z/!?])(?!(?:https?://|mailto:)[^\s<>]+>)(?![^\s<>@]+@[^\s<>@]+>)"
)


def clean_text(text: str) -> str:
    """`text` in NFC without control, invisible and replacement characters; lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = CONTROLS.sub("", text)
    if text.isascii():
        return text
    text = LONG_MARKS.sub(r"\1", SPACES.sub(" ", INVISIBLE.sub("", text)))
    return unicodedata.normalize("NFC", text.translate(LIGATURES))


def escape_tags(text: str) -> str:
    """`text` with what would be taken for an HTML tag made literal."""
    return TAG.sub(r"\\<", text)


def escape_cell(text: str) -> str:
    """`text` as the content of one cell of a pipe table."""
    text = " ".join(text.split())
    return BARE_BAR.sub(r"\\|", text) if "|" in text else text


def table(rows: Iterable[Iterable[str]]) -> str:
    """A pipe table of `rows`, the first of them the header; short rows are filled up.

    Where that would make many more cells than there are, only the header is: rows with fewer cells
    are as valid (GitHub Flavored Markdown 0.29, section 4.10), and a table stays as large as what
    it is made of.
    """
    cells = [[escape_cell(cell) for cell in row] for row in rows]
    width = max((len(row) for row in cells), default=0)
    if width == 0:
        return ""
    last = len(cells) if may_be_filled(width, len(cells), sum(map(len, cells))) else 1
    padded = (row + [""] * (width - len(row)) for row in cells[:last])
    lines = ["| " + " | ".join(row) + " |" for row in (*padded, *cells[last:])]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def may_be_filled(width: int, rows: int, cells: int) -> bool:
    """Whether `rows` rows with `cells` cells in all may be filled up to `width` cells each."""
    return width * rows <= FEW_CELLS + MAX_FILLING * cells


def split_blocks(text: str) -> list[str]:
    """Blocks of `text` as they are parted by blank lines; a fenced block stays whole."""
    blocks: list[str] = []
    lines: list[str] = []
    fence: str | None = None
    for line in text.split("\n"):
        match = FENCE.match(line)
        if fence is not None:
            lines.append(line)
            if match and match[1].startswith(fence) and line.strip() == match[1]:
                fence = None
            continue
        if match:
            fence = match[1]
        if line.strip():
            lines.append(line)
        elif lines:
            blocks.append("\n".join(lines))
            lines = []
    if lines:
        blocks.append("\n".join(lines) + (f"\n{fence}" if fence is not None else ""))
    return blocks


def kind(block: str) -> str:
    """heading, list, table, code, comment, rule or paragraph."""
    first = block.split("\n", 1)[0]
    if FENCE.match(first):
        return "code"
    if HEADING.match(first):
        return "heading"
    if first.startswith("<!--"):
        return "comment"
    if RULE.match(block):
        return "rule"
    if LIST_ITEM.match(first):
        return "list"
    return "table" if first.lstrip().startswith("|") else "paragraph"


def normalize(block: str) -> str:
    """One block in its clean form; empty if nothing is left of it."""
    what = kind(block)
    if what == "code":
        return "\n".join(line.rstrip() for line in clean_text(block).split("\n"))
    lines = [line.rstrip() for line in clean_text(block).split("\n") if line.strip()]
    if not lines:
        return ""
    if what == "heading":
        return "\n".join([_heading(lines[0]), *lines[1:]]).strip()
    if what == "table":
        return _table(lines)
    return "" if block.strip() == "<!-- image -->" else "\n".join(lines)


def _heading(line: str) -> str:
    match = HEADING.match(line)
    if match is None or not match[2].strip("#*_ "):
        return ""
    text = heading_text(match)
    # A heading is bold by itself.
    whole = BOLD.fullmatch(text)
    return f"{match[1]} {whole[2].strip() if whole else text}"


def heading_text(match: re.Match[str]) -> str:
    """The text of a line that HEADING matched, without the number signs that may close it."""
    text = match[2].strip()
    bare = text.rstrip("#")
    return bare.rstrip() if bare.endswith(" ") else text


def split_row(line: str) -> list[str]:
    """Cells of one line of a pipe table, as they are written."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip() for cell in BARE_BAR.split(inner)]


def row_width(line: str) -> int:
    """How many cells one line of a pipe table has."""
    if "\\" in line:
        return len(split_row(line))
    line = line.strip()
    return line.count("|") + 1 - line.startswith("|") - line.endswith("|")


def is_delimiter(line: str) -> bool:
    return all(DELIMITER_CELL.match(cell) for cell in split_row(line))


def _table(lines: list[str]) -> str:
    """A table whose every row has as many cells as its header."""
    if len(lines) < 2 or not is_delimiter(lines[1]):
        return "\n".join(lines)
    rows = [split_row(line.replace("&#124;", "\\|")) for line in (lines[0], *lines[2:])]
    rows = [row for row in rows if any(row)] or rows[:1]
    return table(rows) if any(any(row) for row in rows) else ""
