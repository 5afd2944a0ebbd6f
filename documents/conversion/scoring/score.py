"""How good a conversion is, by deterministic measures; docs/conversion.md explains each formula.

What came through is compared with what the source holds, counted by other means. What cannot be
measured is left out: it neither helps nor harms.
"""

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..markdown import (
    HEADING,
    PAGE_MARK,
    is_delimiter,
    kind,
    may_be_filled,
    row_width,
    split_blocks,
)
from . import compare
from .facts import Facts, of_markdown
from .legibility import legibility
from .losses import kept_of
from .quality import Part, Quality, scaled, total

METHOD = 2  # raised whenever equal texts may get another score
WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"[^.!?…。！？؟]+[.!?…。！？؟]*")
GOOD_WORDS = 0.98  # F1: hyphens and signs are counted differently here and there
GOOD_ORDER = 0.85  # boxes and notes are often stored elsewhere than people read them
GOOD_COVERAGE, NO_COVERAGE = 0.97, 0.5  # shares of the words, where nothing but they is known
SURE_OCR, HOPELESS_OCR = 0.95, 0.6  # mean confidence of words
LEAST_COMPLETE = 0.42  # mean of what came through that is worth one of ten
MAX_SENTENCE = 60  # words
INLINE_CODE = re.compile(r"`[^`]*`")
BLANK_RUN = re.compile(r"\n{4,}")
RAW_TAG = re.compile(r"(?<!\\)</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
WRITTEN_TAG = re.compile(r"</?(?:br|sup|sub|u)\s?/?>")  # Markdown has no other way to say these
WHOLE = {"headings": ("heading", 10), "rows": ("table row", 15), "items": ("list item", 10),
         "notes": ("note", 5)}  # fmt: skip


@dataclass(frozen=True)
class _Block:
    """One block of the Markdown with what several measures ask of it."""

    text: str
    kind: str
    words: int


@dataclass(frozen=True)
class Evidence:
    """What is known of the source beside the Markdown; None where nothing is known.

    `source` is what was counted in it. Without it, `coverage` is the share (0-1) of its words that
    were found, and `missing` some that were not.

    `ocr_confidence` is the mean over pages (0-1), `unsure_share` the share of those pages below the
    chosen threshold, and `unread_share` the share of pages that hold something but gave no text.
    `is_of_source` is false for an edit that could only be compared with the text before it.
    """

    coverage: float | None = None
    missing: tuple[str, ...] | None = None
    is_of_source: bool = True
    source: Facts | None = None
    ocr_confidence: float | None = None
    unsure_share: float = 0.0
    unread_share: float = 0.0


def score(markdown: str, evidence: Evidence | None = None) -> Quality:
    """Judge `markdown`; without `evidence` only by what it is in itself."""
    known = evidence or Evidence()
    blocks = [
        _Block(text, kind(text), len(WORD.findall(PAGE_MARK.sub("", text))))
        for text in split_blocks(markdown)
    ]
    if not any(block.words for block in blocks):
        empty = Part("legibility", 100, 0, "There is no text.")
        return Quality(0, (empty,), clarity=1.0, completeness=1.0, markdown=1.0, method=METHOD)
    facts = of_markdown(markdown)
    words = [part for part in (_words(known, facts), _order(known, facts)) if part is not None]
    structure = _structure(known, facts)
    validity = _validity(markdown, blocks)
    # Words of a file that people read there need not look like words.
    is_trusted = known.source is not None and known.source.is_trusted
    looks = [] if is_trusted else [legibility(markdown)]
    ocr = [part for part in (_ocr(known),) if part is not None]
    parts = (*words, *structure, *ocr, *looks, validity)
    readable = min((part.score for part in (*ocr, *looks, *words[1:])), default=100)
    kept = statistics.fmean([part.score for part in structure] or [100])
    return Quality(
        conversion_score=total(parts).score,
        parts=parts,
        clarity=_of_ten(0.75 * readable + 0.25 * _sentences(blocks)),
        completeness=_of_ten(_completeness([*words[:1], *structure])),
        markdown=_of_ten(0.7 * validity.score + 0.3 * kept),
        method=METHOD,
    )


def _of_ten(percent: float) -> float:
    return round(1 + 9 * max(0.0, min(100.0, percent)) / 100, 1)


def _words(known: Evidence, facts: Facts) -> Part | None:
    """How many words of the source came through; None if nothing is known of it."""
    if known.source is not None and known.source.by_ocr and known.source.words:
        # Whoever mends what was misread changes words; losses.py tells that from losing them.
        kept = kept_of(Counter(known.source.words), " ".join(facts.words))
        share = kept.share if kept else 1.0
        percent = scaled(share, NO_COVERAGE, GOOD_COVERAGE)
    elif known.source is not None and known.source.words:
        share = compare.words_kept(known.source.words, facts.words)
        percent = scaled(share, 0, GOOD_WORDS)
    elif known.coverage is not None:
        share = known.coverage
        percent = scaled(share, NO_COVERAGE, GOOD_COVERAGE)
    elif known.unread_share:
        share, percent = 1.0, 100
    else:
        return None
    read = 1 - known.unread_share
    reason = _kept_words(share, known, facts)
    if known.unread_share:
        reason = f"{known.unread_share:.0%} of the pages gave no text. {reason}"
    return Part("text_coverage", 30, round(percent * read), reason)


def _kept_words(share: float, known: Evidence, facts: Facts) -> str:
    if known.source is None:
        return _lost(1 - share, known.missing or (), of_source=known.is_of_source)
    lost = compare.lost_words(known.source.words, facts.words)
    if known.source.by_ocr:
        return _lost(1 - share, lost.missing, of_source=True)
    told = _lost(1 - lost.share, lost.missing, of_source=True)
    repeated = compare.repeated_words(known.source.words, facts.words)
    if not repeated:
        return told
    return f"{told} Some stand there more often than in the source, such as {_quoted(repeated)}."


def _lost(share: float, missing: Sequence[str], *, of_source: bool) -> str:
    if not share:
        return f"All words of the {'source' if of_source else 'converted text'} are kept."
    rounded = share if share == 1 else min(share, 0.99)  # some are left, so not 100%
    much = f"{rounded:.0%}" if share >= 0.01 else "Less than 1%"
    whose = " of the source" if of_source else ""
    such = f", such as {_quoted(missing)}" if missing else ""
    return f"{much} of the words{whose} are missing{such}."


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _order(known: Evidence, facts: Facts) -> Part | None:
    if known.source is None or not known.source.is_ordered:
        return None
    share = compare.order(known.source.words, facts.words)
    if share is None:
        return None
    percent = scaled(share, 0, GOOD_ORDER)
    told = "The words follow each other as in the source."
    if percent < 100:
        told = f"{share:.0%} of the words follow each other as in the source."
    return Part("order", 25, percent, told)


def _structure(known: Evidence, facts: Facts) -> list[Part]:
    """Headings, rows, items and notes of the source that are there again; none without evidence."""
    parts = []
    for name, (noun, weight) in WHOLE.items():
        wanted = getattr(known.source, name, None)
        if not wanted:
            continue
        found = getattr(facts, name) or []
        if name == "rows":
            kept = compare.rows_kept(wanted, found)
        else:
            kept = compare.keys_kept(wanted, found, is_all=name == "headings")
        if kept is not None:
            reason = _kept_things(kept, len(wanted), noun)
            parts.append(Part(name, weight, round(100 * kept.share), reason))
    return parts


def _kept_things(kept: compare.Kept, count: int, noun: str) -> str:
    things = f"The {noun}" if count == 1 else f"All {count} {noun}s"
    if kept.share == 1:
        return f"{things} of the source came through."
    if kept.missing:
        share = f"{min(kept.share, 0.99):.0%} of the {noun}s came through"
        return f"{share}; missing are such as {_quoted(kept.missing)}."
    return f"{things} of the source came through, but there are more in the Markdown."


def _ocr(known: Evidence) -> Part | None:
    if known.ocr_confidence is None:
        return None
    percent = scaled(known.ocr_confidence, HOPELESS_OCR, SURE_OCR)
    percent = round(percent * (1 - known.unsure_share / 2))
    reason = f"Text recognition was {known.ocr_confidence:.0%} sure of the words it read."
    if known.unsure_share:
        reason += f" {known.unsure_share:.0%} of its pages are below the chosen confidence."
    return Part("ocr_confidence", 25, percent, reason)


def _validity(markdown: str, blocks: Sequence[_Block]) -> Part:
    faults = [*_block_faults(blocks), *_text_faults(markdown)]
    if not faults:
        return Part("markdown", 10, 100, "The Markdown is well formed.")
    named = ", ".join(f"{name} ({count})" for name, count in Counter(faults).most_common(4))
    allowed = max(1.0, len(blocks) / 10)
    percent = round(100 * max(0.0, 1 - 0.25 * len(faults) / allowed))
    return Part("markdown", 10, percent, f"Faults in the Markdown: {named}.")


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
        if is_text and RAW_TAG.search(WRITTEN_TAG.sub("", INLINE_CODE.sub("", block.text))):
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


def _completeness(parts: Sequence[Part]) -> float:
    """How much of all that could be measured came through, in per cent."""
    if not parts:
        return 100.0
    share = statistics.fmean(part.score for part in parts) / 100
    return 100 * max(0.0, share - LEAST_COMPLETE) / (1 - LEAST_COMPLETE)
