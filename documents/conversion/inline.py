"""Spans as Markdown: marks that CommonMark reads as marks, and text that it reads as text.

Rules are those of CommonMark 0.31.2 (section 6) and GitHub Flavored Markdown 0.29. Only what would
be read as something else is escaped: people and models read the Markdown itself, too.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, groupby, pairwise

from .document import Span
from .markdown import clean_text

# Ends of lines in other programs' eyes.
LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
GAPS = re.compile(r"(?<![ \t])[ \t]*+\n[ \t\n]*+")
PLAIN = re.compile(r"\A(?:[^\\`*_\[\]<&~\n\t]|(?<=[^\W_])_(?=[^\W_]))*+\Z")
PUNCTUATION = r"!-/:-@\[-`{-~"
BACKSLASH = re.compile(rf"\\(?=[{PUNCTUATION}\n]|\s*\Z)")
# What is no tag; addresses in angle brackets read the same as links.
TAG = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https?://|mailto:)[^\s<>]+>)(?![^\s<>@]+@[^\s<>@]+>)")
ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
BRACKETS = re.compile(r"\[(?=\^)|(?<=\])\(|!(?=\[)")
ALL_BRACKETS = re.compile(r"[\[\]]")
RUNS = {mark: re.compile(rf"{re.escape(mark)}+") for mark in "*_~"}
UNSAFE_LINK = re.compile(r"\A\s*+(?:javascript|vbscript|file|data):", re.I)
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x20]*+\Z")
MAIL = re.compile(r"\A[\w.+-]++@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]++)++\Z", re.A)
ODD_IN_TARGETS = re.compile(r"[\s<>\\\x00-\x20]")
BACKTICKS = re.compile("`+")

RAISED = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
ORDINALS = frozenset({"st", "nd", "rd", "th"})
STYLES = ("bold", "italic", "strike")  # from the outermost to the innermost
MARKS = {"bold": "**", "italic": "*", "strike": "~~"}

Name = Callable[[Span], str | None]  # the label of the note that a span calls, if there is one


def inline(
    spans: Sequence[Span],
    *,
    line_break: str = "\\\n",
    note: Name = lambda s: s.note,
    has_signs: bool = True,
) -> str:
    """`spans` as the text of one paragraph, heading or cell, with `line_break` at its breaks.

    Without `has_signs` raised and lowered letters stay those that people look for, in tags.
    """
    if not spans:
        return ""
    if len(spans) == 1 and _is_bare(spans[0]):  # as most are
        text = _cleaned(spans[0].text).strip()
        if not PLAIN.match(text):
            text = _escaped(text, _hidden(text))
        return GAPS.sub(lambda _: line_break, text) if "\n" in text else text
    simple = (_simple(span, note) for span in spans)
    settled = _settled([_in_signs(span) if has_signs else span for span in simple])
    text = _Writer(settled).text()
    return GAPS.sub(lambda _: line_break, text.strip())


def raised(text: str) -> str:
    """`text` above the line: in Unicode's own signs where there are some for all of it."""
    return inline([Span(text, raised=True)])


def _tagged(text: str, tag: str) -> str:
    return f"<{tag}>{_escaped(text, '*_~`')}</{tag}>"


def description(text: str) -> str:
    """Plain text in one line that stands between brackets."""
    return _escaped(" ".join(_cleaned(text).split()), "*_~`", in_link=True)


def _is_bare(span: Span) -> bool:
    return not (
        span.bold or span.italic or span.code or span.strike or span.raised or span.lowered
        or span.formula or span.link or span.note
    )  # fmt: skip


def _cleaned(text: str) -> str:
    if text.isascii() and text.isprintable():  # as most is
        return text
    return clean_text(LINE_ENDS.sub("\n", text)).replace("\t", " ")


