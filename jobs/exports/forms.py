"""One result as a file: Markdown, the JSON of its blocks, or docling's format."""

from pathlib import PurePath
from typing import Any, NamedTuple

from django.http import HttpResponse

from curatore.core.files import json_file, markdown_file
from documents import text_work
from documents.archive_names import markdown_name
from documents.conversion.exports.making import Form
from jobs import results
from jobs.models import JobDocument

FORMS = tuple(str(form) for form in Form)
DATA = (str(Form.JSON), str(Form.DOCLING))  # what an archive may have beside Markdown
ENDINGS = {Form.MARKDOWN: ".md", Form.JSON: ".json", Form.DOCLING: ".docling.json"}


class Exported(NamedTuple):
    filename: str
    text: str
    is_json: bool


def export(row: JobDocument, form: str, *, with_front_matter: bool = False) -> Exported:
    """The result of `row` as it is now; the same each time until somebody edits it.

    JSON is made of the blocks that were kept of the conversion. Where there are none, because the
    text was edited, is older than they are, or was too large, it is made of the Markdown, and has
    no boxes.

    Raises:
        ResultMissing: the storage lost it.
        TakesTooLong: there is too much of it, or no time for it now.
    """
    wanted = Form(form)
    text = results.read(row)
    if wanted != Form.MARKDOWN or with_front_matter:
        text = text_work.export(
            wanted,
            markdown=text,
            document=results.packed_document_of(row),
            original=_original(row),
            facts=_facts(row) if with_front_matter else None,
        )
    stem = PurePath(markdown_name(row.filename)).stem
    return Exported(f"{stem}{ENDINGS[wanted]}", text, is_json=wanted != Form.MARKDOWN)


def as_file(row: JobDocument, form: str, *, with_front_matter: bool) -> HttpResponse:
    """The answer that a browser saves; refuses as `export` does."""
    exported = export(row, form, with_front_matter=with_front_matter)
    if exported.is_json:
        return json_file(exported.text, exported.filename)
    return markdown_file(exported.text, exported.filename)


def data(row: JobDocument, form: str, markdown: str) -> str | None:
    """The same for an archive that is being sent; None if it cannot be made in time."""
    try:
        return text_work.export(
            form,
            markdown=markdown,
            document=results.packed_document_of(row),
            original=_original(row),
            is_streamed=True,
        )
    except text_work.TakesTooLong:
        return None


def _original(row: JobDocument) -> dict[str, str]:
    return {
        "filename": row.filename,
        "media_type": row.media_type,
        "sha256": row.document.sha256 if row.document else "",
    }


def _facts(row: JobDocument) -> dict[str, Any]:
    """What stands at the head of Markdown, in this order, before language and title."""
    path = f"{row.path}/" if row.path else ""
    return {
        "source": f"{path}{row.filename}",
        "sha256": row.document.sha256 if row.document else None,
        "pages": row.page_count,
        "score": row.conversion_score,
    }
