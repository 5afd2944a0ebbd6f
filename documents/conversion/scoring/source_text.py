"""The bare words of a file, got in the plainest way: what a conversion is compared with."""

import html
import re
import zipfile
from pathlib import Path

from ..errors import engine_at_work

MAX_XML_BYTES = 64 * 1024**2  # enough for any text; more is not worth the comparison

# A tag ends before the next one begins, in all patterns: an end that is missing is looked for once.
# Which members of the archive hold text.
PARTS = {
    "docx": re.compile(r"\Aword/(document|footnotes|endnotes)\.xml$"),
    "pptx": re.compile(r"\Appt/slides/slide\d+\.xml$"),
    "odt": re.compile(r"\Acontent\.xml$"),
    "odp": re.compile(r"\Acontent\.xml$"),
    "epub": re.compile(r"\.x?html?$", re.I),
}
# Shown nowhere, or shown twice: older copies of drawings, comments, scripts, names.
HIDDEN_NAMES = (
    *("mc:fallback", "office:annotation", "office:forms", "presentation:notes", "script"),
    *("style", "head", "title", "svg", "noscript", "template"),
)
HIDDEN_START = re.compile(rf"<(?:(!--)|({'|'.join(HIDDEN_NAMES)})\b[^<>]*>)", re.I)
CLOSES = {"!--": re.compile("-->")} | {
    name: re.compile(f"</{name}>", re.I) for name in HIDDEN_NAMES
}
# Where words end although no space is written.
WORD_ENDS = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|p|h[1-6]|li|t[dh]|tr|div|dt|dd|option|a|button|label)>"
    r"|<(?:w:tab|w:br|w:cr|a:br|text:tab|text:line-break|text:s|br|hr|img)\b[^<>]*>",
    re.I,
)
# No character has so high a number, and Python would refuse to read it.
LONG_REFERENCE = re.compile(r"&#x?[0-9a-f]{20,}+;?", re.I)
TAGS = re.compile(r"<[^<>]+>")
BETWEEN_TAGS = re.compile(r">\s+<")
# Office Open XML keeps numbers and names between tags, too: only these elements hold text.
RUNS = re.compile(r"<[wa]:t(?: [^<>]*+)?>([^<]*+)|( )")
OPEN_XML = frozenset({"docx", "pptx"})


def bare_text(path: Path, data: bytes, format_name: str) -> str | None:
    """Words of the file without any structure; None if there is no plain way to get them.

    Raises EngineError if a part that holds text is damaged: docling.rs leaves damaged chapters out
    without a word.
    """
    if format_name == "html":
        return strip_markup(data[:MAX_XML_BYTES].decode("utf-8", "replace"))
    wanted = PARTS.get(format_name)
    if wanted is None:
        return None
    with engine_at_work(), zipfile.ZipFile(path) as archive:
        parts = [info for info in archive.infolist() if wanted.search(info.filename)]
        if sum(info.file_size for info in parts) > MAX_XML_BYTES:
            return None
        markups = [archive.read(info).decode("utf-8", "replace") for info in parts]
    strip = _runs if format_name in OPEN_XML else strip_markup
    return "\n".join(strip(markup) for markup in markups)


def _runs(markup: str) -> str:
    """Text of the runs of a Word or PowerPoint part, with spaces between paragraphs."""
    # Spaces between tags mean nothing here: those that stay are the ends of words.
    marked = WORD_ENDS.sub("> <", BETWEEN_TAGS.sub("><", _visible(markup, "")))
    return _unescaped("".join(text or space for text, space in RUNS.findall(marked)))


def strip_markup(markup: str) -> str:
    """Text between the tags of XML or HTML, with spaces where paragraphs and cells end."""
    return _unescaped(TAGS.sub("", WORD_ENDS.sub(" ", _visible(markup, " "))))


def _visible(markup: str, instead: str) -> str:
    """`markup` with `instead` for every comment and hidden element; one without an end stays."""
    parts: list[str] = []
    unclosed: set[str] = set()  # of these no end is left, so nobody looks for one again
    kept = position = 0
    while (start := HIDDEN_START.search(markup, position)) is not None:
        name = (start[1] or start[2]).lower()
        position = start.end()
        if start[0].endswith("/>") or name in unclosed:
            continue
        close = CLOSES[name].search(markup, position)
        if close is None:
            unclosed.add(name)
            continue
        parts += (markup[kept : start.start()], instead)
        kept = position = close.end()
    return "".join((*parts, markup[kept:]))


def _unescaped(text: str) -> str:
    """`text` with its character references resolved; a number that no character has stays."""
    return html.unescape(LONG_REFERENCE.sub("", text))
