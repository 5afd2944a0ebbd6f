"""How good a conversion is, by deterministic measures; docs/conversion.md explains each formula."""

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from ..markdown import (
    HEADING,
    PAGE_MARK,
    is_delimiter,
    kind,
    may_be_filled,
    row_width,
    split_blocks,
)
from .quality import Part, Quality, total

WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"[^.!?…。！？؟]+[.!?…。！？؟]*")
VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿăąęįųőűıěůāēīōūаеёиоуыэюяіїє")
ADDRESS = re.compile(r"^\W*+(?:https?://|www\.|[\w.+-]++@[\w-]+\.)", re.I)
SHORT_TEXT = 150  # words; a note needs no headings
WORDS_PER_HEADING = 600
WALL_OF_TEXT = 350  # words in one paragraph
GOOD_COVERAGE, NO_COVERAGE = 0.97, 0.5  # shares of the source's words
MOST_JUDGED = 500_000  # tokens; as many tell a share to a tenth of a per cent
WORST_GARBAGE = 0.25  # share of tokens
SURE_OCR, HOPELESS_OCR = 0.95, 0.6  # mean confidence of words
MAX_SENTENCE = 60  # words
# Addresses may hold one level of brackets.
LINK_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*+\))*+\)")
CODE_OR_FORMULA = re.compile(r"^```.*?^```|`[^`\n]+`|\$\$.*?\$\$", re.S | re.M)
# What most tokens are, and no rule below would accuse: small letters with a vowel, numbers, dates.
PLAIN = re.compile(r"\A(?:[b-df-hj-np-tv-xz]*+[aeiouy][a-z]*+|\d+(?:[./:-]\d+)*)\Z")
STRAY = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b-\x1f]")  # no sign that people write
ODD_SIGNS = frozenset("~|^{}%#\\")
INLINE_CODE = re.compile(r"`[^`]*`")
SPEAKING = re.compile(r"[^\W_]|\W{4}")  # what is judged: letters, digits, or a heap of signs
ORNAMENT = re.compile(r"[-=*_#`~:>\\]+")
BLANK_RUN = re.compile(r"\n{4,}")
# A word cut at the end of a line.
# Thai, Chinese, Japanese and others write no spaces, and lines end anywhere: there letters count.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
COUNTED = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
CUT_WORD = re.compile(r"(?<=\w)[-\u00ad\u2010\ufffe]\s*\n(?=\w)")
# What Markdown itself adds to words.
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
BREAK, SCRIPT = re.compile("<br>|\\\\\n"), re.compile("</?su[bp]>")
# Those that Markdown itself needs, of breaks in cells and raised letters, are meant to be there.
RAW_TAG = re.compile(r"(?<!\\)</?(?!(?:br|su[bp])\b)[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)


@dataclass(frozen=True)
class _Block:
    """One block of the Markdown with what several measures ask of it."""

    text: str
    kind: str
    words: int


@dataclass(frozen=True)
class Evidence:
    """What is known of the source beside the Markdown; None where nothing is known.

    `coverage` is the share (0-1) of the source's words that were found, `ocr_confidence` the mean
    over pages (0-1), `unsure_share` the share of those pages below the chosen threshold, and
    `unread_share` the share of pages that hold something but gave no text.

    Of an edited text `missing` holds some of the words that it lacks, and is None otherwise; it was
    compared with the source, or, where its words were not kept, with what the conversion made.
    """

    coverage: float | None = None
    missing: tuple[str, ...] | None = None
    is_of_source: bool = True
    ocr_confidence: float | None = None
    unsure_share: float = 0.0
    unread_share: float = 0.0


def coverage(source: str, text: str) -> float | None:
    """Share (0-1) of the words of `source` in `text`, each as often; None if it has no words."""
    wanted = COUNTED.findall(CUT_WORD.sub("", source).casefold())
    found = COUNTED.findall(text.casefold())
    if not wanted:
        return None
    if wanted == found:  # nothing needs to be counted
        return 1.0
    wanted_counts, counts = Counter(wanted), Counter(found)
    kept = sum(map(min, wanted_counts.values(), map(counts.__getitem__, wanted_counts)))
    return kept / len(wanted)


def score(markdown: str, evidence: Evidence | None = None) -> Quality:
    """Judge `markdown`; without `evidence` only by what it is in itself, as for edited text."""
    known = evidence or Evidence()
    blocks = [
        _Block(text, kind(text), len(WORD.findall(PAGE_MARK.sub("", text))))
        for text in split_blocks(markdown)
    ]
    words = sum(block.words for block in blocks)
    if not words:
        empty = Part("legibility", 100, 0, "There is no text.")
        return Quality(0, (empty,), clarity=1.0, completeness=1.0, markdown=1.0)
    legibility = _legibility(markdown)
    structure = _structure(blocks, words)
    validity = _validity(markdown, blocks)
    source_parts = [part for part in (_coverage(known), _ocr(known)) if part is not None]
    readable = min(p.score for p in (legibility, *source_parts) if p.name != "text_coverage")
    parts = (*source_parts, legibility, structure, validity)
    return Quality(
        conversion_score=total(parts).score,
        parts=parts,
        clarity=_of_ten(0.6 * readable + 0.25 * _sentences(blocks) + 0.15 * structure.score),
        completeness=_of_ten(_completeness(source_parts, blocks)),
        markdown=_of_ten(0.7 * validity.score + 0.3 * structure.score),
    )


def _of_ten(percent: float) -> float:
    return round(1 + 9 * max(0.0, min(100.0, percent)) / 100, 1)


def _scaled(value: float, worst: float, best: float) -> int:
    """0 at `worst`, 100 at `best`, straight in between."""
    return round(100 * max(0.0, min(1.0, (value - worst) / (best - worst))))


def _coverage(known: Evidence) -> Part | None:
    if known.coverage is None and not known.unread_share:
        return None
    share = (1.0 if known.coverage is None else known.coverage) * (1 - known.unread_share)
    reason = f"{share:.0%} of the words of the source are in the Markdown."
    if known.missing is not None:
        reason = _lost(1 - share, known.missing, of_source=known.is_of_source)
    if known.unread_share:
        reason = f"{known.unread_share:.0%} of the pages gave no text; {share:.0%} was read in all."
    return Part("text_coverage", 30, _scaled(share, NO_COVERAGE, GOOD_COVERAGE), reason)


def _lost(share: float, missing: Sequence[str], *, of_source: bool) -> str:
    if not missing:
        return f"All words of the {'source' if of_source else 'converted text'} are kept."
    examples = ", ".join(f"“{word}”" for word in missing)
    rounded = share if share == 1 else min(share, 0.99)  # some are left, so not 100%
    much = f"{rounded:.0%}" if share >= 0.01 else "Less than 1%"
    whose = " of the source" if of_source else ""
    return f"{much} of the words{whose} are missing, such as {examples}."


def _ocr(known: Evidence) -> Part | None:
    if known.ocr_confidence is None:
        return None
    percent = _scaled(known.ocr_confidence, HOPELESS_OCR, SURE_OCR)
    percent = round(percent * (1 - known.unsure_share / 2))
    reason = f"Text recognition was {known.ocr_confidence:.0%} sure of the words it read."
    if known.unsure_share:
        reason += f" {known.unsure_share:.0%} of its pages are below the chosen confidence."
    return Part("ocr_confidence", 25, percent, reason)


def _legibility(markdown: str) -> Part:
    text = LINK_TARGET.sub("]", PAGE_MARK.sub("", CODE_OR_FORMULA.sub(" ", markdown)))
    # Every token is judged once, however often it stands there; of a very long text every n-th is.
    if "\\" in text or "<" in text:
        text = ESCAPE.sub(r"\1", BREAK.sub(" ", SCRIPT.sub("", text)))
    found = text.replace("|", " ").split()
    counts = Counter(found[:: len(found) // MOST_JUDGED + 1])
    tokens = {t: n for t, n in counts.items() if SPEAKING.search(t) and not ORNAMENT.fullmatch(t)}
    total = sum(tokens.values())
    bad = {token: count for token, count in tokens.items() if is_garbage(token)}
    single = sum(n for t, n in tokens.items() if len(t) == 1 and t.isalpha() and t.isascii())
    # A sixth of one-letter words is normal (a, I, y, e, o); more means l e t t e r s a p a r t.
    apart = max(0.0, single / total - 1 / 6) if total else 0.0
    share = min(1.0, sum(bad.values()) / total + apart) if total else 1.0
    percent = _scaled(share, WORST_GARBAGE, 0.01)
    if not share:
        return Part("legibility", 30, percent, "All words look like words.")
    examples = ", ".join(f"“{token[:20]}”" for token in islice(bad, 3))
    reason = f"{share:.1%} of the words look like garbage" + (
        f", such as {examples}." if bad else "."
    )
    return Part("legibility", 30, percent, reason)


def is_garbage(token: str) -> bool:
    """Whether a token is no word, number, address or sign that people write."""
    if PLAIN.match(token):
        return False
    if "(cid:" in token or STRAY.search(token):
        return True
    if ADDRESS.match(token):
        return False
    core = token.strip("\\*_`\"'“”‘’„«»()[]{}.,;:!?…<>-–—/#+%&=~^$€£§°")
    if not core:
        return len(token) >= 6 and len(set(token)) > 3
    solid = sum(char.isdigit() or _is_letter(char) for char in core)
    if len(core) >= 4 and solid < 0.5 * len(core):
        return True
    return _is_unspeakable(core) or _is_jumbled(core) or _is_odd(token, core)


def _is_letter(char: str) -> bool:
    """Letters and the marks on them: many scripts write vowels so."""
    return char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")


def _is_odd(token: str, core: str) -> bool:
    """Signs that belong to programs, not to words: many of them, or inside a word."""
    odd = sum(char in ODD_SIGNS for char in token.strip("\\"))
    inside = any(char in ODD_SIGNS for char in core)
    return odd >= 3 or (
        inside and (odd >= 2 or not VOWELS & set(core.casefold())) and len(core) > 3
    )


def _is_unspeakable(core: str) -> bool:
    """Five small Latin letters and more without a vowel are no word in most languages."""
    latin = core.isalpha() and core.islower() and all(char < "\u0250" for char in core)
    return latin and len(core) >= 5 and not VOWELS & set(core)


def _is_jumbled(core: str) -> bool:
    """Letters, digits and signs that change more often than identifiers do: w1l|ow~s7."""
    # Not every script parts its words by spaces: there a core is a sentence with its commas.
    kinds = [
        "d" if c.isdigit() else "a" if _is_letter(c) else "s"
        for c in core
        if c not in "._-/:+'’" and (c.isascii() or unicodedata.category(c)[0] != "P")
    ]
    changes = sum(a != b for a, b in pairwise(kinds))
    cases = sum(a.islower() and b.isupper() for a, b in pairwise(core))
    return (changes >= 4 and "s" in kinds) or changes >= 6 or cases >= 4


def _structure(blocks: Sequence[_Block], words: int) -> Part:
    kinds = Counter(block.kind for block in blocks)
    in_tables = sum(b.words for b in blocks if b.kind in {"table", "list", "code"})
    longest = max((b.words for b in blocks if b.kind == "paragraph"), default=0)
    counts = ", ".join(_counted(kinds[kind], kind) for kind in ("heading", "list", "table"))
    if words < SHORT_TEXT or in_tables > words / 2:
        return Part("structure", 15, 100, f"The text is short or mostly tabular ({counts}).")
    headed = min(1.0, kinds["heading"] / max(1.0, words / WORDS_PER_HEADING))
    walls = 0.0 if longest > WALL_OF_TEXT else 1.0
    reason = f"{counts} in {words} words; the longest paragraph has {longest} words."
    return Part("structure", 15, round(50 + 30 * headed + 20 * walls), reason)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _validity(markdown: str, blocks: Sequence[_Block]) -> Part:
    faults = [*_block_faults(blocks), *_text_faults(markdown)]
    if not faults:
        return Part("markdown", 15, 100, "The Markdown is well formed.")
    named = ", ".join(f"{name} ({count})" for name, count in Counter(faults).most_common(4))
    allowed = max(1.0, len(blocks) / 10)
    percent = round(100 * max(0.0, 1 - 0.25 * len(faults) / allowed))
    return Part("markdown", 15, percent, f"Faults in the Markdown: {named}.")


def _block_faults(blocks: Sequence[_Block]) -> list[str]:
    faults, level = [], 0
    for block in blocks:
        match = HEADING.match(block.text.split("\n", 1)[0])
        if match:
            faults += ["skipped heading level"] if len(match[1]) > level + 1 else []
            level = len(match[1])
        if block.kind == "table" and not _is_sound_table(block.text.split("\n")):
            faults.append("uneven table")
        is_text = block.kind not in {"code", "comment"}
        if is_text and RAW_TAG.search(INLINE_CODE.sub("", block.text)):
            faults.append("HTML tag")
    return faults


def _is_sound_table(lines: list[str]) -> bool:
    if len(lines) < 2 or not is_delimiter(lines[1]):
        return False
    widths = [row_width(line) for line in lines]
    if min(widths[2:], default=widths[0]) == max(widths[2:], default=widths[0]):
        return len(set(widths)) == 1
    # Rows that were too many and too short to be filled up are as the writer leaves them.
    is_full = may_be_filled(widths[0], len(lines) - 1, sum(widths) - widths[1])
    return not is_full and widths[0] == widths[1] == max(widths)


def _text_faults(markdown: str) -> list[str]:
    faults = []
    if markdown.count("\n```") % 2 != (1 if markdown.startswith("```") else 0):
        faults.append("code block without an end")
    if BLANK_RUN.search(markdown):
        faults.append("runs of blank lines")
    return faults


def _sentences(blocks: Sequence[_Block]) -> float:
    """Share (0-100) of the sentences in paragraphs that a person can follow."""
    prose = (block.text for block in blocks if block.kind == "paragraph")
    lengths = [len(WORD.findall(s)) for text in prose for s in SENTENCE.findall(text)]
    lengths = [length for length in lengths if length]
    if not lengths:
        return 100.0
    return 100 * statistics.fmean(length <= MAX_SENTENCE for length in lengths)


def _completeness(source_parts: list[Part], blocks: Sequence[_Block]) -> float:
    """The source's side of the story where there is one; and the last heading has a text."""
    kinds = [block.kind for block in blocks if block.kind != "comment"]
    headings = kinds.count("heading")
    hollow = kinds[-1:] == ["heading"]
    filled = 100 * (1 - hollow / headings) if headings else 100
    worst = min((part.score for part in source_parts), default=100)
    return 0.8 * worst + 0.2 * filled
