"""Files that are ZIP archives of XML parts (Office Open XML, OpenDocument, EPUB)."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from .. import errors

# Files of the strict kind (ISO/IEC 29500-1) say the same under other names.
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})/(\w{1,40})")
LONGEST_ENTITY = 200  # characters
MOST_OF_ENTITIES = 1_000_000  # characters that stand for entities in one part
MAX_PART = 256 * 1024**2  # bytes of one part, unpacked


class Package:
    """The parts of one file by name. Raises EngineError for what is damaged or swollen."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Package"]:
        # What goes wrong while the parts are used is a fault of ours, and has to be seen as one.
        with errors.engine_at_work():
            archive = zipfile.ZipFile(path)
        with archive:
            yield cls(archive)

    def read(self, name: str) -> bytes:
        """The bytes of a part; empty if there is none of that name."""
        if name not in self.names:
            return b""
        with errors.engine_at_work(), self._archive.open(name) as part:
            data = part.read(MAX_PART + 1)
        if len(data) > MAX_PART:
            raise errors.EngineError(f"{name} is larger than {MAX_PART} bytes")
        return data

    def tree(self, name: str) -> etree._Element | None:
        """The root element of a part; None if there is none of that name, or it holds no XML."""
        data = self.read(name)
        if b"http://purl.oclc.org/ooxml/" in data:
            data = STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
        return parse(data) if data else None


def parse(data: bytes) -> etree._Element | None:
    """XML as a tree; nothing is fetched, and damage is passed over.

    Entities that the file itself declares as short text stand for it; all others are left out.

    Raises EngineError for what cannot even be taken for XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    with errors.engine_at_work():
        root = etree.fromstring(data, parser)
        if root is not None and next(root.iter(etree.Entity), None) is not None:
            _settle_entities(root)
        return root


def _settle_entities(root: etree._Element) -> None:
    """References to entities are nodes without a name; readers look for elements and text."""
    declared: Any = root.getroottree().docinfo.internalDTD
    texts = {
        entity.name: entity.content
        for entity in (declared.iterentities() if declared is not None else ())
        if entity.content
        and len(entity.content) <= LONGEST_ENTITY
        # One that refers to others could grow without end.
        and not {"<", "&"} & {*entity.content}
    }
    left = MOST_OF_ENTITIES
    reference: Any
    for reference in root.iter(etree.Entity) if texts else ():
        text = texts.get(reference.name or "")
        if text and len(text) <= left:
            left -= len(text)
            reference.tail = text + (reference.tail or "")
    etree.strip_tags(root, etree.Entity)


def elements(data: bytes, *names: str) -> Iterator[etree._Element]:
    """The elements of these names in any namespace, each as soon as it ends, in little memory.

    Whoever has read one drops it. Damage is passed over.
    """
    return (element for _, element in stream(data, *names, events=("end",)))


def stream(
    data: bytes, *names: str, events: tuple[str, ...] = ("start", "end")
) -> Iterator[tuple[str, etree._Element]]:
    """The same with the events that people ask for: `start` has attributes but no children yet."""
    if not data:
        return
    with errors.engine_at_work():
        yield from etree.iterparse(
            io.BytesIO(data), events=events, tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip


def dropped(element: etree._Element) -> None:
    """Forget an element that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
