"""Values as a spreadsheet shows them: a format code becomes a function from number to text.

The decimal sign is the point and thousands are parted by commas, as the code itself writes them;
a file does not say which signs the system of its reader would put there.
"""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from .date_formats import date_formatter
from .format_codes import Section, Token, sections

Formatter = Callable[[float], str]

# Digits that a spreadsheet computes with; what lies behind them is noise of binary numbers.
DIGITS = 15
LONGEST_INTEGER = 1e21  # above, an exponent says more than digits nobody counts
EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
MAX_DENOMINATOR_DIGITS = 7


def general(value: float) -> str:
    """A number without a format, with all of its 15 digits; whole numbers without exponent."""
    if value == int(value) if math.isfinite(value) else False:
        return str(int(value)) if abs(value) < 1e15 else _long(value)
    text = f"{value:.{DIGITS}g}"
    if "e" in text and 1e-10 <= abs(value) < LONGEST_INTEGER:
        return f"{Decimal(text):f}"
    return text.replace("e", "E")


def _long(value: float) -> str:
    # The digits behind the 15th are no more than what binary numbers make of them.
    if abs(value) < LONGEST_INTEGER:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return f"{value:.{DIGITS}g}".replace("e", "E")


@lru_cache(maxsize=4096)
def formatter(code: str, *, is_1904: bool = False) -> Formatter:
    """The function that shows a number by `code`; `is_1904`: days count from 1904."""
    if code.strip().lower() in {"", "general", "@"}:
        return general
    parts = sections(code)
    numeric = parts[:3] if len(parts) < 2 or not parts[-1].is_text else parts[:-1][:3]
    shown = [_section_formatter(part, is_1904=is_1904) for part in numeric]
    if len(shown) == 1 and numeric[0].is_date and not numeric[0].is_duration:
        return shown[0]  # no date is negative
    if any(part.condition for part in numeric):
        return _conditional(numeric, shown)
    return _by_sign(shown)


@lru_cache(maxsize=4096)
def text_formatter(code: str) -> Callable[[str], str] | None:
    """The function that shows a text by `code`; None if it is shown as it is."""
    if "@" not in code and code.count(";") < 3:
        return None
    parts = sections(code)
    part = parts[-1]
    if len(parts) == 4 and not part.is_text:
        fixed = _literals(part.tokens)
        return lambda text: fixed
    if not part.is_text or all(token.kind == "at" for token in part.tokens):
        return None
    at = next(place for place, token in enumerate(part.tokens) if token.kind == "at")
    before, after = _literals(part.tokens[:at]), _literals(part.tokens[at + 1 :])
    return lambda text: (before + text + after).strip()


def _literals(tokens: list[Token]) -> str:
    return "".join(token.text for token in tokens if token.kind not in {"at", "digit"})


def _by_sign(shown: list[Formatter]) -> Formatter:
    """Sections for positive, negative and zero; what a second one shows has no sign of its own."""
    first = shown[0]
    if len(shown) == 1:
        return lambda value: first(value) if value >= 0 else _signed(first, value)
    negative = shown[1]
    zero = shown[2] if len(shown) > 2 else first

    def by_sign(value: float) -> str:
        if value > 0:
            return first(value)
        return negative(-value) if value < 0 else zero(value)

    return by_sign


def _signed(show: Formatter, value: float) -> str:
    return "-" + show(-value)


def _conditional(parts: list[Section], shown: list[Formatter]) -> Formatter:
    def by_condition(value: float) -> str:
        for part, show in zip(parts, shown, strict=True):
            if part.fits(value):
                is_negative = part.condition is not None and part.condition[0] in {"<", "<="}
                if value >= 0 or (is_negative and part.condition and part.condition[1] <= 0):
                    return show(abs(value))
                return _signed(show, value)
        return general(value)

    return by_condition


