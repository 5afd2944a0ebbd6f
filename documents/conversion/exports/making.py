"""One result in each of the forms that it can be had in."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from ..document import Document, Heading, plain
from ..keeping import decoded, unpacked
from .blocks import blocks
from .docling import docling
from .front_matter import with_front_matter
from .markup import document_of


class Form(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"  # blocks with their places; see blocks.py
    DOCLING = "docling"  # the same, in docling's format


def made(
    form: str,
    *,
    markdown: str,
    document: str | None,
    original: Mapping[str, str],
    facts: Mapping[str, Any] | None = None,
) -> str:
    """The result as the text of a file in this form.

    Args:
        document: what keeping.py packed of it; None if nothing was kept, then it is read back
            from `markdown`.
        original: `filename`, `media_type` and `sha256` of what was converted.
        facts: what stands at the head of Markdown, with `language` and `title` of the document;
            no head if it is None.
    """
    if form == Form.MARKDOWN and facts is None:
        return markdown
    own = kept(document)
    found = own or document_of(markdown)
    match Form(form):
        case Form.MARKDOWN:
            told = {**(facts or {}), "language": found.language, "title": title_of(found)}
            return with_front_matter(markdown, told)
        case Form.DOCLING:
            return as_json(docling(found, **original))
        case Form.JSON:
            made_from = "original" if own else "markdown"
            return as_json(blocks(found, **original, made_from=made_from))


def title_of(document: Document) -> str | None:
    """What the file calls itself, else its first heading, if that is of the highest level."""
    if document.title and document.title.strip():
        return " ".join(document.title.split())
    first = next((block for block in document.body() if isinstance(block, Heading)), None)
    return " ".join(plain(first.spans).split()) if first and first.level == 1 else None


def as_json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    # Half a pair of surrogates is no text; no reader makes any, but a damaged file may hold one.
    return text.encode("utf-8", "replace").decode()


def kept(document: str | None) -> Document | None:
    """The Document that keeping.py packed; None if there is none, or it is damaged."""
    data = decoded(document) if document else None
    return unpacked(data) if data else None
