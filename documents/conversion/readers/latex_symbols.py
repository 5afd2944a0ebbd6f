"""Letters and signs of formulas as LaTeX writes them."""

import re

GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϑϖϱϕϵ"
GREEK_NAMES = """
    alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    vartheta varpi varrho phi epsilon
"""
GREEK = dict(zip(GREEK_LETTERS, GREEK_NAMES.split(), strict=True))
SIGNS = {
    "±": "pm", "∓": "mp", "×": "times", "÷": "div", "·": "cdot", "⋅": "cdot", "∗": "ast",
    "∘": "circ", "⊗": "otimes", "⊕": "oplus", "∧": "wedge", "∨": "vee", "¬": "neg",
    "≤": "le", "≥": "ge", "≠": "ne", "≈": "approx", "≡": "equiv", "∼": "sim", "≅": "cong",
    "∝": "propto", "≪": "ll", "≫": "gg", "∈": "in", "∉": "notin", "∋": "ni", "⊂": "subset",
    "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq", "∪": "cup", "∩": "cap", "∅": "emptyset",
    "∀": "forall", "∃": "exists", "∂": "partial", "∇": "nabla", "∞": "infty", "√": "surd",
    "∑": "sum", "∏": "prod", "∐": "coprod", "∫": "int", "∬": "iint", "∭": "iiint", "∮": "oint",
    "→": "to", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow",
    "⇔": "Leftrightarrow", "↦": "mapsto", "↑": "uparrow", "↓": "downarrow", "…": "dots",
    "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "ℏ": "hbar", "ℓ": "ell", "ℜ": "Re", "ℑ": "Im",
    "ℵ": "aleph", "∠": "angle", "⊥": "perp", "∥": "parallel", "∣": "mid", "⟨": "langle",
    "⟩": "rangle", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "‖": "Vert",
    "ℝ": "mathbb{R}", "ℕ": "mathbb{N}", "ℤ": "mathbb{Z}", "ℚ": "mathbb{Q}", "ℂ": "mathbb{C}",
    "′": "prime", "″": "prime\\prime", "°": "circ", "⁡": "", "⁢": "", "−": "-",
}  # fmt: skip
SPECIAL = str.maketrans(
    {"\\": r"\backslash ", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$",
     "_": r"\_", "^": r"\hat{}", "~": r"\sim "}
)  # fmt: skip
# Marks above or below a letter, by their combining or spacing sign.
ACCENTS = {
    "̂": "hat", "^": "hat", "̃": "tilde", "~": "tilde", "̄": "bar", "̅": "overline", "¯": "bar",
    "⃗": "vec", "→": "vec", "̇": "dot", "˙": "dot", "̈": "ddot", "¨": "ddot", "⃛": "dddot",
    "́": "acute", "´": "acute", "̀": "grave", "`": "grave", "̆": "breve", "˘": "breve",
    "̌": "check", "ˇ": "check", "⏞": "overbrace", "⏟": "underbrace", "_": "underline",
    "‾": "overline", "⏜": "overparen", "⏝": "underparen", "⃖": "overleftarrow",
    "⃡": "overleftrightarrow", "←": "overleftarrow", "↔": "overleftrightarrow",
}  # fmt: skip
# Functions that stand upright.
FUNCTION_NAMES = """
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf
    limsup ln log max min Pr sec sin sinh sup tan tanh
"""
FUNCTIONS = frozenset(FUNCTION_NAMES.split())
COMMANDS = {**GREEK, **{sign: name for sign, name in SIGNS.items() if name and name != "-"}}
GAP = re.compile(r" {2,}")
NEEDLESS = re.compile(r" (?=[}^_)\]])")


def letters(text: str) -> str:
    """`text` of a formula as LaTeX: signs by their commands, special characters made literal."""
    pieces: list[str] = []
    for char in text:
        if char in COMMANDS:
            pieces.append(f"\\{COMMANDS[char]} ")
        elif char in SIGNS:
            pieces.append(SIGNS[char])
        else:
            pieces.append(char.translate(SPECIAL))
    return "".join(pieces)


def tidy(latex: str) -> str:
    """`latex` without spaces that say nothing: before braces, scripts and ends, and doubled."""
    latex = GAP.sub(" ", latex)
    return NEEDLESS.sub("", latex).strip()
