"""The chunks of one document, cut by the text child one section at a time."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from documents import text_work
from documents.conversion.chunking import Cut, sections


@dataclass(frozen=True)
class Chunk(Cut):
    """A piece of a document that knows its name and its place among the others.

    `start` and `end` are within the document.
    """

    id: str  # the same for the same text in the same place of the same document
    index: int  # from 0

    @property
    def repeated_text(self) -> str:
        """What the chunk before ends with, too."""
        return self.text[: self.repeated]

    @property
    def new_text(self) -> str:
        return self.text[self.repeated :]


def chunks(markdown: str, *, document: str, size: int, overlap: int) -> Iterator[Chunk]:
    """Chunks of at most `size` tokens, each repeating at most `overlap` tokens of the one before.

    The first come when the first section is read, whatever the length of the text.

    Args:
        document: identifies the document; part of the ids.

    Raises:
        TakesTooLong: a section could not be cut in time.
    """
    seen: dict[bytes, int] = {}
    index = 0
    for section in sections(markdown):
        for cut in text_work.cut(section, size=size, overlap=overlap):
            known = asdict(cut) | {
                "start": section.place(cut.start),
                "end": section.place(cut.end - 1) + 1,
            }
            yield Chunk(**known, id=_id(document, cut, seen), index=index)
            index += 1


def _id(document: str, cut: Cut, seen: dict[bytes, int]) -> str:
    """Of what the chunk is, not of where it is: an edit elsewhere leaves it as it was."""
    known = "\n".join([document, *cut.headings, cut.text])
    digest = hashlib.sha256(known.encode()).digest()
    seen[digest] = seen.get(digest, 0) + 1
    return hashlib.sha256(f"{known}\n{seen[digest]}".encode()).hexdigest()[:32]
