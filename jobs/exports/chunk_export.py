"""The results of a job in chunks, for a vector database."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from curatore.core.errors import InvalidInput
from documents import text_work
from documents.chunks import Chunk, chunks
from documents.conversion.exports.boxes import Boxed, between
from documents.text_work import TakesTooLong
from jobs import results
from jobs.models import Job, JobDocument
from jobs.results import ResultMissing
from orgsettings.options import BY_NAME

_ROWS_AT_ONCE = 100


def limits(option: str) -> dict[str, Any]:
    """The smallest and largest value of an option of chunks, for the fields that take one."""
    field = BY_NAME[f"processing_settings.{option}"]
    return {"min_value": field.minimum, "max_value": field.maximum}


def bounds(job: Job, *, size: int | None, overlap: int | None) -> tuple[int, int]:
    """Chunk size and overlap in tokens: as given, else the job's.

    Raises:
        InvalidInput: the overlap is not smaller than the size.
    """
    chosen = job.options.processing_settings
    size = chosen.chunk_size if size is None else size
    # A chosen size may be smaller than the job's overlap, which nobody asked for then.
    overlap = min(chosen.chunk_overlap, size // 2) if overlap is None else overlap
    if overlap >= size:
        detail = f"The overlap must be smaller than the chunk size, which is {size} tokens."
        raise InvalidInput(
            "The chunks cannot be made.",
            [{"pointer": "/chunk_overlap", "code": "out_of_range", "detail": detail}],
        )
    return size, overlap


def lines(
    job: Job, *, size: int, overlap: int, only_ready: bool, only_accepted: bool = False
) -> Iterator[dict[str, Any]]:
    """The chunks of all results, in the order of the documents, one document at a time.

    What was left out by review is not among them. A result that the storage lost, or the rest of
    one that cannot be cut in time, gives one line with `error` instead of `text`.
    """
    rows = JobDocument.objects.filter(job=job).for_export(only_accepted=only_accepted)
    rows = rows.order_by("position")
    if only_ready:
        rows = rows.filter(is_rag_ready=True)
    for row in rows.defer("warnings", "quality_scores").iterator(chunk_size=_ROWS_AT_ONCE):
        facts = _facts(row)
        try:
            markdown = results.read(row)
        except ResultMissing as missing:
            yield facts | {"error": {"code": missing.code, "detail": str(missing)}}
            continue
        known = facts["document_id"] or facts["job_document_id"]
        try:
            boxes = _boxes(row, markdown)
            for chunk in chunks(markdown, document=known, size=size, overlap=overlap):
                yield _line(chunk, facts, between(boxes, chunk.start, chunk.end))
        except TakesTooLong as refusal:
            yield facts | {"error": {"code": refusal.code, "detail": str(refusal)}}


def as_json(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One JSON object a line."""
    for line in lines:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _boxes(row: JobDocument, markdown: str) -> list[Boxed]:
    """Of a result that has pages and was not edited: only then somebody knows where it stands."""
    has_pages = row.result_document_size and row.page_count
    document = results.packed_document_of(row) if has_pages else None
    return text_work.boxes(markdown, document) if document else []


def _line(chunk: Chunk, facts: dict[str, Any], boxes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": chunk.id,
        **facts,
        "index": chunk.index,
        "page": chunk.page,
        "last_page": chunk.last_page,
        "boxes": boxes,
        "headings": chunk.headings,
        "text": chunk.text,
        "token_count": chunk.tokens,
    }


def _facts(row: JobDocument) -> dict[str, Any]:
    return {
        "job_id": str(row.job_id),
        "job_document_id": str(row.pk),
        "document_id": str(row.document_id) if row.document_id else None,
        "filename": row.filename,
        "path": row.path,
        "conversion_score": row.conversion_score,
        "is_rag_ready": row.is_rag_ready,
    }
