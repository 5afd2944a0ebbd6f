"""What style sheets say about text: enough to see what is hidden, raised, bold or a heading.

Only simple selectors count (an element, classes, an id, or these together), as programs that save
documents as HTML write them. What is for print or for small windows only is passed over.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MAX_ALIKE = 500  # rules that may be asked about one element by one of its names
MAX_SHEET = 2_000_000  # characters; longer sheets are of sites, not of documents
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
STEP = re.compile(r"[^{}]*+([{}]|\Z)")
SELECTOR = re.compile(r"([a-z][\w:-]*+)?((?:[.#][\w-]++)*+)", re.I)
PART = re.compile(r"([.#])([\w-]++)")
WANTED = frozenset(
    [
        "display", "visibility", "font-weight", "font-style", "font-size", "font-family",
        "text-decoration", "text-decoration-line", "vertical-align", "position", "top",
        "white-space", "list-style", "list-style-type", "border", "border-top", "border-bottom",
        "mso-hide", "mso-list",
    ]
)  # fmt: skip
Declarations = Mapping[str, str]
NOTHING: Declarations = {}
MONOSPACE = re.compile(r"\b(?:courier|consolas|monaco|menlo|\w*+ ?mono(?:space|spaced)?)\b", re.I)
RAISING = {"super": "raised", "sub": "lowered"}
BOLD_FROM = 600  # CSS Fonts 4, section 2.2: semi-bold


class Rule(NamedTuple):
    """One selector with what it declares."""

    rank: tuple[int, int]  # specificity, and place in the sheets
    tag: str
    classes: frozenset[str]
    id: str
    declarations: Declarations


NO_RULES: dict[tuple[str, frozenset[str], str], Rule] = {}


class Sheet:
    """The rules of the style sheets of one file."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._rules: dict[str, dict[tuple[str, frozenset[str], str], Rule]] = {}
        self._count = 0
        self._known: dict[tuple[str, str, str], Declarations] = {}
        for text in texts:
            for rule in _rules(text[:MAX_SHEET]):
                self._add(rule)

    def _add(self, rule: Rule) -> None:
        # Under one of its names only: no element is asked for it twice.
        key = f"#{rule.id}" if rule.id else _first_class(rule) or rule.tag
        same = self._rules.setdefault(key, {})
        selector = (rule.tag, rule.classes, rule.id)
        self._count += 1
        rule = rule._replace(rank=(rule.rank[0], self._count))
        before = same.pop(selector, None)
        if before is not None:
            rule = rule._replace(declarations={**before.declarations, **rule.declarations})
        if len(same) < MAX_ALIKE:
            same[selector] = rule

    def style(self, tag: str, attrs: Mapping[str, str]) -> Declarations:
        """All that is declared for an element, its own `style` last."""
        inline = declarations(attrs["style"]) if "style" in attrs else NOTHING
        if not self._rules:
            return inline
        key = (tag, attrs.get("class", ""), attrs.get("id", ""))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._found(*key)
        return {**found, **inline} if inline else found

    def _found(self, tag: str, class_: str, id_: str) -> Declarations:
        classes = set(class_.split())
        keys = [tag, *(f".{name}" for name in classes), f"#{id_}"]
        found = [
            rule
            for key in keys
            for rule in self._rules.get(key, NO_RULES).values()
            if rule.tag in {"", tag} and rule.classes <= classes
        ]
        merged: dict[str, str] = {}
        for rule in sorted(found, key=lambda rule: rule.rank):
            merged.update(rule.declarations)
        return merged or NOTHING


def declarations(text: str) -> dict[str, str]:
    """The declarations in `text` that say something here; names and values in lower case."""
    found = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name in WANTED:
            found[name] = value.partition("!")[0].strip().lower()
    return found


def is_hidden(style: Declarations) -> bool:
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide") == "all"
    )


def marks(style: Declarations) -> dict[str, bool]:
    """What the style makes of text, by the names that Span has for it."""
    if not style:
        return {}
    found = {}
    weight = style.get("font-weight", "")
    if weight:
        found["bold"] = weight in {"bold", "bolder"} or (
            weight.isdigit() and int(weight[:4]) >= BOLD_FROM
        )
    if "font-style" in style:
        found["italic"] = style["font-style"].startswith(("italic", "oblique"))
    decoration = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    if "line-through" in decoration:
        found["strike"] = True
    name = RAISING.get(style.get("vertical-align", "")) or _moved(style)
    if name:
        found[name] = True
    return found


def _moved(style: Declarations) -> str:
    """Small letters that are moved up or down, as some programs write raised text."""
    top = style.get("top", "")
    if style.get("position") != "relative" or "font-size" not in style or top[-2:] != "em":
        return ""
    return "raised" if top.startswith("-") else "lowered"


def is_monospace(style: Declarations) -> bool:
    return bool(MONOSPACE.search(style.get("font-family", "")[:200]))


def _first_class(rule: Rule) -> str:
    return f".{min(rule.classes)}" if rule.classes else ""


def _rules(text: str) -> Iterable[Rule]:
    text = COMMENT.sub(" ", text)
    position = depth = 0
    prelude = ""
    skipped = 0  # how deep the at-rule began that is passed over
    while position < len(text):
        step = STEP.match(text, position)
        if step is None:
            return
        before, sign = text[position : step.start(1)], step[1]
        position = step.end()
        if sign == "{":
            depth += 1
            prelude = before.rpartition(";")[2].strip()
            if prelude.startswith("@") and not skipped:
                skipped = depth
        elif sign == "}":
            if not skipped:
                yield from _of(prelude, before)
            if skipped == depth:
                skipped = 0
            depth = max(0, depth - 1)
        else:
            return


def _of(prelude: str, body: str) -> Iterable[Rule]:
    declared = declarations(body)
    if not declared:
        return
    for selector in prelude.split(","):
        match = SELECTOR.fullmatch(selector.strip())
        if match is None or not match[0]:
            continue
        names = PART.findall(match[2])
        classes = frozenset(name for sign, name in names if sign == ".")
        id_ = next((name for sign, name in names if sign == "#"), "")
        rank = 100 * bool(id_) + 10 * len(classes) + bool(match[1])
        yield Rule((rank, 0), (match[1] or "").lower(), classes, id_, declared)
