"""Rich Text (RTF), as the specification 1.9.1 describes it."""

import codecs
import contextlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .. import errors
from ..document import Block, Code, Document, Heading, ListItem, Note, Paragraph, Span, plain
from ..encoding import narrowed
from ..options import ConversionOptions
from ..reading import Reading, Report
from .bold_lines import with_headings
from .flat import TITLE, code_joined, flattened, leveled, says_more
from .numerals import roman
from .rtf_state import Font, OpenField, OpenTable, RowDefinition, State, Story
from .rtf_tokens import CLOSE, OPEN, Token, tokens
from .spans import joined
from .symbols import symbol
from .word_styles import CODE_NAME, HEADING_NAME, TYPEWRITER
from .word_text import CHECKED, LINK, PAGE_FIELDS, UNCHECKED

ENGINE = "rtf"
MAX_GROUPS = 5_000  # groups in groups
MAX_TABLES = 10  # tables in tables
# [RTF] "Font Table": character sets of fonts as code pages.
CHARSETS = {77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
            161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
            186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437",
            255: "cp850"}  # fmt: skip
SYMBOL_CHARSET = 2
CHARACTERS = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "emdash": "—", "endash": "–", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
    "~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}", "zwj": "\u200d", "zwnj": "\u200c",
    "\n": "", "\r": "",
}  # fmt: skip
# Destinations whose text nobody sees, or that say what stands elsewhere as well.
SILENT_NAMES = """
    colortbl listtable listoverridetable revtbl filetbl rsidtbl generator info xmlnstbl
    themedata colorschememapping latentstyles datastore factoidname objdata nonshppict shprslt pict
    bkmkstart bkmkend xe tc rxe atrfstart atrfend atnid atnref atnicn atntime atndate datafield
    ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn
    private background template picprop sp sn sv panose falt blipuid pnseclvl objclass objname
    oldcprops oldpprops oldsprops oldtprops fontemb fontfile mmathPr passwordhash wgrffmtfilter
    defchp defpap
"""
SILENT = frozenset(SILENT_NAMES.split())
STORIES = {"footnote": "footnote", "header": "header", "footer": "footer",
           "headerf": "header", "headerl": "header", "headerr": "header",
           "footerf": "footer", "footerl": "footer", "footerr": "footer",
           "annotation": "comment", "shptxt": "box"}  # fmt: skip
SURROGATE = re.compile("[\ud800-\udfff]")
BULLETS = re.compile(r"[^\w(]?")
# A bullet or number that somebody typed in a hanging indent, as programs do that know no lists.
TYPED = re.compile(r"\A\s*+([-•◦▪‣·–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,5})[.)])[ ]?\t\s*+")
PARAGRAPH = ("style", "outline", "list_number", "level", "indent", "first_line", "tables")
ITEM = re.compile(r"\(?\w{1,12}(?:\.\w{1,8}){0,8}[.)]?")


# Optional destinations whose content belongs to the text around them.
TRANSPARENT = frozenset({"shppict", "shpinst", "nesttableprops", "do", "dptxbxtext"})
TOGGLES = {"b": "bold", "i": "italic", "strike": "strike", "striked": "strike", "v": "hidden",
           "deleted": "deleted"}  # fmt: skip
NUMBERS = {"f": "font", "s": "style", "outlinelevel": "outline", "ls": "list_number",
           "ilvl": "level", "li": "indent", "fi": "first_line", "uc": "unicode_skip",
           "itap": "tables"}  # fmt: skip


