"""The bare words of a file, got in the plainest way: what a conversion is compared with."""

import html
import re
import zipfile
from pathlib import Path

MAX_XML_BYTES = 64 * 1024**2  # enough for any text; more is not worth the comparison

# Which members of the archive hold text.
PARTS = {
    "docx": re.compile(r"word/(document|footnotes|endnotes)\.xml$"),
    "pptx": re.compile(r"ppt/slides/slide\d+\.xml$"),
    "odt": re.compile(r"content\.xml$"),
    "odp": re.compile(r"content\.xml$"),
    "epub": re.compile(r".*\.x?html?$", re.I),
}
# Shown nowhere, or shown twice: older copies of drawings, comments, scripts, names.
HIDDEN = re.compile(
    r"<(mc:Fallback|office:annotation|office:forms|presentation:notes|script|style|head|title|svg"
    r"|noscript|template)\b[^>]*?(?<!/)>.*?</\1>|<!--.*?-->",
    re.S | re.I,
)
# Where words end although no space is written.
WORD_ENDS = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|p|h[1-6]|li|t[dh]|tr|div|dt|dd|option|a|button|label)>"
    r"|<(?:w:tab|w:br|w:cr|a:br|text:tab|text:line-break|text:s|br|hr|img)\b[^>]*>",
    re.I,
)
TAGS = re.compile(r"<[^>]+>")
# Office Open XML keeps numbers and names between tags, too: only these elements hold text.
RUNS = re.compile(r"<[wa]:t(?: [^>]*)?>([^<]*)<|( )")
OPEN_XML = frozenset({"docx", "pptx"})


def bare_text(path: Path, data: bytes, format_name: str) -> str | None:
    """Words of the file without any structure; None if there is no plain way to get them.

    Raises one of ZIP_PROBLEMS if a part that holds text is damaged.
    """
    if format_name == "html":
        return strip_markup(data[:MAX_XML_BYTES].decode("utf-8", "replace"))
    wanted = PARTS.get(format_name)
    if wanted is None:
        return None
    with zipfile.ZipFile(path) as archive:
        parts = [info for info in archive.infolist() if wanted.match(info.filename)]
        if sum(info.file_size for info in parts) > MAX_XML_BYTES:
            return None
        markups = [archive.read(info).decode("utf-8", "replace") for info in parts]
    strip = _runs if format_name in OPEN_XML else strip_markup
    return "\n".join(strip(markup) for markup in markups)


def _runs(markup: str) -> str:
    """Text of the runs of a Word or PowerPoint part, with spaces between paragraphs."""
    # Spaces between tags mean nothing here: those that stay are the ends of words.
    marked = WORD_ENDS.sub("> <", re.sub(r">\s+<", "><", HIDDEN.sub("", markup)))
    return html.unescape("".join(text or space for text, space in RUNS.findall(marked)))


def strip_markup(markup: str) -> str:
    """Text between the tags of XML or HTML, with spaces where paragraphs and cells end."""
    return html.unescape(TAGS.sub("", WORD_ENDS.sub(" ", HIDDEN.sub(" ", markup))))