def _settled(spans: Sequence[Span]) -> list[Span]:
    """The same text in spans that can be written: merged, and styled only where marks can stand."""
    parts = list(_merged([span for span in spans if span.text or span.note is not None]))
    parts = list(_merged(_trimmed(parts, "bold")))
    for before, after in pairwise(parts):
        is_apart = before.text[-1:].isspace() or after.text[:1].isspace()
        # Marks of both kinds would run into one another.
        for this, other in ((before, after), (after, before)):
            if this.italic and not this.bold and other.bold and not is_apart:
                this.italic = False
    for _, run in _runs(parts, ("link", "bold")):
        _part_italics(run)
    parts = list(_merged(_trimmed(list(_merged(parts)), "italic")))
    return list(_merged(_trimmed(parts, "strike")))


def _part_italics(run: list[Span]) -> None:
    """Bold text that begins with italics has no others: their marks would end the bold, too."""
    if not run[0].bold or not run[0].italic:
        return
    for span in dropwhile(lambda span: span.italic, run):
        span.italic = False


def _in_signs(span: Span) -> Span:
    """A raised or lowered span in Unicode's own signs, where there are some for all of it.

    "1st" is what people write for a 1 with a raised "st".
    """
    if span.raised and span.text in ORDINALS:
        return replace(span, raised=False)
    signs = RAISED if span.raised else LOWERED if span.lowered else {}
    if not signs or not all(sign in signs for sign in span.text):
        return span
    text = "".join(map(signs.__getitem__, span.text))
    return replace(span, text=text, raised=False, lowered=False)


def _simple(span: Span, note: Name) -> Span:
    """One that does not contradict itself: formulas and notes have no style, code has no raised."""
    if span.note is not None:
        label = note(span)
        return Span("", note=label) if label else Span(_cleaned(span.note), raised=True)
    span = replace(span, text=_cleaned(span.text))
    if not span.text.strip() or span.formula:
        return Span(span.text, formula=span.formula and bool(span.text.strip()))
    link = None if span.link and UNSAFE_LINK.match(span.link) else span.link or None
    up = span.raised and not span.code
    return replace(span, link=link, raised=up, lowered=span.lowered and not span.code and not up)


def _merged(spans: Sequence[Span] | Iterator[Span]) -> Iterator[Span]:
    held: Span | None = None
    for span in spans:
        if held is None:
            held = span
        elif span.note is None and held.note is None and replace(span, text=held.text) == held:
            held = replace(held, text=held.text + span.text)
        else:
            yield held
            held = span
    if held is not None:
        yield held


def _trimmed(spans: list[Span], style: str) -> Iterator[Span]:
    """`spans` with each run of `style` made shorter until its marks can stand around it."""
    outer = ("link", *STYLES[: STYLES.index(style)])
    for place, run in _runs(spans, (*outer, style)):
        if getattr(run[0], style):
            end = place + len(run)
            before = _outside(spans[place - 1], run[0], outer, -1) if place else ""
            after = _outside(spans[end], run[-1], outer, 0) if end < len(spans) else ""
            yield from _shortened(run, style, before, after)
        else:
            yield from run


def _runs(spans: list[Span], names: Sequence[str]) -> Iterator[tuple[int, list[Span]]]:
    """Runs of spans that have the same values of `names`, each with its place."""
    place = 0
    for _, group in groupby(spans, key=lambda span: [getattr(span, name) for name in names]):
        run = list(group)
        yield place, run
        place += len(run)


def _outside(beside: Span, span: Span, outer: Sequence[str], end: int) -> str:
    """The sign between the mark at an edge of `span` and the text `beside` it."""
    if any(getattr(beside, name) != getattr(span, name) for name in outer):
        return "*"  # a mark of an outer style, or a bracket: punctuation all the same
    sign = _edge(beside, end)
    # Between two signs a mark could close as well as open, and then close what is around it.
    is_inner = span.bold and "bold" in outer and _is_punctuation(sign, strict=True)
    return "a" if is_inner else sign


