"""The bare words of a file, got in the plainest way: what a conversion is compared with."""

import html
import re
import zipfile
from pathlib import Path

MAX_XML_BYTES = 64 * 1024**2  # enough for any text; more is not worth the comparison

# Which members of the archive hold text, and the ends of what would otherwise run together.
PARTS = {
    "docx": re.compile(r"word/(document|footnotes|endnotes)\.xml$"),
    "pptx": re.compile(r"ppt/slides/slide\d+\.xml$"),
    "xlsx": re.compile(r"xl/sharedStrings\.xml$"),
    "odt": re.compile(r"content\.xml$"),
    "odp": re.compile(r"content\.xml$"),
    "ods": re.compile(r"content\.xml$"),
    "epub": re.compile(r".*\.x?html?$", re.I),
}
# Shown nowhere: older copies of drawings, field codes, deleted and hidden text, comments.
HIDDEN = re.compile(
    r"<(mc:Fallback|w:instrText|w:delText|office:annotation|office:forms|presentation:notes"
    r"|rPh|script|style|head|title|svg|noscript|template)\b[^>]*?(?<!/)>.*?</\1>|<!--.*?-->",
    re.S | re.I,
)
WORD_ENDS = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|si|p|h[1-6]|li|t[dh]|tr|div|dt|dd|option|a|button|label)>"
    r"|<(?:w:tab|w:br|w:cr|a:br|text:tab|text:line-break|text:s|br|hr|img)\b[^>]*>",
    re.I,
)
TAGS = re.compile(r"<[^>]+>")


def bare_text(path: Path, data: bytes, format_name: str) -> str | None:
    """Words of the file without any structure; None if there is no plain way to get them."""
    if format_name in {"csv", "tsv"}:
        return data.decode("utf-8", "replace")
    if format_name == "html":
        return strip_markup(data[:MAX_XML_BYTES].decode("utf-8", "replace"))
    wanted = PARTS.get(format_name)
    if wanted is None:
        return None
    texts, size = [], 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            size += info.file_size if wanted.match(info.filename) else 0
            if size > MAX_XML_BYTES:
                return None
            if wanted.match(info.filename):
                texts.append(strip_markup(archive.read(info).decode("utf-8", "replace")))
    return "\n".join(texts)


def strip_markup(markup: str) -> str:
    """Text between the tags of XML or HTML, with spaces where paragraphs and cells end."""
    return html.unescape(TAGS.sub("", WORD_ENDS.sub(" ", HIDDEN.sub(" ", markup))))
