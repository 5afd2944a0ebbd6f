r"""Formulas as LaTeX: MathML (MathML Core and MathML 3, chapter 3), and the signs any formula has.

Where a file keeps the LaTeX that a formula was made from, that is taken. Signs without a command
stay as they are: what reads LaTeX today reads Unicode, too.
"""

import re
from collections.abc import Callable, Iterable

from .latex_symbols import FUNCTIONS
from .web_tree import Node, text_of

GREEK = [
    "alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "o", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "varphi",
    "chi", "psi", "omega",
]  # fmt: skip
SIGNS: dict[str, str] = {
    **{chr(0x3B1 + n): f"\\{name}" for n, name in enumerate(GREEK) if name != "o"},
    **{
        chr(0x391 + GREEK.index(name.lower())): f"\\{name}"
        for name in (
            "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Psi",
            "Omega",
        )
    },
    "Φ": r"\Phi", "ϕ": r"\phi", "ϵ": r"\epsilon", "ϑ": r"\vartheta", "ϱ": r"\varrho",
    "ϖ": r"\varpi", "ο": "o", "±": r"\pm", "∓": r"\mp", "×": r"\times", "÷": r"\div", "·": r"\cdot",
    "⋅": r"\cdot", "∗": "*", "−": "-", "∘": r"\circ", "•": r"\bullet", "⊕": r"\oplus",
    "⊗": r"\otimes", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg", "∩": r"\cap", "∪": r"\cup",
    "∖": r"\setminus", "≤": r"\leq", "≥": r"\geq", "⩽": r"\leq", "⩾": r"\geq", "≠": r"\neq",
    "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim", "≃": r"\simeq", "≅": r"\cong",
    "∝": r"\propto", "≪": r"\ll", "≫": r"\gg", "∈": r"\in", "∉": r"\notin", "∋": r"\ni",
    "⊂": r"\subset", "⊃": r"\supset", "⊆": r"\subseteq", "⊇": r"\supseteq", "∅": r"\emptyset",
    "∀": r"\forall", "∃": r"\exists", "∄": r"\nexists", "∂": r"\partial", "∇": r"\nabla",
    "∞": r"\infty", "ℏ": r"\hbar", "ℓ": r"\ell", "ℜ": r"\Re", "ℑ": r"\Im", "ℵ": r"\aleph",
    "∑": r"\sum", "∏": r"\prod", "∐": r"\coprod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint",
    "∮": r"\oint", "⋃": r"\bigcup", "⋂": r"\bigcap", "→": r"\to", "←": r"\leftarrow",
    "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow",
    "↦": r"\mapsto", "↑": r"\uparrow", "↓": r"\downarrow", "⟶": r"\longrightarrow",
    "…": r"\ldots", "⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots", "′": "'", "″": "''",
    "∠": r"\angle", "⊥": r"\perp", "∥": r"\parallel", "∣": r"\mid", "⟨": r"\langle",
    "⟩": r"\rangle", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    "‖": r"\|", "°": r"^\circ", "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}",
    "ℚ": r"\mathbb{Q}", "ℂ": r"\mathbb{C}", "△": r"\triangle", "⋆": r"\star", "∴": r"\therefore",
    "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_",
    "\\": r"\backslash", "~": r"\sim",
}  # fmt: skip
RESERVED = re.compile(r"([{}$%#&_])")
SPACES = re.compile(r"\s+")
# Applied functions and their like are invisible signs.
INVISIBLE = str.maketrans(dict.fromkeys("\u2061\u2062\u2063\u2064\u200b\ufeff\xad", None))
LARGE = frozenset(
    (
        r"\sum",
        r"\prod",
        r"\coprod",
        r"\int",
        r"\iint",
        r"\iiint",
        r"\oint",
        r"\bigcup",
        r"\bigcap",
        r"\lim",
        r"\max",
        r"\min",
        r"\sup",
        r"\inf",
        r"\liminf",
        r"\limsup",
    )
)
OVER = {
    "¯": "overline", "‾": "overline", "_": "overline", "^": "hat", "ˆ": "hat", "~": "tilde",
    "˜": "tilde", "→": "vec", "⃗": "vec", "˙": "dot", ".": "dot", "¨": "ddot", "⏞": "overbrace",
    "ˇ": "check", "´": "acute", "`": "grave", "˘": "breve", "―": "overline",
}  # fmt: skip
UNDER = {"_": "underline", "̲": "underline", "⏟": "underbrace", "¯": "underline", "‾": "underline"}
VARIANTS = {
    "bold": "mathbf", "double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak",
    "sans-serif": "mathsf", "monospace": "mathtt", "normal": "mathrm", "bold-italic": "boldsymbol",
}  # fmt: skip
FENCES = {"(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": "|", "": "."}
MATRICES = {
    ("(", ")"): "pmatrix", ("[", "]"): "bmatrix", ("|", "|"): "vmatrix", ("{",): "cases",
    ("{", ""): "cases",
}  # fmt: skip
COMMAND_END = re.compile(r"\\[A-Za-z]+\Z")
LETTER = re.compile(r"[A-Za-z]")
TEX_ENCODINGS = frozenset({"application/x-tex", "tex", "latex", "application/x-latex"})
# MediaWiki wraps what people wrote; braces and style say nothing.
DISPLAY_STYLE = re.compile(r"\A\{\\(?:displaystyle|textstyle)\s(.*)\}\Z", re.S)


