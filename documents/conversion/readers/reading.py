"""What a reader hands over."""

from dataclasses import dataclass

from ..document import Document


@dataclass(slots=True)
class Reading:
    """A document, and the engine that read it.

    `source_text` is its bare text, got by another way, to compare with; None if there is none.
    """

    document: Document
    engine: str
    source_text: str | None = None
