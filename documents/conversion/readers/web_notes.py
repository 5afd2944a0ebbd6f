"""Foot and end notes of web pages and books: which link calls which note.

HTML has no element for notes. Programs mark them by EPUB's `noteref`, by ARIA's `doc-noteref`, by
names of classes, or only by a raised number that leads to a paragraph of the same file.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from .web_tree import BLOCKS, HEADING, LISTS, Node, descendants, text_of

CALLING = frozenset(
    (
        "footnote-ref",
        "footnoteref",
        "noteref",
        "footnote-reference",
        "fnref",
        "footnote-link",
        "sdfootnoteanc",
        "sdendnoteanc",
        "footnote",
        "endnote-ref",
        "fn-ref",
        "footnote-anchor",
    )
)
RETURNING = frozenset(
    (
        "footnote-back",
        "footnote-backref",
        "footnote-return",
        "reversefootnote",
        "fn-backref",
        "sdfootnotesym",
        "sdendnotesym",
        "backlink",
        "back-link",
        "footnoteback",
        "fn-backref",
        "data-footnote-backref",
        "mw-cite-backlink",
        "reference-backlink",
    )
)
NOTE_ID = re.compile(
    r"_?(?:fn|ftn|edn|foot-?note|end-?note|note|cite_note|sd(?:foot|end)note|user-content-fn|ref)"
    r"[-_:.]?[\w.:-]{0,60}",
    re.I,
)
WRAPPER_ID = re.compile(
    r"_?(?:fn|ftn|edn|footnote|endnote|note|sdfootnote|sdendnote)[-_:.]?\w{1,20}", re.I
)
MARK = re.compile(r"\A[\[(]?\s*+([0-9]{1,4}|[A-Za-z]|[ivxlc]{1,6}|[*†‡§¶#]{1,4})\s*+[\])]?", re.I)
RETURN_SIGN = re.compile(r"[\s^↑↩⏎↵⤴⬆‹«<\ufe0e\ufe0f.:\[\]()]*")
BEFORE_NOTES = " \t\r\n\xa0.:)]"
FIRST_MARK = re.compile(r"\A\s*+[\[(]?(\w{1,6}|[*†‡§¶#]{1,4})[\])]?[.:)]?\s++(?=\S)")
AFTER_LINK = re.compile(r"\A\s*+[.:)\]]\s*+")
MAX_NOTE = 5000  # letters; a longer one is a chapter
MAX_CALLS = 20_000


@dataclass
class Notes:
    """`calls` are the elements that call notes, `texts` the notes, by their labels.

    `marks` are the numbers and links back inside of notes: they are not part of what a note says.
    """

    calls: dict[Node, str] = field(default_factory=dict)
    texts: dict[Node, str] = field(default_factory=dict)
    marks: set[Node] = field(default_factory=set)


class _Finder:
    def __init__(self, root: Node) -> None:
        self.nodes = list(descendants(root))
        self.places = {node: place for place, node in enumerate(self.nodes)}
        self.ends = self._ends()
        self.targets: dict[str, Node] = {}
        for node in self.nodes:
            for name in (node.attrs.get("id"), node.attrs.get("name")):
                if name:
                    self.targets.setdefault(name, node)
        self.links = [n for n in self.nodes if n.tag == "a" and n.attrs.get("href", "")[:1] == "#"]
        wanted = (self.target(link) for link in self.links)
        self.pointed = Counter(id(target) for target in wanted if target is not None)
        self.notes = Notes()
        self.labels: set[str] = set()
        self.returns: set[Node] = set()  # links inside of notes that lead back

    def _ends(self) -> dict[Node, int]:
        """Behind which place the descendants of each element end."""
        ends = {node: place + 1 for node, place in self.places.items()}
        for node in reversed(self.nodes):
            if node.parent in ends:
                ends[node.parent] = max(ends[node.parent], ends[node])
        return ends

    def target(self, link: Node) -> Node | None:
        return self.targets.get(link.attrs.get("href", "")[1:])

    def contains(self, outer: Node, inner: Node) -> bool:
        return self.places[outer] <= self.places[inner] < self.ends[outer]

    def find(self) -> Notes:
        for link in self.links[:MAX_CALLS]:
            if link in self.returns:
                continue
            target = self.target(link)
            if target is None or not _calls(link, link.attrs["href"][1:]):
                continue
            note = self.note_of(target)
            if note is not None and not self.contains(note, link):
                self.accept(link, note, target)
        self.notes.marks -= self.notes.calls.keys()
        return self.notes

    def note_of(self, target: Node) -> Node | None:
        """The block that is the note which `target` is, or begins."""
        note = target
        while note.tag not in BLOCKS:
            if note.parent is None:
                return None
            note = note.parent
        if note.tag in {"td", "th", "tr", "table", "tbody", "body", "main", "html", "section"}:
            return None
        up = note.parent
        if note.tag in {"p", "li"} and up is not None:
            name = up.attrs.get("id", "").rpartition("#")[2]
            is_wrapper = up.tag in {"div", "aside", "li"} and WRAPPER_ID.fullmatch(name)
            if (
                is_wrapper
                and sum(n.tag == note.tag for n in up.elements())
                and not self._holds_other(up, target)
            ):
                note = up
        if note.letters > MAX_NOTE or note.holds & HEADING or self._holds_other(note, target):
            return None
        return note if note.letters else None

    def _holds_other(self, block: Node, target: Node) -> bool:
        """Whether another note begins in the same block."""
        inside = self.nodes[self.places[block] : min(self.ends[block], self.places[block] + 200)]
        return any(
            node is not target and id(node) in self.pointed and _names_note(node)
            and not self.contains(target, node) and not self.contains(node, target)
            for node in inside
        )  # fmt: skip

    def accept(self, link: Node, note: Node, target: Node) -> None:
        call = _raised_around(link)
        if note not in self.notes.texts:
            self.notes.texts[note] = self._label(link)
            self._mark_returns(note, link, call)
        self.notes.calls[call] = self.notes.texts[note]

    def _label(self, link: Node) -> str:
        match = MARK.fullmatch(text_of(link).strip())
        label = match[1] if match and match[1].isalnum() and match[1].isascii() else ""
        number = len(self.labels) + 1
        while not label or label in self.labels:
            label = str(number)
            number += 1
        self.labels.add(label)
        return label

    def _mark_returns(self, note: Node, link: Node, call: Node) -> None:
        """Find what leads back in a note, and the number it begins with."""
        own = self.nodes[self.places[note] : self.ends[note]]
        mark = MARK.fullmatch(text_of(link).strip())
        for node in own:
            if node.tag == "a" and self._returns(node, link, call, mark[1] if mark else ""):
                self.returns.add(node)
                self.notes.marks.add(_raised_around(node))
        _strip_mark(note, self.notes.marks, mark[1] if mark else "")

    def _returns(self, node: Node, link: Node, call: Node, mark: str) -> bool:
        href = node.attrs.get("href", "")
        text = text_of(node).strip()
        if _is_return(node) or (href and RETURN_SIGN.fullmatch(text)):
            return True
        found = MARK.fullmatch(text)
        if not href.startswith("#") or not found or (mark and found[1] != mark):
            return False
        target = self.target(node)
        return target is not None and self.places[target] <= self.places[link] + 1


def find_notes(root: Node) -> Notes:
    """All notes below `root`; their marks are taken out of the tree."""
    finder = _Finder(root)
    return finder.find() if finder.links else Notes()


def _calls(link: Node, name: str) -> bool:
    """Whether a link to `name` calls a note."""
    if _is_return(link):
        return False
    attrs = link.attrs
    around = [link, *(up for _, up in zip(range(2), link.above(), strict=False))]
    declared = (
        "noteref" in attrs.get("epub:type", "").split()
        or attrs.get("role") in {"doc-noteref"}
        or "data-footnote-ref" in attrs
        or any(not CALLING.isdisjoint(node.classes) for node in around[:2])
        or "mso-footnote-id" in attrs.get("style", "") or "mso-endnote-id" in attrs.get("style", "")
    )  # fmt: skip
    if declared:
        return True
    text = text_of(link).strip()
    if not text or not MARK.fullmatch(text):
        return False
    is_raised = any(_is_raised(node) for node in around) or any(
        _is_raised(child) for child in link.elements()
    )
    fragment = name.rpartition("#")[2]
    return is_raised or (not text.isalpha() and bool(NOTE_ID.fullmatch(fragment)))


def _is_raised(node: Node) -> bool:
    return node.tag == "sup" or node.style.get("vertical-align") in {"super", "text-top", "top"}


def _is_return(node: Node) -> bool:
    return (
        node.attrs.get("role") == "doc-backlink"
        or "backlink" in node.attrs.get("epub:type", "")
        or "data-footnote-backref" in node.attrs
        or not RETURNING.isdisjoint(node.classes)
    )


def _names_note(node: Node) -> bool:
    """Whether links lead to `node` as to a note, and not as back to where one was called."""
    own = node.attrs.get("id") or node.attrs.get("name") or ""
    fragment = own.rpartition("#")[2]
    return node.tag in {"li", "aside", "p", "div", "dd", "dt"} or bool(NOTE_ID.fullmatch(fragment))


def _raised_around(link: Node) -> Node:
    """The raised element that holds nothing but `link` and brackets, else `link`."""
    outer = link
    for up in link.above():
        if up.tag in BLOCKS or up.tag in LISTS:
            break
        if sum(1 for _ in up.elements()) > 1 or any(
            isinstance(child, str) and any(c.isalnum() for c in child) for child in up.children
        ):
            break
        if _is_raised(up):
            return up
        if up.tag not in {"span", "small", "b", "strong", "i", "em", "font"}:
            break
    return outer


def _strip_mark(note: Node, marks: set[Node], mark: str) -> None:
    """Take the number from the start of a note, as far as it stands in its text."""
    node: Node | None = note
    while node is not None:
        following = None
        for place, child in enumerate(node.children):
            if isinstance(child, Node):
                if child in marks or not child.letters:
                    continue
                following = child
                break
            if node.tag == "sup" and child.strip(" []().") == mark:
                node.children[place] = ""
            elif child.strip(BEFORE_NOTES):
                node.children[place] = _without_mark(child, mark, has_link=bool(marks))
                return
        node = following


def _without_mark(text: str, mark: str, *, has_link: bool) -> str:
    first = FIRST_MARK.match(text)
    if mark and first and first[1] == mark:
        return text[first.end() :]
    if has_link and (cut := AFTER_LINK.match(text)):
        return text[cut.end() :]
    return text
