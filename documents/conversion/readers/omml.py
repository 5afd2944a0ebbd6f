"""Formulas of Office files (Office Math Markup Language, ECMA-376 part 1, 22.1) as LaTeX."""

from lxml import etree

from .elements import name_of
from .latex_symbols import ACCENTS, FUNCTIONS, letters, tidy

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MAX_DEPTH = 60  # formulas in formulas; what lies deeper is taken as text
BRACKETS = {
    "{": r"\{", "}": r"\}", "⟨": r"\langle ", "⟩": r"\rangle ", "‖": r"\Vert ", "": ".",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ",
}  # fmt: skip
WORD_FONTS = {"p": r"\mathrm", "b": r"\mathbf"}
SCRIPTS = {"double-struck": r"\mathbb", "fraktur": r"\mathfrak", "script": r"\mathcal",
           "sans-serif": r"\mathsf", "monospace": r"\mathtt"}  # fmt: skip


def to_latex(element: etree._Element) -> str:
    """An `m:oMath` (or any part of one) as LaTeX, without dollar signs."""
    return tidy(_inside(element, 0))


def _inside(element: etree._Element | None, depth: int) -> str:
    """What the children of `element` say, one after the other."""
    if element is None:
        return ""
    if depth > MAX_DEPTH:
        return letters("".join(map(str, element.itertext())))
    return "".join(_node(child, depth + 1) for child in element)


def _node(element: etree._Element, depth: int) -> str:
    name = name_of(element)
    if not name:
        return ""
    write = WRITERS.get(name)
    if write is not None:
        return write(element, depth)
    return "" if name.endswith("Pr") or name in {"del", "moveFrom"} else _inside(element, depth)


def _argument(element: etree._Element, name: str, depth: int) -> str:
    return _inside(element.find(MATH + name), depth).strip()


def _property(element: etree._Element, name: str) -> str | None:
    """The value of a property in the element's own `...Pr`; None if it is not given."""
    kind = name_of(element)
    found = element.find(f"{MATH}{kind}Pr/{MATH}{name}")
    return None if found is None else found.get(f"{MATH}val", "")


def _run(element: etree._Element, depth: int) -> str:
    text = "".join(part.text or "" for part in element.iter(MATH + "t"))
    look = element.find(MATH + "rPr")
    if look is not None and look.find(MATH + "nor") is not None:
        words = text.replace("{", "").replace("}", "").replace("\\", "").replace("$", "")
        return f"\\text{{{words}}}"
    latex = letters(text)
    if look is None or not text.strip():
        return latex
    style, script = look.find(MATH + "sty"), look.find(MATH + "scr")
    command = SCRIPTS.get(script.get(f"{MATH}val", "")) if script is not None else None
    if command is None and style is not None:
        command = WORD_FONTS.get(style.get(f"{MATH}val", ""))
    is_word = sum(char.isalpha() for char in text) > (command == r"\mathrm")
    return f"{command}{{{latex.strip()}}}" if command and is_word else latex


def _fraction(element: etree._Element, depth: int) -> str:
    above, below = _argument(element, "num", depth), _argument(element, "den", depth)
    kind = _property(element, "type")
    if kind in {"lin", "skw"}:
        return f"{above}/{below}"
    return f"\\binom{{{above}}}{{{below}}}" if kind == "noBar" else f"\\frac{{{above}}}{{{below}}}"


def _root(element: etree._Element, depth: int) -> str:
    degree, inner = _argument(element, "deg", depth), _argument(element, "e", depth)
    return f"\\sqrt[{degree}]{{{inner}}}" if degree else f"\\sqrt{{{inner}}}"


def _scripts(element: etree._Element, depth: int) -> str:
    base = _argument(element, "e", depth)
    return base + _limits(element, depth)


def _limits(element: etree._Element, depth: int) -> str:
    below, above = _argument(element, "sub", depth), _argument(element, "sup", depth)
    return (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _scripts_before(element: etree._Element, depth: int) -> str:
    return "{}" + _limits(element, depth) + _argument(element, "e", depth)


def _sum(element: etree._Element, depth: int) -> str:
    sign = _property(element, "chr")
    operator = letters("∫" if sign is None else sign).strip()
    return f"{operator}{_limits(element, depth)} {_argument(element, 'e', depth)}"


def _brackets(element: etree._Element, depth: int) -> str:
    signs = [_property(element, name) for name in ("begChr", "sepChr", "endChr")]
    left, middle, right = (
        usual if sign is None else sign for sign, usual in zip(signs, "(|)", strict=True)
    )
    parts = [_inside(part, depth).strip() for part in element.findall(MATH + "e")]
    inner = f" {letters(middle).strip()} ".join(parts)
    if {left, right} <= {"(", ")", "[", "]", "|"} and "\\" not in inner:
        return f"{left}{inner}{right}"
    return f"\\left{BRACKETS.get(left, left)}{inner}\\right{BRACKETS.get(right, right)}"


def _matrix(element: etree._Element, depth: int) -> str:
    rows = [
        " & ".join(_inside(cell, depth).strip() for cell in row.findall(MATH + "e"))
        for row in element.findall(MATH + "mr")
    ]
    return "\\begin{matrix}" + " \\\\ ".join(rows) + "\\end{matrix}"


def _equations(element: etree._Element, depth: int) -> str:
    rows = [_inside(row, depth).strip() for row in element.findall(MATH + "e")]
    return "\\begin{aligned}" + " \\\\ ".join(rows) + "\\end{aligned}"


def _function(element: etree._Element, depth: int) -> str:
    name = _argument(element, "fName", depth)
    bare = name.removeprefix("\\mathrm{").removesuffix("}") if name.count("{") == 1 else name
    word, _, rest = bare.partition("_") if "_" in bare else (bare, "", "")
    if word.strip() in FUNCTIONS:
        name = f"\\{word.strip()}" + (f"_{rest}" if rest else "")
    return f"{name} {_argument(element, 'e', depth)}"


def _below(element: etree._Element, depth: int) -> str:
    base, limit = _argument(element, "e", depth), _argument(element, "lim", depth)
    if base.removeprefix("\\mathrm{").removesuffix("}") in FUNCTIONS:
        return f"{base}_{{{limit}}}"
    return f"\\underset{{{limit}}}{{{base}}}"


def _above(element: etree._Element, depth: int) -> str:
    return f"\\overset{{{_argument(element, 'lim', depth)}}}{{{_argument(element, 'e', depth)}}}"


def _accent(element: etree._Element, depth: int) -> str:
    sign = _property(element, "chr")
    command = ACCENTS.get("̂" if sign is None else sign, "hat")
    return f"\\{command}{{{_argument(element, 'e', depth)}}}"


def _bar(element: etree._Element, depth: int) -> str:
    command = "overline" if _property(element, "pos") == "top" else "underline"
    return f"\\{command}{{{_argument(element, 'e', depth)}}}"


def _grouped(element: etree._Element, depth: int) -> str:
    sign, inner = _property(element, "chr"), _argument(element, "e", depth)
    command = ACCENTS.get("⏟" if sign is None else sign)
    return f"\\{command}{{{inner}}}" if command else inner


def _boxed(element: etree._Element, depth: int) -> str:
    return f"\\boxed{{{_argument(element, 'e', depth)}}}"


WRITERS = {
    "r": _run,
    "f": _fraction,
    "rad": _root,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts_before,
    "nary": _sum,
    "d": _brackets,
    "m": _matrix,
    "eqArr": _equations,
    "func": _function,
    "limLow": _below,
    "limUpp": _above,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _grouped,
    "borderBox": _boxed,
}