class RichTextReader:
    """One file on its way: the state of its groups, and the streams of text that are open."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.state = State()
        self.groups: list[tuple[State, int, int]] = []  # with open stories and fields
        self.body = Story("body")
        self.stories = [self.body]
        self.fields: list[OpenField] = []
        self.fonts: dict[int, Font] = {}
        self.usual_font = 0
        self.styles: dict[int, str] = {}
        self.page = "cp1252"
        self.bytes = b""  # text of one font that is not decoded yet
        self.skip = 0  # characters that stand in for a Unicode one in old programs
        self.name = ""  # of a font or style while its entry is read
        self.entry = 0
        self.title = ""
        self.running: dict[str, list[Block]] = {"header": [], "footer": []}
        self.counts: Counter[str] = Counter()
        self.is_optional = False  # after \\*
        self.is_fresh = False  # nothing of the group has been read yet

    def read(self) -> Document:
        """The whole file."""
        for token in tokens(self.data):
            if token is OPEN:
                self._open()
            elif token is CLOSE:
                self._close()
            elif token.text:
                self._text(token.text)
            else:
                self._control(token)
        while self.groups:
            self._close()
        self._end_paragraph()
        self._end_tables(0)
        document = Document(
            blocks=[
                *self.running["header"],
                *with_headings(leveled(list(code_joined(self.body.blocks)))),
                *self.running["footer"],
            ],
            title=" ".join(self.title.split()) or None,
        )
        document.warnings += self._warnings()
        return document

    @property
    def story(self) -> Story:
        return self.stories[-1]

    def _open(self) -> None:
        self._flush()
        if len(self.groups) >= MAX_GROUPS:
            raise errors.EngineError(f"more than {MAX_GROUPS} groups lie in each other")
        self.groups.append((self.state, len(self.stories), len(self.fields)))
        self.state = replace(self.state)
        self.is_fresh, self.is_optional, self.skip = True, False, 0

    def _close(self) -> None:
        self._flush()
        self.is_fresh, self.skip = False, 0
        if not self.groups:
            return
        ended = self.state.destination
        self.state, stories, fields = self.groups.pop()
        if ended in {"fonttbl", "stylesheet"} and self.name:
            self._end_entry(ended)
        while len(self.stories) > max(stories, 1):
            self._end_story()
        while len(self.fields) > fields:
            self._end_field(self.fields.pop())

    def _control(self, token: Token) -> None:
        self._flush()
        word, number = token.word, token.number
        if word == "*":
            self.is_optional = True
            return
        is_first, self.is_fresh = self.is_fresh, False
        is_optional, self.is_optional = self.is_optional, False
        if word == "u":
            self._unicode(number or 0)
        elif is_first and self._begins(word, is_optional):
            return
        elif is_first and is_optional and word not in TRANSPARENT:
            self.state.destination = "silent"
        else:
            self._apply(word, number)

    def _apply(self, word: str, number: int | None) -> None:
        if word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif word in TOGGLES:
            setattr(self.state, TOGGLES[word], number != 0)
        elif word in NUMBERS:
            setattr(self.state, NUMBERS[word], number or 0)
        elif word in ACTIONS:
            ACTIONS[word](self, number)

    def _begins(self, word: str, is_optional: bool) -> bool:
        """Whether the group is a destination of its own; what is read of it, if so."""
        if word in SILENT:
            self.state.destination = "silent"
        elif word in {"fonttbl", "stylesheet", "title", "listtext", "pntext", "fldinst"}:
            self.state.destination = word
        elif word == "field":
            self.fields.append(OpenField())
        elif word in STORIES and self.state.destination != "silent":
            self.stories.append(Story(STORIES[word]))
            self.state = State(font=self.state.font, unicode_skip=self.state.unicode_skip)
        elif word == "upr":
            # The same text twice: first for old programs, then in a group \\ud.
            self.state.destination = "silent"
        elif word == "ud" and self.state.destination == "silent":
            self.state.destination = "text"
        else:
            return False
        return True

    def _text(self, data: bytes) -> None:
        self.is_fresh = False
        if self.skip:
            dropped = min(self.skip, len(data))
            self.skip -= dropped
            data = data[dropped:]
        if self.state.destination != "silent":
            self.bytes += data

    def _unicode(self, number: int) -> None:
        self._add(chr(number & 0xFFFF))
        self.skip = self.state.unicode_skip

    def _flush(self) -> None:
        """Decode what was gathered: characters of several bytes may come in several tokens."""
        if not self.bytes:
            return
        data, self.bytes = self.bytes, b""
        font = self.fonts.get(self.state.font, Font())
        if font.charset == SYMBOL_CHARSET and self.state.destination in {"text", "listtext"}:
            self._add("".join(symbol(font.name, byte) for byte in data))
            return
        page = font.page or CHARSETS.get(font.charset, self.page)
        try:
            self._add(data.decode(page, "replace"))
        except LookupError:
            self._add(data.decode("cp1252", "replace"))

    def _add(self, text: str) -> None:
        state = self.state
        match state.destination:
            case "fonttbl" | "stylesheet":
                self._add_entry(text)
            case "title":
                self.title += text
            case "listtext" | "pntext":
                self.story.marker += text
            case "fldinst":
                if self.fields:
                    self.fields[-1].instruction += text
            case "text":
                self._add_span(text)

    def _add_span(self, text: str) -> None:
        state = self.state
        if state.hidden or state.deleted:
            self.counts["hidden" if state.hidden else "deletions"] += bool(text.strip())
            return
        opened = self.fields[-1] if self.fields else None
        link = None
        if opened is not None:
            match = LINK.match(opened.instruction)
            link = match[1] if match else None
            words = opened.instruction.split(None, 1)
            if words and words[0].upper() in PAGE_FIELDS:
                self.story.has_page_number = True
                return
        font = self.fonts.get(state.font, Font())
        self.story.spans.append(
            Span(
                text,
                bold=state.bold,
                italic=state.italic,
                strike=state.strike,
                code=font.is_fixed or TYPEWRITER.search(font.name) is not None,
                raised=state.script == "super",
                lowered=state.script == "sub",
                link=link,
            )
        )

    def _add_entry(self, text: str) -> None:
        """Names in the tables of fonts and styles end with a semicolon."""
        name, end, _ = text.partition(";")
        self.name += name
        if end:
            self._end_entry(self.state.destination)

    def _end_entry(self, table: str) -> None:
        name, self.name = self.name.strip(), ""
        if table == "fonttbl":
            self.fonts.setdefault(self.state.font, Font()).name = name
        else:
            self.styles[self.state.style] = name.lower()

    def _end_field(self, opened: OpenField) -> None:
        """State of an old check box, choice of an old list: neither is written as text."""
        kind = opened.instruction.strip().upper()
        result = opened.usual if opened.result in {None, 25} else opened.result
        if kind.startswith("FORMCHECKBOX"):
            self._add_span(CHECKED if result else UNCHECKED)

    def _end_story(self) -> None:
        self._end_paragraph()
        self._end_tables(0)
        story = self.stories.pop()
        blocks = list(code_joined(story.blocks))
        if story.kind == "footnote":
            self._keep_note(story, blocks)
        elif story.kind == "comment":
            self.counts["comments"] += 1
            for block in blocks:
                block.part = "comment"
            self.body.blocks += blocks
        elif story.kind in self.running:
            known = self.running[story.kind]
            known += [b for b in blocks if says_more(plain(flattened([b]))) and b not in known]
        else:
            self._put(blocks)

    def _keep_note(self, story: Story, blocks: list[Block]) -> None:
        kind = "endnote" if story.is_end_note else "footnote"
        self.counts[kind] += 1
        count = self.counts[kind]
        label = roman(count) if story.is_end_note else str(count)
        spans = flattened(blocks)
        if spans:
            self.story.spans.append(Span("", note=label))
            self.story.notes.append(Note(spans, label, part="note"))

    def _put(self, blocks: list[Block]) -> None:
        """Blocks at the place that has been reached: of the text, or of a cell."""
        story = self.story
        (story.tables[-1].blocks if story.tables else story.blocks).extend(blocks)

    def _end_paragraph(self) -> None:
        story, state = self.story, self.state
        spans, story.spans = story.spans, []
        marker, story.marker = story.marker.strip(), ""
        self._end_tables(state.tables)
        while len(story.tables) < min(state.tables, MAX_TABLES):
            story.tables.append(OpenTable())
        block = self._block(merged_surrogates(spans), marker)
        if block is not None:
            self._put([block])
        if not story.tables:
            story.blocks += story.notes
            story.notes = []

    def _block(self, spans: list[Span], marker: str) -> Block | None:
        text = joined(spans)
        name = self.styles.get(self.state.style, "")
        said = [span for span in spans if span.text.strip()]
        is_code = bool(said) and all(span.code for span in said)
        if not said and not any(span.note for span in spans):
            return Code("") if CODE_NAME.search(name) else None
        level = self._heading_level(name)
        if level is not None:
            self.story.lists.end()
            lead = [Span(f"{marker} ")] if ITEM.fullmatch(marker) else []
            return Heading([replace(span, bold=False) for span in [*lead, *text]], level)
        if marker:
            return self._item(text, marker)
        if self.state.first_line < 0 and (typed := TYPED.match(plain(spans))):
            return self._item(joined(_without_start(spans, typed.end())), typed[1], "typed")
        if is_code or CODE_NAME.search(name):
            return Code(plain(spans).expandtabs(4))
        return Paragraph(text, inside=self.story.lists.continued(self.state.indent / 20))

    def _item(self, text: list[Span], marker: str, kind: str = "") -> ListItem:
        state = self.state
        indent = state.indent / 20
        # Typed items belong to no list that says their levels: only their indents do.
        number = f"{kind} {indent}" if kind else str(state.list_number)
        depth = self.story.lists.place(number, state.level, indent)
        return ListItem(text, depth, "-" if BULLETS.fullmatch(marker) else marker)

    def _heading_level(self, name: str) -> int | None:
        if match := HEADING_NAME.match(name):
            return int(match[1])
        if name == "title":
            return TITLE
        outline = self.state.outline
        return outline + 1 if outline is not None and 0 <= outline < 9 else None

    def _end_cell(self) -> None:
        self.state.tables = max(self.state.tables, 1)
        self._end_paragraph()
        table = self.story.tables[-1]
        blocks, table.blocks = table.blocks, []
        table.end_cell(list(code_joined(blocks)))

    def _end_row(self) -> None:
        if self.story.tables:
            self._end_tables(1)
            self.story.tables[-1].end_row(self.state.row)

    def _end_nested_cell(self) -> None:
        self.state.tables = max(self.state.tables, 2)
        self._end_cell()

    def _end_nested_row(self) -> None:
        if len(self.story.tables) > 1:
            self.story.tables[-1].end_row(self.state.row)

    def _end_tables(self, depth: int) -> None:
        """Close the tables that the next paragraph is not in."""
        while len(self.story.tables) > depth:
            blocks = self.story.tables.pop().finished()
            self._put(blocks)

    def _warnings(self) -> list[str]:
        warnings = []
        if self.counts["deletions"]:
            warnings.append(
                "The document holds recorded changes: it was read as if all were accepted."
            )
        if self.counts["hidden"]:
            warnings.append("Text that is marked as hidden was left out.")
        if self.counts["comments"]:
            warnings.append(f"{self.counts['comments']} comments are not part of the text.")
        return warnings

    def start_paragraphs(self) -> None:
        """\\pard: what a paragraph is without further words."""
        usual = State()
        for name in PARAGRAPH:
            setattr(self.state, name, getattr(usual, name))

    def plain_characters(self) -> None:
        """\\plain: how characters look without further words."""
        usual = State(font=self.usual_font)
        for name in ("font", "bold", "italic", "strike", "hidden", "deleted", "script"):
            setattr(self.state, name, getattr(usual, name))

    def set_page(self, number: int | None) -> None:
        """The code page of the file; one that is not known stays the usual one."""
        with contextlib.suppress(LookupError):
            self.page = codecs.lookup(f"cp{number}").name

    def set_usual_font(self, number: int) -> None:
        """\\deff: the font of text for which no other is named."""
        self.usual_font = self.state.font = number

    def set_font(self, **values: int | str | bool) -> None:
        """Something that the font table says of the font whose entry is read."""
        if self.state.destination == "fonttbl":
            font = self.fonts.setdefault(self.state.font, Font())
            for name, value in values.items():
                setattr(font, name, value)

    def set_field(self, **values: int) -> None:
        """Something that a form field says of itself."""
        if self.fields:
            for name, value in values.items():
                setattr(self.fields[-1], name, value)

    def mark_end_note(self) -> None:
        self.story.is_end_note = self.story.kind == "footnote"


def _known_page(number: int | None) -> str | None:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return None


Action = Callable[[RichTextReader, int | None], object]
ACTIONS: dict[str, Action] = {
    "par": lambda reader, _: reader._end_paragraph(),
    "sect": lambda reader, _: reader._end_paragraph(),
    "page": lambda reader, _: None,
    "pard": lambda reader, _: reader.start_paragraphs(),
    "plain": lambda reader, _: reader.plain_characters(),
    "super": lambda reader, _: setattr(reader.state, "script", "super"),
    "sub": lambda reader, _: setattr(reader.state, "script", "sub"),
    "up": lambda reader, number: setattr(reader.state, "script", "super" if number else ""),
    "dn": lambda reader, number: setattr(reader.state, "script", "sub" if number else ""),
    "nosupersub": lambda reader, _: setattr(reader.state, "script", ""),
    "intbl": lambda reader, _: setattr(reader.state, "tables", max(reader.state.tables, 1)),
    "trowd": lambda reader, _: setattr(reader.state, "row", RowDefinition()),
    "trhdr": lambda reader, _: setattr(reader.state.row, "is_header", True),
    "cellx": lambda reader, number: reader.state.row.end_cell(number or 0),
    "clmrg": lambda reader, _: reader.state.row.add_merge("clmrg"),
    "clvmrg": lambda reader, _: reader.state.row.add_merge("clvmrg"),
    "cell": lambda reader, _: reader._end_cell(),
    "row": lambda reader, _: reader._end_row(),
    "nestcell": lambda reader, _: reader._end_nested_cell(),
    "nestrow": lambda reader, _: reader._end_nested_row(),
    "ansicpg": lambda reader, number: reader.set_page(number),
    "mac": lambda reader, _: setattr(reader, "page", "mac_roman"),
    "pc": lambda reader, _: setattr(reader, "page", "cp437"),
    "pca": lambda reader, _: setattr(reader, "page", "cp850"),
    "deff": lambda reader, number: reader.set_usual_font(number or 0),
    "fcharset": lambda reader, number: reader.set_font(charset=number or 0),
    "cpg": lambda reader, number: reader.set_font(page=_known_page(number) or "cp1252"),
    "fprq": lambda reader, number: reader.set_font(is_fixed=number == 1),
    "ffres": lambda reader, number: reader.set_field(result=number or 0),
    "ffdefres": lambda reader, number: reader.set_field(usual=number or 0),
    "ftnalt": lambda reader, _: reader.mark_end_note(),
}


def _without_start(spans: list[Span], count: int) -> list[Span]:
    """`spans` without their first `count` characters."""
    kept = []
    for span in spans:
        cut, count = min(count, len(span.text)), max(count - len(span.text), 0)
        kept.append(replace(span, text=span.text[cut:]))
    return kept


def merged_surrogates(spans: list[Span]) -> list[Span]:
    """`spans` whose characters beyond U+FFFF, which come in two halves, are whole."""
    spans = joined(spans) if any(SURROGATE.search(span.text) for span in spans) else spans
    for span in spans:
        if SURROGATE.search(span.text):
            span.text = span.text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return spans


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    """Read a Rich Text file. Raises EngineError for one that is damaged."""
    return Reading(RichTextReader(narrowed(path.read_bytes())).read(), ENGINE)
