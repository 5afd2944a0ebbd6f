"""What stands on a page without being written: drawn bullets, and what forms hold, as words."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from .page import FormField, Shape, SourcePage, Word
from .textlines import is_rtl

BULLET_SIDE = (0.12, 0.75)  # em; the sides of a drawn bullet
BULLET_GAP = 3.0  # em between a drawn bullet and its text
MOST_SHAPES = 2_000  # of one page; more are a picture
MOST_WORDS = 20_000  # of a page with fields or bullets; more are looked through too often
MOST_FIELDS = 2_000
MOST_NAME = 100  # characters
MOST_VALUE = 20_000  # characters of one field
FIELD_TYPE = 0.72  # of the height of a field of one line
LARGEST_TYPE = 12.0  # points, in a field
LETTER_WIDTH = 0.5  # em
TICKED, OPEN = "☑", "☐"


def write_drawn(page: SourcePage) -> None:
    """Add words for drawn bullets and for the values of fields, where they stand."""
    draw_bullets(page)
    write_fields(page)


def write_fields(page: SourcePage) -> None:
    """Add words for what the fields of a form hold."""
    if len(page.words) > MOST_WORDS:
        return
    for field in page.fields[:MOST_FIELDS]:
        page.words += _field_words(field, page)


def _field_words(field: FormField, page: SourcePage) -> list[Word]:
    if field.kind in {"check", "radio"}:
        if field.checked is None:
            return []
        return [_box_word(field, page)]
    value = field.value.strip()[:MOST_VALUE]
    if not value or _is_shown(field, page):
        return []
    height = field.bottom - field.top
    lines = value.splitlines()
    size = max(1.0, min(LARGEST_TYPE, FIELD_TYPE * height / len(lines)))
    words = []
    if field.name and _stands_alone(field, page):
        lines[0] = f"{' '.join(field.name.split())[:MOST_NAME]}: {lines[0]}"
    for number, line in enumerate(lines):
        baseline = field.bottom - 0.28 * size - 1.2 * size * (len(lines) - 1 - number)
        if len(lines) == 1:
            baseline = _baseline_beside(field, page, (field.top + field.bottom) / 2 + 0.33 * size)
        words += _typed(line, field, baseline, size)
    return words


def _typed(line: str, field: FormField, baseline: float, size: float) -> list[Word]:
    """Words as if they were typed into the field, closer if they have to be."""
    texts = line.split()
    length = sum(map(len, texts)) + len(texts)
    width = max(field.right - field.left, 1.0)
    step = min(LETTER_WIDTH * size, width / max(1, length))
    x, words = field.left + 1, []
    for text in texts:
        end = x + step * len(text)
        words.append(_word(text, x, end, baseline, size))
        x = end + step
    return words


def _word(text: str, x0: float, x1: float, baseline: float, size: float) -> Word:
    top, bottom = baseline - 0.8 * size, baseline + 0.22 * size
    return Word(text, x0, x1, baseline, size, top, bottom, x1)


def _box_word(field: FormField, page: SourcePage) -> Word:
    """A box with or without its tick, on the line of the text beside it."""
    text = TICKED if field.checked else OPEN
    baseline = _baseline_beside(field, page, field.bottom)
    size = max(1.0, min(LARGEST_TYPE, field.bottom - field.top))
    return _word(text, field.left, field.right, baseline, size)


def _baseline_beside(field: FormField, page: SourcePage, usual: float) -> float:
    """The baseline of the nearest word that stands beside a field."""
    middle = (field.top + field.bottom) / 2
    beside = [word for word in page.words if word.top <= middle <= word.bottom and not word.turn]
    if not beside:
        return usual
    near = min(beside, key=lambda w: max(w.x0 - field.right, field.left - w.x1))
    return near.baseline


def _stands_alone(field: FormField, page: SourcePage) -> bool:
    """Whether no text beside or right above a field says what it is."""
    height = max(field.bottom - field.top, 8.0)
    for word in page.words:
        beside = field.top - 2 < word.baseline < field.bottom + 2
        above = 0 <= field.top - word.baseline < 1.2 * height
        near = word.x0 < field.right and word.x1 > field.left
        if beside or (above and near):
            return False
    return True


def _is_shown(field: FormField, page: SourcePage) -> bool:
    """Whether the text layer has words where the field is."""
    return any(
        field.left <= (word.x0 + word.x1) / 2 <= field.right
        and field.top <= (word.top + word.bottom) / 2 <= field.bottom
        for word in page.words
    )


def draw_bullets(page: SourcePage) -> None:
    """Write a bullet where a small shape stands before the first word of a line."""
    if not page.shapes or not 0 < len(page.words) <= MOST_WORDS:
        return
    words = sorted((w for w in page.words if not w.turn), key=lambda word: word.baseline)
    places = [word.baseline for word in words]
    largest = max((word.size for word in words), default=1.0)
    for shape in page.shapes[:MOST_SHAPES]:
        middle = (shape.top + shape.bottom) / 2
        near = words[bisect_left(places, middle - largest) : bisect_left(places, middle + largest)]
        if (first := _word_behind(shape, near)) is not None:
            page.words.append(_bullet(shape, first))


def _word_behind(shape: Shape, words: Sequence[Word]) -> Word | None:
    middle = (shape.top + shape.bottom) / 2
    row = [word for word in words if word.top <= middle <= word.bottom]
    if not row:
        return None
    after = min((w for w in row if w.x0 >= shape.right), key=lambda w: w.x0, default=None)
    before = max((w for w in row if w.x1 <= shape.left), key=lambda w: w.x1, default=None)
    behind = before if before and is_rtl([before]) else after
    if behind is None:
        return None
    least, most = (share * behind.size for share in BULLET_SIDE)
    width, height = shape.right - shape.left, shape.bottom - shape.top
    if not (least <= width <= most and least <= height <= most):
        return None
    if _gap(behind, shape) > BULLET_GAP * behind.size:
        return None
    # Nothing stands on its other side.
    other = after if behind is before else before
    return behind if other is None or _gap(other, shape) >= 1.5 * behind.size else None


def _gap(word: Word, shape: Shape) -> float:
    return max(word.x0 - shape.right, shape.left - word.x1)


def _bullet(shape: Shape, first: Word) -> Word:
    return replace(
        first,
        text="•",
        x0=shape.left,
        x1=shape.right,
        main_x1=shape.right,
        bold=False,
        italic=False,
        mono=False,
        scripts=[],
        gap=True,
    )
