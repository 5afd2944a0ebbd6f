"""Pieces of all pages to blocks: joined, nested, with their headings, notes and captions."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..document import (
    Block,
    Cell,
    Code,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Span,
    Table,
)
from .joining import join, nest
from .outline import mark_headings
from .pieces import Piece
from .styling import Vocabulary, finished, without_bold

CAPTION = re.compile(
    r"(?:table|tab\.|tabelle|tableau|tabla|tabela|tabella|tabel|таблица|πίνακας|表)\s?[\dIVX]",
    re.IGNORECASE,
)
SMALL_TYPE = 0.94  # of the body: the largest type of foot notes
MOST_CAPTION = 400  # characters
CALL = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§¶#]{1,3})[\])]?")


def blocks_of(
    pieces: list[Piece], body_size: float, body_is_bold: bool, known: Vocabulary
) -> list[Block]:
    running = [piece for piece in pieces if _is_aside(piece)]
    body = [piece for piece in pieces if not _is_aside(piece)]
    mark_headings(body, body_size, body_is_bold)
    _find_notes(body, body_size)
    body = join(body, known, running)
    nest(body)
    _name_notes(body)
    _caption_tables(body)
    made = [(piece, _block(piece)) for piece in body]
    return _in_place(made, running)


def _is_aside(piece: Piece) -> bool:
    return piece.block is not None and piece.block.part in {"header", "footer", "comment"}


def _in_place(made: Sequence[tuple[Piece, Block]], aside: Sequence[Piece]) -> list[Block]:
    """Running lines and comments at the head and foot of the pages that they are from."""
    headers: dict[int, list[Block]] = defaultdict(list)
    footers: dict[int, list[Block]] = defaultdict(list)
    for piece in aside:
        assert piece.block is not None  # noqa: S101
        kept = headers if piece.block.part == "header" else footers
        kept[piece.page].append(piece.block)
    by_page: dict[int, list[Block]] = defaultdict(list)
    for _, block in made:
        by_page[block.page or 1].append(block)
    numbers = sorted({*headers, *footers, *by_page})
    return [
        block for number in numbers for block in headers[number] + by_page[number] + footers[number]
    ]


def _block(piece: Piece) -> Block:
    if piece.block is not None:
        return piece.block
    block = _made(piece)
    block.page, block.box, block.confidence = piece.page, piece.box, piece.confidence
    block.inside, block.quoted = piece.inside, piece.quoted
    return block


def _made(piece: Piece) -> Block:
    if piece.sort == "heading":
        return Heading(finished(without_bold(piece.spans)), level=max(1, piece.level))
    if piece.sort == "item":
        spans = finished(piece.spans)
        marker = piece.marker if piece.marker[0].isalnum() or piece.marker[0] == "(" else "-"
        shown = marker if marker != "-" else piece.marker
        return ListItem(spans, depth=piece.depth, marker=shown, checked=piece.checked)
    if piece.sort == "code":
        return Code("\n".join([piece.text, *piece.more]))
    if piece.sort == "note":
        return Note(finished(piece.spans), label=piece.label, part="note")
    if piece.sort == "contents":
        rows = [[Cell(finished(title)), Cell([Span(number)])] for title, number in piece.rows]
        return Table(rows, header_rows=0)
    return Paragraph(finished(piece.spans))


# Notes


def _find_notes(pieces: Sequence[Piece], body_size: float) -> None:
    """Make notes of small type that begins with a label for which the page has a raised call."""
    calls: dict[int, set[str]] = defaultdict(set)
    for piece in pieces:
        if piece.sort != "note":
            calls[piece.page].update(
                span.text.strip(" []()") for span in piece.spans if span.raised
            )
    for place, piece in enumerate(pieces):
        if piece.sort not in {"text", "item"} or piece.size >= SMALL_TYPE * body_size:
            continue
        label = piece.marker.strip("[]().") if piece.sort == "item" else _label_in(piece)
        if CALL.fullmatch(label) and label in calls[piece.page]:
            if piece.sort == "text":
                piece.spans[0].text = piece.spans[0].text.lstrip().split(" ", 1)[1]
            piece.sort, piece.label, piece.depth, piece.inside = "note", label, 0, 0
            if piece.is_last:
                _end_before(pieces, place)


def _end_before(pieces: Sequence[Piece], place: int) -> None:
    """Say that the text above a note at the end of a region is the end of it."""
    page = pieces[place].page
    while place and pieces[place - 1].page == page:
        place -= 1
        if pieces[place].sort != "note":
            pieces[place].is_last = True
            return


def _label_in(piece: Piece) -> str:
    """The label that a text begins with."""
    head, space, _ = piece.spans[0].text.lstrip().partition(" ") if piece.spans else ("", "", "")
    head = head.rstrip(".")
    return head.strip("[]()") if space and CALL.fullmatch(head) else ""


def _name_notes(pieces: Sequence[Piece]) -> None:
    """Make calls of the raised signs that a note of the same page has; labels become unique.

    A note without a label goes on with the last one of an earlier page.
    """
    used: Counter[str] = Counter()
    by_page: dict[int, dict[str, str]] = defaultdict(dict)
    for piece in pieces:
        if piece.sort != "note" or not piece.label:
            continue
        used[piece.label] += 1
        shown = piece.label
        label = shown if used[shown] == 1 else f"{shown}-{used[shown]}"
        by_page[piece.page][shown] = piece.label = label
    if not by_page:
        return
    for piece in pieces:
        labels = by_page.get(piece.page, {}) | by_page.get(piece.page + 1, {})
        labels |= by_page.get(piece.page, {})
        if labels and piece.sort != "note":
            piece.spans = [_called(span, labels) for span in piece.spans]
            _call_in_table(piece, labels)


def _call_in_table(piece: Piece, labels: dict[str, str]) -> None:
    if not isinstance(piece.block, Table):
        return
    for row in piece.block.rows:
        for cell in row:
            cell.spans = [_called(span, labels) for span in cell.spans]


def _called(span: Span, labels: dict[str, str]) -> Span:
    text = span.text.strip()
    if not span.raised or not CALL.fullmatch(text):
        return span
    label = labels.get(text.strip("[]()"))
    return span if label is None else replace(span, text="", raised=False, note=label)


# Captions


def _caption_tables(pieces: list[Piece]) -> None:
    """Give tables the line above or below that names them."""
    for place, piece in enumerate(pieces):
        if not isinstance(piece.block, Table) or piece.block.caption:
            continue
        for other in (place - 1, place + 1):
            near = pieces[other] if 0 <= other < len(pieces) else None
            if near and _is_caption(near) and near.page == piece.page:
                piece.block.caption = finished(near.spans)
                near.sort, near.spans = "done", []
                break
    pieces[:] = [piece for piece in pieces if piece.sort != "done" or piece.block is not None]


def _is_caption(piece: Piece) -> bool:
    text = piece.plain.lstrip()
    return piece.sort == "text" and len(text) <= MOST_CAPTION and bool(CAPTION.match(text))
