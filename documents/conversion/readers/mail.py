"""Mails: header, text, quoted replies, and what is attached, mails in mails as well."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .. import errors
from ..document import Block, Document, Heading, ListItem, Paragraph, Picture, Rule, Span
from ..options import ConversionOptions
from ..pipeline import read_inner
from ..reading import Reading, Report
from . import web, web_tree
from .mail_message import Attachment, Html, Message, Plain
from .mail_mime import read_mime
from .mail_outlook import read_outlook
from .mail_text import text_blocks
from .web_parse import parse
from .web_tree import Node

MAX_DEPTH = 5  # mails in mails
MAX_CONVERTED = 100  # attachments in all
MAX_BYTES = 50_000_000  # of attachments that are converted, in all
NAMES_OF_PROGRAMS = ("image0", "image1", "ole0", "outlook-", "attachment", "unnamed", "graphic")
KB = 1000
ENGINE = "email"
MAIL = "message/rfc822"

# Files that are listed, and nothing more is to be said.
UNTOLD = frozenset({"unsupported_format", "empty_file"})

# Converts an attached document: its bytes and its name; None if it is too much.
Inner = Callable[[bytes, str], Reading | None]


@dataclass
class Budget:
    """What may still be converted of all that is attached."""

    converted: int = MAX_CONVERTED
    bytes: int = MAX_BYTES

    def allows(self, size: int) -> bool:
        if self.converted <= 0 or size > self.bytes:
            return False
        self.converted -= 1
        self.bytes -= size
        return True


@dataclass
class Writer:
    """Writes messages one below the other into one document."""

    inner: Inner
    blocks: list[Block] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    def message(self, message: Message, level: int) -> None:
        """A message under a heading of `level`: what its header says, its text, its files."""
        self.warnings += message.warnings
        if message.subject:
            self.blocks.append(Heading([Span(message.subject)], level=min(level, 6)))
        self._header(message)
        shown = {file.content_id: file for file in message.attachments if file.content_id}
        used: set[str] = set()
        for part in message.body:
            self._part(part, shown, used, level)
        if message.is_encrypted:
            self.warnings.append("The text of a mail is encrypted and could not be read.")
        self._files([f for f in message.attachments if f.content_id not in used], level)

    def _header(self, message: Message) -> None:
        spans: list[Span] = []
        for label, value in message.fields:
            spans += [Span("\n")] * bool(spans) + [Span(f"{label}: {value}")]
        if spans:
            self.blocks.append(Paragraph(spans))
        self.source += [message.subject, *(f"{label}: {value}" for label, value in message.fields)]

    def _part(
        self,
        part: Html | Plain | Attachment,
        shown: dict[str, Attachment],
        used: set[str],
        level: int,
    ) -> None:
        if isinstance(part, Plain):
            self.source.append(part.text)
            blocks = text_blocks(part.text, is_flowed=part.is_flowed, drops_space=part.drops_space)
            self._add(blocks, 0)
        elif isinstance(part, Html):
            self._html(part.text, shown, used, level)
        else:
            self.blocks.append(Picture(description=part.description or part.name))

    def _html(self, text: str, shown: dict[str, Attachment], used: set[str], level: int) -> None:
        tree = parse(text)
        _name_pictures(tree.root, shown, used)
        document, source = web.page(tree, whole=True)
        self.source.append(source)
        self._add(document.blocks, level - 1)

    def _add(self, blocks: list[Block], lower: int) -> None:
        """Add blocks, their headings `lower` levels down."""
        for block in blocks:
            if isinstance(block, Heading):
                block.level = min(6, block.level + lower)
        self.blocks += blocks

    def _files(self, files: list[Attachment], level: int) -> None:
        listed: list[Attachment] = []
        for file in files:
            if file.message is not None and self.budget.allows(0):
                self._begin(file, level)
                self.message(file.message, level + 1)
            elif not self._document(file, level):
                listed.append(file)
        if not listed:
            return
        self.blocks.append(Paragraph([Span("Attachments:")]))
        for file in listed:
            words = _described(file)
            self.source.append(words)
            self.blocks.append(ListItem([Span(words)]))

    def _begin(self, file: Attachment, level: int) -> None:
        """Say where an attachment begins: a mail by its subject, a document by its name."""
        self.blocks.append(Rule())
        message = file.message
        title = message.subject if message is not None else file.name
        if message is None or not title:
            words = title or file.name or "Attached message"
            self.source.append(words)
            self.blocks.append(Heading([Span(words)], level=min(level + 1, 6)))

    def _document(self, file: Attachment, level: int) -> bool:
        """Convert an attached document in its place; False if it can only be listed."""
        if file.media_type == MAIL:
            self.warnings.append("Mails in mails in mails were listed, and not converted.")
            return False
        if file.is_picture or not file.data or not self.budget.allows(len(file.data)):
            return False
        try:
            reading = self.inner(file.data, file.name)
        except errors.ConversionError as problem:
            if problem.code not in UNTOLD:
                self.warnings.append(f"An attachment was not converted. {problem.message}")
            return False
        if reading is None or not reading.document.blocks:
            return False
        document = reading.document
        self.source.append(reading.source_text or document.text())
        self._begin(file, level)
        self.warnings += [f"{file.name}: {warning}" for warning in document.warnings]
        for block in document.blocks:
            block.page = block.box = None
        self._add(document.blocks, level + 1)
        return True


def read(
    path: Path, filename: str, options: ConversionOptions, report: Report, *, format_name: str
) -> Reading:
    if format_name == "msg":
        message = read_outlook(path, depth=MAX_DEPTH)
    else:
        message = read_mime(path.read_bytes(), depth=MAX_DEPTH)
    if message.is_encrypted and not message.body:
        raise errors.encrypted_file(filename, "the mail is encrypted")
    writer = Writer(lambda data, name: read_inner(data, name, options, report))
    writer.message(message, 1)
    document = Document(
        blocks=writer.blocks,
        title=message.subject or None,
        warnings=list(dict.fromkeys(writer.warnings)),
    )
    return Reading(document, ENGINE, "\n".join(writer.source))


def _name_pictures(root: Node, shown: dict[str, Attachment], used: set[str]) -> None:
    """Find the pictures that a text shows; one it does not describe goes by its file's name."""
    for node in web_tree.descendants(root):
        source = node.attrs.get("src", "")
        if node.tag != "img" or not source.lower().startswith("cid:"):
            continue
        file = shown.get(source[4:].strip("<> "))
        if file is None:
            continue
        used.add(file.content_id)
        if not node.attrs.get("alt", "").strip():
            is_random = file.name.lower().startswith(NAMES_OF_PROGRAMS)
            node.attrs["alt"] = file.description or ("" if is_random else file.name)


def _described(file: Attachment) -> str:
    """Name, type and size of a file."""
    if file.message is not None:
        return f"{file.name or 'message'} ({file.media_type})"
    size = len(file.data)
    amount = f"{size} bytes" if size < KB else f"{size / KB:.0f} KB"
    if size >= KB * KB:
        amount = f"{size / KB / KB:.1f} MB"
    return f"{file.name} ({file.media_type}, {amount})"
