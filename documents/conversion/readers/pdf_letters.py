"""The letters of a PDF page, as PDFium's text page gives them, with the style of each."""

import ctypes
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pypdfium2 import raw

from .pdf_frames import UNMOVED, Frame, Matrix

SUBSET = re.compile(r"[A-Z]{6}\+")  # before the name of a font of which only some letters are there
MOST_LETTERS = 400_000  # on one page; a dense one of a newspaper has 30,000
UPRIGHT_WITHIN = 6  # degrees; scans and hand-set lines are seldom quite level
SMALLEST = 0.1  # points; a size of nothing would make all gaps endless

BOLD_NAME = re.compile(r"bold|black|heavy|demi|medi$|(?:cm|sf|ec)(?:b|ssb)x?\d|[-,]bd?(?:i|it)?$")
ITALIC_NAME = re.compile(r"ital|obli|slant|(?:cm|sf|ec)(?:ti|sl|ssi)\d|[-,](?:bd?)?it?$")
REGULAR_NAME = re.compile(r"regular|light|book|thin|roman$")
BOLD_WEIGHT = 700  # PDFium makes it of the width of the stems, which is no more than a hint
SLANTED = 64  # flag of the font descriptor (PDF 32000-1, table 123)
FORCED_BOLD = 1 << 18
FILLED_AND_STROKED = 2  # mode of text rendering that makes bold of a regular font
UNSEEN = 3
NARROW, WIDE = set("ijlrtfI1.,:;'!|()[]"), set("mwMWmGOQCDNH@%")
DIGITS = frozenset(range(0x30, 0x3A))
SCRIPT_HEIGHT = (
    0.52  # em; the digits of the text are at least this high, in old style 1, 2 and 0 too
)
SCRIPT_SIZE = 0.65
IMPLIED_GAP = 0.15  # em; with less between two letters a space of PDFium's making is not believed
FEW_LETTERS = 3
EQUAL_WITHIN = 0.02  # of the widest


@dataclass(slots=True)
class Font:
    """What is asked once for each font; `widths` of its ASCII letters, in em, as they were seen."""

    name: str
    bold: bool
    italic: bool
    mono: bool = False
    widths: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Style:
    """What the letters of one text object share. `size` is their em on the page."""

    font: Font
    size: float
    turn: int
    matrix: Matrix  # from user space to the page turned so that they are upright
    bold: bool
    italic: bool
    colour: int
    mcid: int | None
    seen: bool


class Letter(NamedTuple):
    """One character; places are those of the page turned so that it is upright."""

    code: int
    x0: float
    x1: float
    baseline: float
    style: Style


def _function(function: Any, result: Any, *arguments: Any) -> Any:
    """The same C function with plain numbers for its pointers, which is faster to call."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_ADDRESS, _INT = ctypes.c_void_p, ctypes.c_int
_text_object = _function(raw.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
_unicode = _function(raw.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
_loose_box = _function(raw.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
_char_box = _function(raw.FPDFText_GetCharBox, _INT, _ADDRESS, _INT, *[_ADDRESS] * 4)
_origin = _function(raw.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)


def letters(page: Any, frame: Frame) -> list[Letter]:
    """The characters of a page in the order of PDFium, without those that it makes up."""
    text_page = page.get_textpage()
    try:
        return _letters(text_page, frame)
    finally:
        text_page.close()


def _letters(text_page: Any, frame: Frame) -> list[Letter]:
    handle = ctypes.cast(text_page.raw, _ADDRESS).value
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    box_at, x_at, y_at = (ctypes.addressof(thing) for thing in (box, x, y))
    styles = _Styles(text_page, frame)
    shift_of = _script_finder(handle)
    found: list[Letter] = []
    add = found.append
    before = bottom = None
    implied = False
    style: Style = _NO_STYLE
    count = min(raw.FPDFText_CountChars(text_page), MOST_LETTERS)
    for index in range(count):
        owner = _text_object(handle, index)
        if not owner:  # a space or a line end that PDFium thinks should be there
            implied = True
            continue
        if owner != before:
            before, bottom = owner, None
            style = styles.of(owner, index)
            widths = style.font.widths
            a, b, c, d, e, f = style.matrix
            size = style.size
            script = shift_of(index, style)
        _loose_box(handle, index, box_at)
        if box.bottom != bottom or style.turn:  # the letters of an object stand on one line
            bottom = box.bottom
            _origin(handle, index, x_at, y_at)
            baseline = b * x.value + d * y.value + f
        code = _unicode(handle, index)
        x0 = a * box.left + c * box.bottom + e
        x1 = a * box.right + c * box.top + e
        if x1 < x0:
            x0, x1 = x1, x0
        if implied and _is_apart(found, x0, x1, size):
            add(Letter(0x20, x0, x0, baseline, style))
        implied = False
        if script and code in DIGITS:
            add(Letter(code, x0, x1, baseline - script * size, styles.small(style)))
        else:
            add(Letter(code, x0, x1, baseline, style))
        widths[code] = (x1 - x0) / size
    styles.find_mono()
    return found


def _script_finder(handle: Any) -> Callable[[int, Style], float]:
    """What tells how far the digits of a text object are raised, in em, by the font itself.

    Fonts have digits that are drawn small and raised or lowered (OpenType features sups and subs)
    at the size and on the baseline of the text. A program sets them as an object of their own.
    """
    corners, y = (ctypes.c_double * 4)(), ctypes.c_double()
    at, y_at = ctypes.addressof(corners), ctypes.addressof(y)

    def shift_of(index: int, style: Style) -> float:
        if _unicode(handle, index) not in DIGITS or style.turn:
            return 0.0
        _char_box(handle, index, *(at + 8 * place for place in range(4)))
        _, _, bottom, top = corners
        _origin(handle, index, at, y_at)
        scale = abs(style.matrix[3]) / style.size
        height, above = (top - bottom) * scale, (bottom - y.value) * scale
        is_small = 0.2 < height < SCRIPT_HEIGHT
        return above if is_small and not -0.06 <= above <= 0.2 else 0.0

    return shift_of


def _is_apart(found: list[Letter], x0: float, x1: float, size: float) -> bool:
    """Whether a letter is so far from the last one that a space of PDFium's making is believed."""
    if not found:
        return False
    last = found[-1]
    return IMPLIED_GAP * size < max(x0 - last.x1, last.x0 - x1) < size


