"""What a reader gives: the Document it found in a file, and what it knows about its reading.

A reader is a function `read(path, filename, options, report, *, format_name) -> Reading` in
documents/conversion/readers; the table of formats names it. It raises ConversionError for files
that cannot be read, calls engines inside errors.engine_at_work(), and gives texts as clean_text
leaves them. docs/conversion.md says what it owes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .document import Document
from .options import ConversionOptions

# report(stage, done, total): done and total are pages, or None where there are none.
Report = Callable[[str, int | None, int | None], None]


@dataclass
class Reading:
    """What a file holds.

    `source_text` is its bare text, got by another way, to compare with; None if there is no other
    way. Of files without pages `ocr_confidence` (0-1) says that pictures in them were read, and
    `unread` that they hold something no text was got from: pages say that themselves.
    """

    document: Document
    engine: str
    source_text: str | None = None
    ocr_confidence: float | None = None
    unread: bool = False


class Reader(Protocol):
    def __call__(
        self,
        path: Path,
        filename: str,
        options: ConversionOptions,
        report: Report,
        *,
        format_name: str,
    ) -> Reading: ...
