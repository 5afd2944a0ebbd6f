"""Words from the letters of a page: where one ends, what is raised in it, how it is spelled."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from ..layout.page import Script, Word
from .pdf_frames import Frame
from .pdf_letters import Letter

# The least space that parts words in justified lines is a quarter of an em in most fonts, and
# letters that are kerned apart stay below a fifth.
WORD_GAP = 0.22  # em
BACK_JUMP = 1.2  # em; a letter drawn this far back is on another line or in another column
OTHER_LINE = 0.85  # em; raised and lowered letters are nearer, the closest lines of text farther
OTHER_LINE_SAME_SIZE = 0.25  # em; nothing that is raised has the size of what it is raised over
SAME_SIZE = 0.05  # of the larger
SCRIPT_SIZE = 0.86  # of the largest letter; seven tenths are usual
SCRIPT_SHIFT = 0.12  # em
OVERPRINT = 0.12  # em; bold made of letters drawn twice is never farther apart
ASCENT, DESCENT = 0.8, 0.22  # em; the boxes that fonts claim for themselves differ too much

SPACES = {0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200C)}
NOTHING = {0x2060, 0xFEFF, *range(1, 9), *range(0x0E, 0x20)} - {2}
LAM, ALEFS = 0x644, {0x622, 0x623, 0x625, 0x627}
HYPHENS = {0x02, 0xAD, 0xFFFE}  # what PDFium makes of hyphens at line ends
ACCENTS = dict(zip("`´^¨~¯ˆ˜ˇ˘˙˚¸", "\u0300\u0301\u0302\u0308\u0303\u0304\u0302\u0303\u030c\u0306"
    "\u0307\u030a\u0327", strict=True))  # fmt: skip


@dataclass(slots=True)
class _Growing:
    """The letters of a word so far, its largest, and its extent."""

    letters: list[Letter] = field(default_factory=list)
    largest: Letter | None = None
    x0: float = 0.0
    x1: float = 0.0
    main_x1: float = 0.0
    backward: bool = False
    doubled: int = 0


def words_of(letters: list[Letter], frame: Frame) -> list[Word]:
    """The words that the letters form, in the order of the letters, each of them once."""
    words = [_word(growing, gap, frame) for growing, gap in _grown(letters)]
    return _once([word for word in words if word.text and _is_on(word, frame)])


def _is_on(word: Word, frame: Frame) -> bool:
    """Whether a part of a word lies on its page; places may be no numbers at all in bad files."""
    return word.x1 > 0 and word.x0 < frame.width and word.bottom > 0 and word.top < frame.height


def _grown(letters: list[Letter]) -> Iterator[tuple[_Growing, bool]]:
    growing, gap = _Growing(), True
    for letter in letters:
        if letter.code in NOTHING:
            continue
        is_space = letter.code in SPACES
        if growing.letters and not is_space and _is_overprint(growing, letter):
            growing.doubled += 1
            continue
        if growing.letters and (is_space or _parts(growing, letter)):
            yield growing, gap
            gap = not _beside(growing, letter)
            growing = _Growing()
        if is_space:
            gap = True
        else:
            _add(growing, letter)
    if growing.letters:
        yield growing, gap


def _beside(growing: _Growing, letter: Letter) -> bool:
    """Whether a letter that begins a word touches the one before, as after a change of style."""
    last, size = growing.letters[-1], letter.style.size
    level = abs(letter.baseline - last.baseline) < SCRIPT_SHIFT * size
    return level and abs(letter.x0 - growing.x1) <= WORD_GAP * size


def _add(growing: _Growing, letter: Letter) -> None:
    if not growing.letters:
        growing.x0, growing.x1 = letter.x0, letter.x1
    growing.letters.append(letter)
    growing.x0 = min(growing.x0, letter.x0)
    growing.x1 = max(growing.x1, letter.x1)
    growing.backward = growing.backward or is_backward(letter.code)
    if growing.largest is None or letter.style.size > 1.001 * growing.largest.style.size:
        growing.largest = letter
    if letter.style.size >= SCRIPT_SIZE * growing.largest.style.size:
        growing.main_x1 = letter.x1


def is_backward(code: int) -> bool:
    """Whether a letter is written from right to left (Hebrew, Arabic and their neighbours)."""
    return 0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC


def _is_overprint(growing: _Growing, letter: Letter) -> bool:
    last = growing.letters[-1]
    return (
        last.code == letter.code
        and last.style is not letter.style  # within one object it is a ligature taken apart: ff
        and abs(letter.x0 - last.x0) <= OVERPRINT * letter.style.size
        and abs(letter.baseline - last.baseline) <= OVERPRINT * letter.style.size
        and abs(letter.style.size - last.style.size) <= SAME_SIZE * last.style.size
    )


def _parts(growing: _Growing, letter: Letter) -> bool:
    """Whether a letter begins another word than that of the letters before it."""
    largest, last = growing.largest, growing.letters[-1]
    assert largest is not None  # noqa: S101 (there is a letter)
    size = max(largest.style.size, letter.style.size)
    if letter.style.turn != last.style.turn:
        return True
    off = abs(letter.baseline - largest.baseline)
    alike = abs(letter.style.size - largest.style.size) <= SAME_SIZE * size
    if off > OTHER_LINE * size or (alike and off > OTHER_LINE_SAME_SIZE * size):
        return True
    if growing.backward or is_backward(letter.code):
        return max(letter.x0 - growing.x1, growing.x0 - letter.x1) > WORD_GAP * size
    if letter.x0 - growing.x1 > WORD_GAP * size:
        return True
    if letter.x0 < last.x1 - BACK_JUMP * size:
        # Below what was raised before it, as far as that goes.
        small = letter.style.size < SCRIPT_SIZE * size and off > SCRIPT_SHIFT * size
        return not small or letter.x0 < growing.main_x1 - OVERPRINT * size
    # Text never steps back before the letter it just wrote, unless it is written once more.
    back = last.x0 - letter.x0 > OVERPRINT * size
    return alike and back and chr(last.code) not in ACCENTS


def _word(growing: _Growing, gap: bool, frame: Frame) -> Word:
    largest = growing.largest
    assert largest is not None  # noqa: S101 (there is a letter)
    style, baseline, size = largest.style, largest.baseline, largest.style.size
    ordered = _in_reading_order(growing.letters) if growing.backward else growing.letters
    ordered = _indices_first(ordered, baseline, size)
    text, scripts = _spelled(ordered, baseline, size)
    main = [at.x1 for at in growing.letters if not _shift(at, baseline, size)]
    x0, x1, top, bottom = (
        growing.x0,
        growing.x1,
        baseline - ASCENT * size,
        baseline + DESCENT * size,
    )
    if style.turn:
        corners = [(x0, top), (x1, top), (x0, bottom), (x1, bottom)]
        x0, top, x1, bottom = frame.back(style.turn).box(corners)
    return Word(
        text=text,
        x0=x0,
        x1=x1,
        baseline=baseline,
        size=size,
        top=top,
        bottom=bottom,
        main_x1=max(main),
        bold=style.bold or growing.doubled * 2 > len(growing.letters),
        italic=style.italic,
        mono=style.font.mono,
        font=style.font.name,
        colour=style.colour,
        mcid=style.mcid,
        turn=style.turn,
        scripts=scripts,
        gap=gap,
    )


def _indices_first(letters: list[Letter], baseline: float, size: float) -> list[Letter]:
    """Letters with what is lowered after a letter before what is raised over the same place.

    It is a variable with its index, to some power. After a number they are its tolerances.
    """
    shifts = [_shift(letter, baseline, size) for letter in letters]
    if 1 not in shifts or -1 not in shifts:
        return letters
    runs = [
        (shift, [letter for _, letter in run])
        for shift, run in groupby(zip(shifts, letters, strict=True), key=lambda pair: pair[0])
    ]
    for at in range(1, len(runs) - 1):
        (_, before), (first, raised), (second, lowered) = runs[at - 1 : at + 2]
        stacked = lowered[0].x0 < raised[-1].x1 - OVERPRINT * size
        if (first, second) == (1, -1) and stacked and chr(before[-1].code).isalpha():
            runs[at : at + 2] = [runs[at + 1], runs[at]]
    return [letter for _, run in runs for letter in run]


def _shift(letter: Letter, baseline: float, size: float) -> int:
    """1 if a letter is raised, -1 if it is lowered, 0 if it is neither."""
    above = baseline - letter.baseline
    if letter.style.size >= SCRIPT_SIZE * size and abs(above) <= OTHER_LINE_SAME_SIZE * size:
        return 0
    if abs(above) <= SCRIPT_SHIFT * size:
        return 0
    return 1 if above > 0 else -1


def _spelled(letters: list[Letter], baseline: float, size: float) -> tuple[str, list[Script]]:
    """The text of letters in reading order, and what is raised or lowered in it."""
    text = ""
    scripts: list[Script] = []
    for piece, letter in _pieces(letters):
        shift = _shift(letter, baseline, size)
        start, text = len(text), text + piece
        if not shift or not piece:
            continue
        if scripts and scripts[-1].end == start and scripts[-1].raised == (shift > 0):
            scripts[-1].end = len(text)
        else:
            scripts.append(Script(start, len(text), shift > 0))
    if any(script.end - script.start == len(text) for script in scripts):
        scripts = []  # all of it: there is nothing that it is raised over
    return text, scripts


def _pieces(letters: list[Letter]) -> Iterator[tuple[str, Letter]]:
    """Letters as text: surrogates joined, accents put onto the letters below them."""
    index = 0
    while index < len(letters):
        letter = letters[index]
        after = letters[index + 1] if index + 1 < len(letters) else None
        index += 1
        if 0xD800 <= letter.code < 0xDC00 and after and 0xDC00 <= after.code < 0xE000:
            code = 0x10000 + ((letter.code - 0xD800) << 10) + after.code - 0xDC00
            yield _text(code), letter
            index += 1
        elif after and (together := _accented(letter, after)):
            yield together, letter
            index += 1
        else:
            yield _text(letter.code), letter


def _accented(first: Letter, second: Letter) -> str:
    """Two letters as one if one of them is an accent drawn over the other, or nothing."""
    for accent, letter in ((first, second), (second, first)):
        mark = ACCENTS.get(chr(accent.code)) if accent.code < 0x300 else None
        middle = (accent.x0 + accent.x1) / 2
        if mark and chr(letter.code).isalpha() and letter.x0 < middle < letter.x1:
            return unicodedata.normalize("NFC", chr(letter.code) + mark)
    return ""


def _text(code: int) -> str:
    if code in HYPHENS:
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000:
        return "\ufffd"  # a letter is there; what it is, the file does not say
    # The letters of mathematical alphabets are the usual ones in another style.
    if 0x1D400 <= code < 0x1D800 or code == 0xB5:
        return unicodedata.normalize("NFKC", chr(code))
    return chr(code) if code < 0x110000 else "\ufffd"


def _in_reading_order(letters: list[Letter]) -> list[Letter]:
    """Letters of a word written from right to left: by place, since producers store any order.

    Numbers and Latin letters in it keep their direction. What shares one glyph stays together.
    """
    glyphs: list[list[Letter]] = []
    for letter in letters:
        if glyphs and glyphs[-1][0].x0 == letter.x0 and glyphs[-1][0].x1 == letter.x1:
            glyphs[-1].append(letter)
        else:
            glyphs.append([letter])
    for glyph in glyphs:
        # The glyph of lam and alef; PDFium may name the alef first, which no glyph begins with.
        if len(glyph) == 2 and glyph[1].code == LAM and glyph[0].code in ALEFS:
            glyph.reverse()
    glyphs.sort(key=lambda glyph: -glyph[0].x0 - glyph[0].x1)
    forward = [_is_forward(glyph[0].code) for glyph in glyphs]
    for at in range(1, len(glyphs) - 1):  # the point of 2.5, the slash of 24/7
        if chr(glyphs[at][0].code) in ".,:/" and forward[at - 1]:
            forward[at] = forward[at + 1]
    ordered: list[list[Letter]] = []
    for is_forward, run in groupby(zip(forward, glyphs, strict=True), key=lambda pair: pair[0]):
        found = [glyph for _, glyph in run]
        ordered += reversed(found) if is_forward else found
    return [letter for glyph in ordered for letter in glyph]


def _is_forward(code: int) -> bool:
    """Whether a letter keeps its direction among those written from right to left."""
    return 0x660 <= code < 0x66A or (not is_backward(code) and chr(code).isalnum())


def _once(words: list[Word]) -> list[Word]:
    """Words without those that are drawn a second time in (nearly) the same place.

    Shadows, bold made by drawing twice, and the unseen text over a recognized page do so.
    """
    kept: list[Word] = []
    places: dict[tuple[str, int, int], Word] = {}
    for word in words:
        reach = max(1.0, OVERPRINT * word.size)
        column, row = int(word.x0 // reach), int(word.top // reach)
        near = (
            places.get((word.text, x, y))
            for x in (column, column - 1, column + 1)
            for y in (row, row - 1, row + 1)
        )
        first = next((other for other in near if other and other.turn == word.turn), None)
        if first is None:
            places[word.text, column, row] = word
            kept.append(word)
        else:
            first.bold = first.bold or abs(first.x0 - word.x0) > 0.01
    return kept