_NO_STYLE = Style(Font("", False, False), 1, 0, UNMOVED, False, False, 0, None, True)


class _Styles:
    """Asks PDFium for the style of text objects, and once for each font."""

    def __init__(self, text_page: Any, frame: Frame) -> None:
        self.text_page = text_page
        self.frame = frame
        self.fonts: dict[int, Font] = {}
        self.matrices: dict[int, Matrix] = {}
        self.smaller: dict[int, Style] = {}
        self.matrix = raw.FS_MATRIX()
        self.colour = [ctypes.c_uint() for _ in range(4)]

    def find_mono(self) -> None:
        """Say of each font whether its narrow and wide letters are as wide as each other.

        A few lines of code may have no wide ones; then some others have to do. Digits and signs
        have one width in many fonts.
        """
        for font in self.fonts.values():
            seen = {chr(code): width for code, width in font.widths.items() if 33 <= code < 127}
            widths = seen.values()
            letters = {sign for sign in seen if sign.isalpha()}
            has_others = len(letters - NARROW) >= FEW_LETTERS and letters & NARROW
            if has_others or (NARROW & seen.keys() and WIDE & seen.keys()):
                font.mono = max(widths) - min(widths) <= EQUAL_WITHIN * max(widths)

    def small(self, style: Style) -> Style:
        """The style of digits that the font draws as raised or lowered ones."""
        if id(style) not in self.smaller:
            self.smaller[id(style)] = replace(style, size=SCRIPT_SIZE * style.size)
        return self.smaller[id(style)]

    def of(self, address: int, index: int) -> Style:
        owner = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
        font = self._font(owner)
        matrix = self.matrix
        raw.FPDFText_GetMatrix(self.text_page, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or math.hypot(matrix.a, matrix.b)
        size = max(SMALLEST, abs(raw.FPDFText_GetFontSize(self.text_page, index)) * scale)
        turn = self._turn(matrix.a, matrix.b)
        mode = raw.FPDFTextObj_GetTextRenderMode(owner)
        mcid = raw.FPDFPageObj_GetMarkedContentID(owner)
        return Style(
            font=font,
            size=size,
            turn=turn,
            matrix=self._reading(turn),
            bold=font.bold or mode == FILLED_AND_STROKED,
            # A matrix that slants: the up direction leans against the one to the right.
            italic=font.italic or abs(matrix.a * matrix.c + matrix.b * matrix.d) > 0.1 * scale**2,
            colour=self._fill(owner),
            mcid=mcid if mcid >= 0 else None,
            seen=mode != UNSEEN,
        )

    def _turn(self, a: float, b: float) -> int:
        to_page = self.frame.to_page
        right, down = to_page.a * a + to_page.c * b, to_page.b * a + to_page.d * b
        if not math.isfinite(right + down):
            return 0
        degrees = math.degrees(math.atan2(down, right)) % 360
        straight = round(degrees / 90) * 90
        return (straight if abs(degrees - straight) <= UPRIGHT_WITHIN else round(degrees)) % 360

    def _reading(self, turn: int) -> Matrix:
        if turn not in self.matrices:
            self.matrices[turn] = self.frame.reading(turn)
        return self.matrices[turn]

    def _fill(self, owner: Any) -> int:
        red, green, blue, alpha = self.colour
        if not raw.FPDFPageObj_GetFillColor(owner, red, green, blue, alpha):
            return 0
        return red.value << 16 | green.value << 8 | blue.value

    def _font(self, owner: Any) -> Font:
        handle = raw.FPDFTextObj_GetFont(owner)
        address = ctypes.cast(handle, _ADDRESS).value or 0
        if address not in self.fonts:
            self.fonts[address] = _font(handle) if address else Font("", bold=False, italic=False)
        return self.fonts[address]


def _font(handle: Any) -> Font:
    name = _name(handle)
    flags = max(0, raw.FPDFFont_GetFlags(handle))
    lower = name.lower()
    heavy = raw.FPDFFont_GetWeight(handle) >= BOLD_WEIGHT and not REGULAR_NAME.search(lower)
    return Font(
        name=name,
        bold=bool(BOLD_NAME.search(lower) or flags & FORCED_BOLD or heavy),
        italic=bool(ITALIC_NAME.search(lower) or flags & SLANTED),
    )


def _name(handle: Any) -> str:
    """The name of a font without the six letters that mark a part of it (PDF 32000-1, 9.6.4)."""
    buffer = ctypes.create_string_buffer(128)
    length = raw.FPDFFont_GetBaseFontName(handle, buffer, 128)
    if not 0 < length <= 128:
        return ""
    name = buffer.value.decode("utf-8", "replace")
    return name[7:] if SUBSET.match(name) else name
