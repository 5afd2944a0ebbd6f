"""Pictures that stand in a file instead of text: read by OCR."""

import base64
import binascii
import io
from collections.abc import Iterable

from PIL import Image

from .. import errors
from ..options import ConversionOptions
from ..reading import Reading, Report
from .bridge import blocks_of
from .pictures import read_frame
from .web_tree import Node, descendants

FEW_LETTERS = 40
MAX_PICTURES = 2000


def wants_pictures(reading: Reading, options: ConversionOptions) -> bool:
    """Whether there is hardly any text, or OCR is forced."""
    letters = sum(char.isalnum() for char in reading.document.text())
    return letters < FEW_LETTERS or (options.ocr_enabled and options.ocr_force)


def read_pictures(
    pictures: Iterable[bytes], reading: Reading, options: ConversionOptions, report: Report
) -> None:
    """Add the text in pictures behind the text of a file; what cannot be read is told."""
    for number, data in enumerate(pictures):
        if not options.ocr_enabled or number == MAX_PICTURES:
            reading.unread = True
            return
        report("ocr", None, None)  # pictures are no pages
        try:
            with errors.engine_at_work():
                image = Image.open(io.BytesIO(data))
            seen = read_frame(image, options)
        except errors.EngineError:
            reading.unread = True
            continue
        if seen.blocks:
            reading.document.blocks += blocks_of(seen.blocks)
            reading.ocr_confidence = min(reading.ocr_confidence or 1.0, seen.confidence)
    if reading.ocr_confidence is not None:
        reading.engine = f"{reading.engine}+tesseract"


def sources(root: Node) -> list[str]:
    """Where the pictures of a page come from, each once."""
    found = [
        node.attrs.get("src") or node.attrs.get("href") or node.attrs.get("xlink:href", "")
        for node in descendants(root)
        if node.tag in {"img", "image"}
    ]
    return list(dict.fromkeys(source for source in found if source))


def embedded(source: str) -> bytes | None:
    """The picture that an address holds itself (RFC 2397); None if it holds none."""
    head, _, data = source.partition(",")
    if not head.lower().startswith("data:image/") or not head.lower().endswith(";base64"):
        return None
    try:
        return base64.b64decode("".join(data.split()))
    except (binascii.Error, ValueError):
        return None
