"""Texts as words that can be compared, whether they are Markdown or bare."""

import re
import unicodedata

from ..markdown import LONG_MARKS, PAGE_MARK

# Thai, Chinese, Japanese and others write no spaces, and lines end anywhere: there letters count.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
COUNTED = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
# A word cut at the end of a line.
CUT_WORD = re.compile(r"(?<=\w)[-\u00ad\u2010\ufffe]\s*\n(?=\w)")
# Addresses may hold one level of brackets.
LINK_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*+\))*+\)")
NOTE_CALL = re.compile(r"\[\^[^\]\s]{1,60}\]:?")
BREAK = re.compile(r"<br ?/?>")
STYLE_TAG = re.compile(r"</?(?:sup|sub|u|del|ins|b|i|em|strong)>")
STYLE_MARK = re.compile(r"\*{1,3}|~~|`{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)")
ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def bare(text: str) -> str:
    """Markdown without what is not read: addresses, page and style marks, calls of notes."""
    text = NOTE_CALL.sub("", LINK_TARGET.sub("]", PAGE_MARK.sub("", text)))
    text = STYLE_TAG.sub("", BREAK.sub(" ", text))
    text = ESCAPE.sub("", STYLE_MARK.sub("", text))
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", LONG_MARKS.sub(r"\1", text))


def words_of(text: str) -> list[str]:
    """The words of a text in their order, in small letters; in scripts without spaces letters."""
    return COUNTED.findall(CUT_WORD.sub("", bare(text)).casefold())