def _section_formatter(part: Section, *, is_1904: bool) -> Formatter:
    if part.is_date or part.language < 0:
        return date_formatter(part, is_1904=is_1904, otherwise=general)
    if part.is_text:
        return general
    kinds = [token.kind for token in part.tokens]
    if "general" in kinds:
        place = kinds.index("general")
        before, after = _literals(part.tokens[:place]), _literals(part.tokens[place + 1 :])
        return lambda value: (before + general(value) + after).strip()
    if "slash" in kinds and (fraction := _fraction(part.tokens, kinds.index("slash"))):
        return fraction
    return _number(part.tokens)


# --- numbers --------------------------------------------------------------------------------------


def fixed(value: float, places: int) -> str:
    """`value` (not negative) with so many decimals, halves rounded up as spreadsheets do."""
    scaled = value * 10.0**places if places < 300 else math.inf
    if scaled < 1e9 and abs(scaled - math.floor(scaled) - 0.5) > 1e-5:
        return f"{value:.{places}f}"
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(f"{value:.{DIGITS}g}")
    return f"{exact.quantize(Decimal(1).scaleb(-places), context=EXACT):f}"


class _Pattern:
    """What a number section says: literals around and between the digits, and how many of them."""

    def __init__(self, tokens: list[Token]) -> None:
        self.areas: dict[str, str] = {"whole": "", "decimals": "", "exponent": ""}
        self.exponent_sign = ""
        self.pieces: list[tuple[str, str]] = []  # (area, digit) or ("text", literal)
        self.has_groups = False
        self.power = 0  # of ten, by which the value is multiplied
        area = "whole"
        for place, token in enumerate(tokens):
            if token.kind == "digit":
                self.areas[area] += token.text
                self.pieces.append((area, token.text))
            elif token.kind == "comma" and self._read_comma(tokens, place, area):
                continue
            elif token.kind == "point" and area == "whole":
                area = "decimals"
            elif token.kind == "exponent" and area != "exponent":
                self.exponent_sign, area = token.text, "exponent"
            else:
                self.power += 2 * (token.kind == "percent")
                self.pieces.append(("text", token.text))

    def _read_comma(self, tokens: list[Token], place: int, area: str) -> bool:
        """A comma among digits parts thousands, one behind them divides by a thousand."""
        if not self.areas["whole"] or area == "exponent":
            return False
        rest = tokens[place + 1 :]
        following = next((t.kind for t in rest if t.kind not in {"comma", "text"}), "")
        if area == "whole" and following == "digit":
            self.has_groups = True
        else:
            self.power -= 3
        return True

    @property
    def digits(self) -> int:
        return sum(len(digits) for digits in self.areas.values())


def _number(tokens: list[Token]) -> Formatter:
    pattern = _Pattern(tokens)
    if not pattern.digits:
        fixed_text = _literals(tokens).strip()
        return lambda value: fixed_text
    if pattern.exponent_sign:
        return _scientific(pattern)
    if quick := _quick(pattern):
        return quick
    factor = 10.0**pattern.power
    places = len(pattern.areas["decimals"])

    def show(value: float) -> str:
        whole, _, decimals = fixed(value * factor, places).partition(".")
        return _filled(pattern, whole, decimals)

    return show


def _quick(pattern: _Pattern) -> Formatter | None:
    """For what most cells have: digits all in one place, and no optional decimals."""
    areas = [area for area, _ in pattern.pieces]
    first = next(place for place, area in enumerate(areas) if area != "text")
    last = len(areas) - next(p for p, area in enumerate(reversed(areas)) if area != "text")
    if "text" in areas[first:last] or set(pattern.areas["decimals"]) - {"0"}:
        return None
    if "0" not in pattern.areas["whole"]:
        return None
    shortest = len(pattern.areas["whole"]) - pattern.areas["whole"].index("0")
    before = "".join(text for _, text in pattern.pieces[:first]).lstrip()
    after = "".join(text for _, text in pattern.pieces[last:]).rstrip()
    factor, places = 10.0**pattern.power, len(pattern.areas["decimals"])
    has_groups = pattern.has_groups
    width = shortest + (places + 1 if places else 0)

    def show(value: float) -> str:
        text = fixed(value * factor, places)
        if has_groups:
            text = _grouped(text)
        elif len(text) < width:
            text = text.zfill(width)
        return before + text + after

    return show


