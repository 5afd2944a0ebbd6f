"""What a line begins with: bullets, numbers of lists, labels of notes, check boxes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from .page import Word
from .textlines import TextLine

BULLETS = frozenset("•◦▪▫●○■□‣⁃∙·–—-*➢➤►▶✓✔❖◆◇→»§\uf0b7\uf0a7\uf0d8\uf0fc\uf076o")
TIMID = frozenset("–—-*→»·§o")  # these begin other lines too
NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,6})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}[.)]?")
BOXES = {"☐": False, "□": False, "☑": True, "☒": True, "✓": True, "✗": True}
ROMAN = {"i": 1, "v": 5, "x": 10}
RAISED_SIZE = 0.86  # of the text beside it
NEAR, FAR = 0.12, 4.0  # em; the text of an item begins this far from its marker
LABEL = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§¶#]{1,3})[\])]?")


def marker_of(line: TextLine) -> str | None:
    """The marker that a line begins with, as shown; None if its first word is a word."""
    first = line.words[0]
    if len(line.words) == 1:
        return None
    following = line.words[1]
    gap = _gap(first, following)
    if not NEAR * first.size <= gap <= FAR * max(first.size, following.size):
        return None
    text = first.text
    if text in BOXES:
        return None if any(word.text in BOXES for word in line.words[1:]) else text
    if text in BULLETS:
        return text
    return text if NUMBER.fullmatch(text) else None


def _gap(first: Word, following: Word) -> float:
    """The white space between two words, whichever way they are read."""
    return max(following.x0 - first.x1, first.x0 - following.x1)


def is_bullet(marker: str) -> bool:
    return marker in BULLETS or marker in BOXES


def follows(before: str, marker: str) -> bool:
    """Whether a number is the one after another of the same form."""
    if is_bullet(before) or is_bullet(marker):
        return before == marker
    a, b = before.strip("()."), marker.strip("().")
    if before.replace(a, "", 1) != marker.replace(b, "", 1):
        return False
    return any(_count(b, how) == _count(a, how) + 1 for how in "nar" if _count(a, how))


def is_first(marker: str) -> bool:
    """Whether a list may begin with this number."""
    return marker.strip("().").lower() in {"1", "a", "i", "0"}


def _count(text: str, how: str) -> int:
    """The value of a number, letter or Roman number; 0 if it is none."""
    if how == "n":
        last = text.rsplit(".", 1)[-1]
        return int(last) if last.isascii() and last.isdigit() else 0
    if how == "a":
        return ord(text.lower()) - 96 if len(text) == 1 and text.isascii() and text.isalpha() else 0
    digits = [ROMAN.get(char, 0) for char in text.lower()]
    if not digits or 0 in digits:
        return 0
    pairs = zip(digits, [*digits[1:], 0], strict=True)
    return sum(-one if one < after else one for one, after in pairs)


def depth_of_number(text: str) -> int:
    """How many levels a number such as "2.1" at the head of a heading has; 0 if it has none."""
    head = text.split(" ", 1)[0].rstrip(".)")
    parts = head.split(".")
    if len(parts) > 6 or len(head) > 12 or " " not in text:
        return 0
    if not all(part.isascii() and part.isalnum() for part in parts):
        return 0
    if len(parts) == 1:
        is_roman = len(head) > 1 and _count(head, "r") > 0 and head.isupper()
        return 1 if (head.isdigit() and len(head) < 4) or is_roman else 0
    return len(parts) if all(part.isdigit() for part in parts[1:]) else 0


def note_label(line: TextLine) -> str | None:
    """The label that a note begins with: raised, or a number or sign that stands alone."""
    first = line.words[0]
    for script in first.scripts:
        if script.raised and script.start == 0 and LABEL.fullmatch(first.text[: script.end]):
            return first.text[: script.end].strip("[]()")
    is_smaller = len(line.words) > 1 and first.size < RAISED_SIZE * line.words[1].size
    if is_smaller and LABEL.fullmatch(first.text):
        return first.text.strip("[]()")
    if len(line.words) > 1 and LABEL.fullmatch(first.text.rstrip(".")):
        return first.text.strip("[]().")
    return None


def without_first(words: Sequence[Word], length: int) -> list[Word]:
    """Words without the first `length` characters of the first one."""
    first = words[0]
    if length >= len(first.text):
        return list(words[1:])
    scripts = [
        replace(script, start=max(0, script.start - length), end=script.end - length)
        for script in first.scripts
        if script.end > length
    ]
    return [replace(first, text=first.text[length:], scripts=scripts), *words[1:]]