def _shortened(run: list[Span], style: str, before: str, after: str) -> list[Span]:
    head: list[Span] = []
    tail: list[Span] = []
    run = list(run)
    while run and (cut := _loose_end(run[0], style, before)):
        piece, rest = _split(run[0], cut, style)
        head.append(piece)
        before = _edge(piece, -1)
        run[:1] = [rest] if rest.text else []
    while run and (cut := _loose_end(run[-1], style, after, at_end=True)):
        rest, piece = _split(run[-1], len(run[-1].text) - cut, style, at_end=True)
        tail.append(piece)
        after = _edge(piece, 0)
        run[-1:] = [rest] if rest.text else []
    return head + run + tail[::-1]


def _loose_end(span: Span, style: str, outside: str, *, at_end: bool = False) -> int:
    """How many characters at the edge of `span` a mark cannot stand around; 0 if it can."""
    edge = _edge(span, -1 if at_end else 0, style)
    if edge.isspace():
        text = span.text
        return len(text) - len(text.rstrip() if at_end else text.lstrip())
    if not outside or outside.isspace() or _is_punctuation(outside):
        return 0
    if not _is_punctuation(edge, strict=True):
        return 0
    return 1 if _is_bare(replace(span, bold=False, italic=False, strike=False, link=None)) and (
        edge == (span.text[-1] if at_end else span.text[0])
    ) else len(span.text)  # fmt: skip


def _split(span: Span, place: int, style: str, *, at_end: bool = False) -> tuple[Span, Span]:
    first, second = replace(span, text=span.text[:place]), replace(span, text=span.text[place:])
    setattr(second if at_end else first, style, False)
    return first, second


def _edge(span: Span, end: int, style: str = STYLES[0]) -> str:
    """The first or last sign that is written for `span` within the marks of `style`."""
    if span.note is not None:
        return "[]"[end]
    if span.code or span.formula:
        return "`"
    if span.text[end].isspace():
        return " "
    if span.strike and style != "strike":
        return "~"
    if span.raised or span.lowered:
        return "<>"[end]
    return span.text[end]


def _is_punctuation(sign: str, *, strict: bool = False) -> bool:
    """Whether CommonMark takes `sign` for punctuation; `strict`: whether any version of it does."""
    kind = unicodedata.category(sign)[0]
    return kind == "P" or (kind == "S" and (strict or sign.isascii()))


class _Writer:
    """Writes settled spans; knows which signs the text has to hide."""

    def __init__(self, spans: list[Span]) -> None:
        self._spans = spans
        text = "\n".join(span.text for span in spans if not span.code and not span.formula)
        is_marked = not all(map(_is_bare, spans))
        self._hidden = "*_~`" if is_marked else _hidden(text)
        if any(span.formula for span in spans):
            self._hidden += "$"

    def text(self) -> str:
        parts: list[str] = []
        for link, group in groupby(self._spans, key=lambda span: span.link):
            run = list(group)
            if link and parts and parts[-1].endswith("!"):
                parts[-1] = parts[-1][:-1] + "\\!"  # a picture begins with both signs
            parts.append(self._linked(run, link) if link else self._styled(run, STYLES))
        return "".join(parts)

    def _linked(self, spans: list[Span], link: str) -> str:
        target = " ".join(link.split())
        text = "".join(span.text for span in spans)
        if len(spans) == 1 and _is_bare(replace(spans[0], link=None)):
            if text == target and ADDRESS.match(target):
                return f"<{target}>"
            if target == f"mailto:{text}" and MAIL.match(text):
                return f"<{text}>"
        inner = self._styled(spans, STYLES, in_link=True)
        lead, trail = len(inner) - len(inner.lstrip()), len(inner) - len(inner.rstrip())
        core = GAPS.sub(" ", inner.strip())
        written = f"[{core}]({_target(target)})"
        return " " * bool(lead) + written + " " * bool(trail)

    def _styled(self, spans: list[Span], styles: Sequence[str], *, in_link: bool = False) -> str:
        if not styles:
            return "".join(self._bare(span, in_link=in_link) for span in spans)
        style, *inner = styles
        parts = []
        for is_on, group in groupby(spans, key=lambda span: getattr(span, style)):
            mark = MARKS[style] if is_on else ""
            parts.append(mark + self._styled(list(group), inner, in_link=in_link) + mark)
        return "".join(parts)

    def _bare(self, span: Span, *, in_link: bool) -> str:
        if span.note is not None:
            return f"[^{span.note}]"
        if span.code:
            return _code(span.text)
        if span.formula:
            return f"${' '.join(span.text.split())}$"
        if span.raised and span.text in ORDINALS:
            return span.text
        if span.raised or span.lowered:
            return _tagged(span.text, "sub" if span.lowered else "sup")
        return _escaped(span.text, self._hidden, in_link=in_link)


