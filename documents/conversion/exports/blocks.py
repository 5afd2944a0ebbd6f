"""Documents as our own JSON; document.schema.json beside this file says what stands in it."""

from pathlib import Path
from typing import Any

from ..document import Document

SCHEMA = "urn:curatore:document:1"
SCHEMA_FILE = Path(__file__).with_name("document.schema.json")


def blocks(
    document: Document, *, filename: str, media_type: str, sha256: str, made_from: str
) -> dict[str, Any]:
    """`document` as JSON types; what has its usual value is left out of a block.

    Args:
        filename: of the file that was converted, as are `media_type` and `sha256`.
        made_from: "original", or "markdown" if it was read back from that.
    """
    return {
        "schema": SCHEMA,
        "original": {"filename": filename, "media_type": media_type, "sha256": sha256},
        "made_from": made_from,
        **document.as_dict(),
    }