def latex(node: Node) -> str:
    """A MathML element as LaTeX, without dollar signs."""
    for annotation in _annotations(node):
        if annotation.attrs.get("encoding", "").lower() in TEX_ENCODINGS:
            text = text_of(annotation).strip()
            match = DISPLAY_STYLE.match(text)
            return (match[1] if match else text).strip()
    return tidy(_row(node))


def tidy(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def signs(text: str) -> str:
    """Characters of a formula as LaTeX."""
    return join(SIGNS.get(sign, sign) for sign in text.translate(INVISIBLE))


def join(parts: Iterable[str]) -> str:
    """Pieces of LaTeX one after the other, with a space where a command would run on."""
    text = ""
    pieces: list[str] = []
    for part in parts:
        if not part:
            continue
        if LETTER.match(part) and COMMAND_END.search(text):
            pieces.append(" ")
        pieces.append(part)
        text = part
    return "".join(pieces)


def grouped(text: str) -> str:
    """LaTeX in braces."""
    return f"{{{text.strip()}}}"


def base(text: str) -> str:
    """LaTeX that something can be raised or lowered at."""
    text = text.strip()
    is_single = len(text) <= 1 or COMMAND_END.fullmatch(text) or text in {r"\{", r"\}"}
    return text if is_single else grouped(text)


def _annotations(node: Node) -> list[Node]:
    found: list[Node] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current.tag == "annotation":
            found.append(current)
        stack.extend(reversed(list(current.elements())))
    return found


def _row(node: Node) -> str:
    children = [child for child in node.elements() if child.tag not in {"mspace", "annotation"}]
    if len(children) in {2, 3} and children[1].tag == "mtable":
        around = tuple(_token(child) for child in (children[0], *children[2:]))
        if around in MATRICES:
            return _matrix(children[1], MATRICES[around])
    return join(_element(child) for child in node.elements())


def _element(node: Node) -> str:
    handler = HANDLERS.get(node.tag)
    return handler(node) if handler else _row(node)


def _parts(node: Node, count: int) -> list[str]:
    """The first `count` arguments; what is missing is empty."""
    parts = [_element(child) for child in node.elements()][:count]
    return parts + [""] * (count - len(parts))


def _token(node: Node) -> str:
    return "".join(text_of(node).split())


def _identifier(node: Node) -> str:
    text = _token(node).translate(INVISIBLE)
    variant = VARIANTS.get(node.attrs.get("mathvariant", ""), "")
    if text in FUNCTIONS:
        return f"\\{text}"
    written = signs(text)
    if variant and not (variant == "mathrm" and len(text) == 1 and not text.isascii()):
        return f"\\{variant}{{{written}}}"
    return f"\\mathrm{{{written}}}" if len(text) > 1 and text.isalpha() else written


def _number(node: Node) -> str:
    return signs(_token(node))


def _operator(node: Node) -> str:
    text = _token(node).translate(INVISIBLE)
    if text in FUNCTIONS:
        return f"\\{text}"
    if len(text) > 1 and text.isalpha():
        return f"\\operatorname{{{text}}}"
    return signs(text)


def _text(node: Node) -> str:
    text = " ".join(text_of(node).replace("\xa0", " ").split(" "))
    if not text.strip():
        return r"\ " if text else ""
    safe = RESERVED.sub(r"\\\1", text.replace("\\", ""))
    return f"\\text{{{safe}}}"


def _space(node: Node) -> str:
    return r"\," if node.attrs.get("width", "0").strip("0.emptx") else ""


def _fraction(node: Node) -> str:
    above, below = _parts(node, 2)
    if node.attrs.get("linethickness", "").rstrip("emptx ") == "0":
        return f"\\binom{grouped(above)}{grouped(below)}"
    return f"\\frac{grouped(above)}{grouped(below)}"


def _square_root(node: Node) -> str:
    return f"\\sqrt{grouped(_row(node))}"


def _root(node: Node) -> str:
    inside, degree = _parts(node, 2)
    return f"\\sqrt[{degree}]{grouped(inside)}"


def scripts(what: str, below: str = "", above: str = "") -> str:
    """Something with what stands below and above of it."""
    if not what.startswith("\\") or what.strip() not in LARGE:
        what = base(what)
    below = f"_{_script(below)}" if below.strip() else ""
    if above.strip("'") == "" and above:
        return f"{what}{below}{above}"
    return f"{what}{below}" + (f"^{_script(above)}" if above.strip() else "")


def _script(text: str) -> str:
    text = text.strip().removeprefix("^") if text.strip() == r"^\circ" else text.strip()
    return text if len(text) == 1 else grouped(text)


def _sub(node: Node) -> str:
    what, below = _parts(node, 2)
    return scripts(what, below)


def _sup(node: Node) -> str:
    what, above = _parts(node, 2)
    return scripts(what, "", above)


def _subsup(node: Node) -> str:
    return scripts(*_parts(node, 3))


def _under(node: Node) -> str:
    what, below = _parts(node, 2)
    sign = "".join(_token(child) for child in list(node.elements())[1:2])
    if sign in UNDER:
        return f"\\{UNDER[sign]}{grouped(what)}"
    if what.strip() in LARGE:
        return scripts(what, below)
    return f"\\underset{grouped(below)}{grouped(what)}"


def _over(node: Node) -> str:
    what, above = _parts(node, 2)
    sign = "".join(_token(child) for child in list(node.elements())[1:2])
    if sign in OVER:
        return f"\\{OVER[sign]}{grouped(what)}"
    if what.strip() in LARGE:
        return scripts(what, "", above)
    return f"\\overset{grouped(above)}{grouped(what)}"


def _underover(node: Node) -> str:
    what, below, above = _parts(node, 3)
    if what.strip() in LARGE:
        return scripts(what, below, above)
    return f"\\underset{grouped(below)}{{\\overset{grouped(above)}{grouped(what)}}}"


def _fenced(node: Node) -> str:
    opening, closing = node.attrs.get("open", "("), node.attrs.get("close", ")")
    separators = "".join(node.attrs.get("separators", ",").split()) or [""]
    parts = [_element(child) for child in node.elements()]
    inside = ""
    for number, part in enumerate(parts):
        inside += (separators[min(number - 1, len(separators) - 1)] if number else "") + part
    left, right = (FENCES.get(sign, signs(sign)) for sign in (opening, closing))
    return f"\\left{left} {inside} \\right{right}"


def _matrix(node: Node, name: str = "matrix") -> str:
    rows = [
        " & ".join(_row(cell) for cell in row.elements() if cell.tag == "mtd")
        for row in node.elements()
        if row.tag in {"mtr", "mlabeledtr"}
    ]
    inside = r" \\ ".join(rows)
    return f"\\begin{{{name}}} {inside} \\end{{{name}}}"


def _multiscripts(node: Node) -> str:
    """Signs around a base: pairs behind it, and after mprescripts pairs before it."""
    children = list(node.elements())
    before: list[Node] = []
    for place, child in enumerate(children):
        if child.tag == "mprescripts":
            children, before = children[:place], children[place + 1 :]
            break
    parts = [_element(child) for child in children] or [""]
    text = scripts(parts[0], "".join(parts[1::2]), "".join(parts[2::2]))
    leading = [_element(child) for child in before]
    if not leading:
        return text
    return scripts("{}", "".join(leading[::2]), "".join(leading[1::2])) + text


def _enclosed(node: Node) -> str:
    return (
        f"\\boxed{grouped(_row(node))}" if "box" in node.attrs.get("notation", "") else _row(node)
    )


def _first(node: Node) -> str:
    return next((_element(child) for child in node.elements()), "")


def _nothing(node: Node) -> str:
    return ""


HANDLERS: dict[str, Callable[[Node], str]] = {
    "mi": _identifier, "mn": _number, "mo": _operator, "mtext": _text, "ms": _text,
    "mspace": _space, "mfrac": _fraction, "msqrt": _square_root, "mroot": _root, "msub": _sub,
    "msup": _sup, "msubsup": _subsup, "munder": _under, "mover": _over, "munderover": _underover,
    "mfenced": _fenced, "mtable": _matrix, "mmultiscripts": _multiscripts, "menclose": _enclosed,
    "semantics": _first, "maction": _first, "mphantom": _nothing, "none": _nothing,
    "annotation": _nothing, "annotation-xml": _nothing,
}  # fmt: skip