def _hidden(text: str) -> str:
    """The marks that would mean something in `text`, which has no styles."""
    marks = "".join(mark for mark in "*_~" if mark in text and _can_pair(text, mark))
    return marks + "`" * (text.count("`") > 1)


def _can_pair(text: str, mark: str) -> bool:
    """Whether a run of `mark` in `text` could open something that a later one closes."""
    is_open = False
    for run in RUNS[mark].finditer(text):
        opens, closes = _flanks(text, run, mark)
        if closes and is_open:
            return True
        is_open |= opens
    return False


def _flanks(text: str, run: re.Match[str], mark: str) -> tuple[bool, bool]:
    """Whether a run of marks can open, and whether it can close (CommonMark, section 6.2)."""
    before = text[run.start() - 1 : run.start()] or " "
    after = text[run.end() : run.end() + 1] or " "
    left = not after.isspace() and (
        not _is_punctuation(after, strict=True)
        or before.isspace()
        or _is_punctuation(before, strict=True)
    )
    right = not before.isspace() and (
        not _is_punctuation(before, strict=True)
        or after.isspace()
        or _is_punctuation(after, strict=True)
    )
    if mark != "_":
        return left, right
    return (
        left and (not right or _is_punctuation(before, strict=True)),
        right and (not left or _is_punctuation(after, strict=True)),
    )


def _escaped(text: str, hidden: str, *, in_link: bool = False) -> str:
    """`text` with what Markdown would read as something else made literal."""
    if "$" not in hidden and PLAIN.match(text):
        return text
    text = BACKSLASH.sub(r"\\\\", text)
    text = ENTITY.sub(r"\\&", TAG.sub(r"\\<", text))
    text = (ALL_BRACKETS if in_link else BRACKETS).sub(r"\\\g<0>", text)
    for mark in hidden:
        if mark not in text:
            continue
        if mark in "`$":
            text = text.replace(mark, f"\\{mark}")
        else:
            text = RUNS[mark].sub(lambda run: _hidden_run(run, text), text)  # noqa: B023
    return text


def _hidden_run(run: re.Match[str], text: str) -> str:
    before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    if before.isspace() and after.isspace():
        return run[0]
    if run[0][0] == "_" and before.isalnum() and after.isalnum():
        return run[0]
    return "".join(f"\\{sign}" for sign in run[0])


def _code(text: str) -> str:
    """A code span; its fence is longer than any run of backticks in it (section 6.1)."""
    text = text.replace("\n", " ")
    lengths = {len(run) for run in BACKTICKS.findall(text)}
    fence = "`" * next(n for n in range(1, len(lengths) + 2) if n not in lengths)
    is_odd = text[:1] == "`" or text[-1:] == "`" or (text[0] == text[-1] == " " and text.strip())
    return f"{fence} {text} {fence}" if is_odd else f"{fence}{text}{fence}"


def _target(link: str) -> str:
    """An address as it can stand in the brackets behind the text of a link."""
    safe = ODD_IN_TARGETS.sub(lambda sign: f"%{ord(sign[0]):02X}", link)
    depth = 0
    for sign in safe:
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or depth > 3:
            break
    if depth == 0:
        return safe
    return safe.replace("(", "%28").replace(")", "%29")