def _grouped(text: str) -> str:
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole.isdecimal() else text


def _filled(pattern: _Pattern, whole: str, decimals: str, exponent: str = "") -> str:
    """The digits in their places, from the point to both sides; the first place takes the rest."""
    wanted = pattern.areas["whole"]
    shortest = len(wanted) - wanted.index("0") if "0" in wanted else 0
    digits = _spread(whole.lstrip("0").zfill(shortest), has_groups=pattern.has_groups)
    kept = _kept_decimals(pattern.areas["decimals"], decimals)
    spare = len(digits) - len(wanted)
    whole_place = decimal_place = 0
    said: list[str] = []
    for area, text in pattern.pieces:
        if area == "text":
            said.append(text)
        elif area == "whole":
            start, end = spare + whole_place, spare + whole_place + 1
            said += digits[max(start, 0) * (whole_place > 0) : max(end, 0)]
            whole_place += 1
        elif area == "decimals":
            if decimal_place == 0:
                said += [*([] if wanted else digits), "." * bool(kept)]
            said.append(kept[decimal_place : decimal_place + 1])
            decimal_place += 1
        else:
            said.append(exponent)
            exponent = ""
    return "".join(said).strip()


def _spread(digits: str, *, has_groups: bool) -> list[str]:
    """Each digit, with the comma that stands behind it."""
    if not has_groups:
        return list(digits)
    last = len(digits) - 1
    return [d + "," * (p < last and (last - p) % 3 == 0) for p, d in enumerate(digits)]


def _kept_decimals(wanted: str, decimals: str) -> str:
    """`decimals` without the zeros at their end that `wanted` does not ask for."""
    needed = wanted.rfind("0") + 1
    return decimals[:needed] + decimals[needed:].rstrip("0")


def _scientific(pattern: _Pattern) -> Formatter:
    step = max(len(pattern.areas["whole"]), 1)
    places = len(pattern.areas["decimals"])
    width = len(pattern.areas["exponent"])

    def show(value: float) -> str:
        exponent = 0
        if value and math.isfinite(value):
            exponent = math.floor(math.log10(value))
            exponent -= exponent % step if step > 1 else 0
        # Twice: rounded, 9.99 may be 10.
        for _ in range(2):
            mantissa = fixed(float(Decimal(repr(value)).scaleb(-exponent)), places)
            if float(mantissa) < 10**step:
                break
            exponent += step
        whole, _, decimals = mantissa.partition(".")
        sign = "-" if exponent < 0 else "+" * (pattern.exponent_sign[1] == "+")
        return _filled(pattern, whole, decimals, f"E{sign}{abs(exponent):0{width}d}")

    return show


# --- fractions ------------------------------------------------------------------------------------


def _fraction(tokens: list[Token], slash: int) -> Formatter | None:
    """`# ?/?` and its like: a whole part if the code has one, then the nearest fraction."""
    start, end = slash, slash + 1
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdecimal()):
        end += 1
    below = "".join(token.text for token in tokens[slash + 1 : end])[:MAX_DENOMINATOR_DIGITS]
    if start == slash or not below:
        return None
    has_whole = any(token.kind == "digit" for token in tokens[:start])
    before, after = _literals(tokens[:start]).strip(), _literals(tokens[end:]).rstrip()

    def show(value: float) -> str:
        if not math.isfinite(value):
            return general(value)
        whole = math.floor(value) if has_whole else 0
        top, bottom = _nearest(value - whole, below)
        if has_whole and top == bottom:
            whole, top = whole + 1, 0
        if has_whole and not top:
            return f"{before}{whole}{after}"
        return f"{before}{f'{whole} ' if whole else ''}{top}/{bottom}{after}"

    return show


def _nearest(value: float, below: str) -> tuple[int, int]:
    """The fraction nearest to `value`, with the denominator or the places for one in `below`."""
    if below.strip("0#?"):
        denominator = int(below.translate(str.maketrans("#?", "00")))
        return math.floor(value * denominator + 0.5), denominator
    return Fraction(value).limit_denominator(10 ** len(below) - 1).as_integer_ratio()
