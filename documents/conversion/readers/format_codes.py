"""The format codes of spreadsheets, taken apart: `#,##0.00;[Red]-0` as sections of tokens.

Source: ECMA-376 part 1, sections 18.8.30 and 18.8.31 (numFmt); what it leaves out is as Excel and
LibreOffice do it.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_CODE = 1000  # characters; Excel allows 255

# The codes of the numbers that stand for them. Those that change with the language of the system
# (14, 22, 27-36, 50-58) are given in the form that is the same everywhere.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd hh:mm",
    **dict.fromkeys((*range(27, 32), 34, 35, 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 55), "h:mm"), **dict.fromkeys((33, 56), "h:mm:ss"),
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
SYSTEM_DATE, SYSTEM_TIME = "yyyy-mm-dd", "hh:mm:ss"

TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | _(?P<room>.) | \*(?P<fill>.)
    | \[(?P<bracket>[^\]]*)\] | (?P<general>General) | (?P<ampm>AM/PM|A/P) | (?P<exponent>E[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|g+|b+) | (?P<digit>[0#?]) | (?P<point>\.) | (?P<comma>,)
    | (?P<percent>%) | (?P<slash>/) | (?P<at>@) | (?P<end>;) | (?P<other>.)
    """,
    re.X | re.I | re.S,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([-+]?[\d.]{1,30}(?:E[+-]?\d{1,3})?)", re.I)
HEXADECIMAL = re.compile(r"[0-9A-F]{3,8}")
TAGS = {"DE": 0x07, "EN": 0x09, "ES": 0x0A, "FR": 0x0C, "IT": 0x10, "NL": 0x13, "PT": 0x16}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


class Token(NamedTuple):
    """A piece of a code: `text` is its value for literals, else as it stands there.

    Kinds: text, digit, point, comma, percent, slash, exponent, at, general, date, elapsed, ampm.
    """

    kind: str
    text: str


@dataclass(slots=True)
class Section:
    """One of up to four parts of a code.

    `language` is a Windows language number, 0 for none; -1 and -2 say that the date or the time
    is in the way of the system.
    """

    tokens: list[Token] = field(default_factory=list)
    condition: tuple[str, float] | None = None
    language: int = 0

    @property
    def is_date(self) -> bool:
        return any(token.kind in {"date", "elapsed"} for token in self.tokens)

    @property
    def is_duration(self) -> bool:
        return any(token.kind == "elapsed" for token in self.tokens)

    @property
    def is_text(self) -> bool:
        return any(token.kind == "at" for token in self.tokens)

    def fits(self, value: float) -> bool:
        """Whether `value` meets the section's own condition."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        return COMPARE[sign](value, bound)


def sections(code: str) -> list[Section]:
    """The sections of `code`; one of nothing for an empty code."""
    found = [Section()]
    for match in TOKEN.finditer(code[:MAX_CODE]):
        kind = match.lastgroup or "other"
        if kind == "end":
            found.append(Section())
        elif kind == "bracket":
            _read_bracket(found[-1], match[kind])
        elif token := _token(kind, match[kind]):
            found[-1].tokens.append(token)
    return found[:4]


def _token(kind: str, text: str) -> Token | None:
    if kind in {"quoted", "escaped", "other"}:
        return Token("text", text)
    if kind == "room":  # as wide as that character
        return None
    if kind == "fill":  # that character, as often as there is room
        return Token("text", " ") if text == " " else None
    return Token(kind, text.lower() if kind == "date" else text)


def _read_bracket(section: Section, text: str) -> None:
    """Currency and language, a condition, a duration; colors and the rest say nothing here."""
    if text.startswith("$"):
        sign, _, language = text[1:].partition("-")
        if sign:
            section.tokens.append(Token("text", sign))
        _read_language(section, language)
    elif condition := CONDITION.fullmatch(text.strip()):
        try:
            section.condition = (condition[1], float(condition[2]))
        except ValueError:
            return
    elif text and text.lower().strip(text[0].lower()) == "" and text[0].lower() in "hms":
        section.tokens.append(Token("elapsed", text.lower()))


def _read_language(section: Section, language: str) -> None:
    """A Windows language number, a tag such as fr-FR, or that the system's own way is meant."""
    upper = language.upper()
    if upper in {"F800", "X-SYSDATE"}:
        section.language = -1
    elif upper in {"F400", "X-SYSTIME"}:
        section.language = -2
    elif HEXADECIMAL.fullmatch(upper):
        section.language = int(upper[-4:], 16)
    else:
        section.language = TAGS.get(upper.partition("-")[0], 0)
