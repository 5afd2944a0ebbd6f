"""The documents of a job as a table for spreadsheets: CSV, one line for each document."""

import csv
from collections.abc import Iterator
from typing import Any

from documents.exports import RATINGS
from jobs.models import Job, JobDocument

COLUMNS = ("filename", "path", "status", "conversion_score", *RATINGS, "is_rag_ready", "engine",
           "page_count", "ocr_page_count", "processing_time_seconds", "attempts",
           "error_code", "error_message", "error_hint", "id", "document_id",
           "review", "reviewed_by", "reviewed_at")  # fmt: skip
_ROWS_AT_ONCE = 200
# Spreadsheets take a cell that begins so for a formula, whoever wrote the file name.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


class _Line:
    """What csv writes to: keeps nothing but the line it was given."""

    def write(self, line: str) -> str:
        return line


def lines(job: Job) -> Iterator[str]:
    """The head, then the documents in their order; a few in memory at a time."""
    write = csv.writer(_Line()).writerow
    yield _BYTE_ORDER_MARK + write(COLUMNS)
    rows = JobDocument.objects.filter(job=job).order_by("position").defer("warnings")
    rows = rows.select_related("reviewed_by")
    for row in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        yield write([_cell(_value(row, column)) for column in COLUMNS])


def _value(row: JobDocument, column: str) -> Any:
    if column in RATINGS:
        return (row.quality_scores or {}).get(column)
    match column:
        case "status":
            return row.state
        case "reviewed_by":
            return row.reviewed_by.username if row.reviewed_by else ""
        case "reviewed_at":
            return row.reviewed_at.isoformat() if row.reviewed_at else ""
    return getattr(row, column)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
