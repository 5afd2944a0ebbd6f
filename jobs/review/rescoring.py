"""Scores of older results by today's method, on an operator's word.

A result is scored anew by what was kept of its source beside it. Without that there is nothing to
measure by, and it keeps the score it had, with the number of the method that gave it.
"""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet

from documents import text_work
from documents.conversion import Quality, is_rag_ready, total
from documents.conversion.scoring.score import METHOD
from jobs import lifecycle, results
from jobs.models import JobDocument
from jobs.review.edits import NotEditable, editable
from jobs.scores import Verdict

Outcome = Literal["scored", "kept", "failed"]


@dataclass(frozen=True)
class Rescored:
    """What one run of `rescore` did."""

    scored: int
    kept: int  # nothing was kept of their sources
    failed: int  # their files are gone, or they took too long
    last: UUID | None  # the last result looked at; None if there was none
    left: int  # results that come after it


def rescore(*, limit: int, after: UUID | None = None) -> Rescored:
    """Score the next `limit` results that an older method judged.

    Args:
        after: the last one of an earlier run. What keeps its score is passed by then.
    """
    rows = list(_older(after).select_related("job")[:limit])
    outcomes = [_rescore(row) for row in rows]
    last = rows[-1].pk if rows else None
    return Rescored(
        outcomes.count("scored"),
        outcomes.count("kept"),
        outcomes.count("failed"),
        last,
        _older(last).count() if last else 0,
    )


def _older(after: UUID | None) -> QuerySet[JobDocument]:
    """In the order of their ids."""
    method = Q(quality_scores__method__isnull=True) | Q(quality_scores__method__lt=METHOD)
    rows = JobDocument.objects.filter(method).exclude(result_file="").order_by("pk")
    return rows.filter(pk__gt=after) if after else rows


def _rescore(row: JobDocument) -> Outcome:
    words = results.source_words_of(row)
    if words is None:
        return "kept"
    try:
        quality, _ = text_work.score(results.read(row), source_words=words)
    except (results.ResultMissing, text_work.TakesTooLong):
        return "failed"
    return "scored" if _store(row, _with_recognition(quality, row)) else "failed"


def _with_recognition(quality: Quality, row: JobDocument) -> Quality:
    """`quality` with how sure text recognition was, which only the conversion knew."""
    if not row.quality_scores:
        return quality
    before = Quality.from_dict(row.quality_scores)
    known = tuple(part for part in before.parts if part.name == "ocr_confidence")
    if not known:
        return quality
    parts = (*quality.parts, *known)
    clarity = min(quality.clarity or 10.0, before.clarity or 10.0)
    return replace(quality, parts=parts, conversion_score=total(parts).score, clarity=clarity)


def _store(row: JobDocument, quality: Quality) -> bool:
    """Whether the row still had the text that was scored."""
    try:
        with editable(row) as (job, current):
            if current.result_file.name != row.result_file.name:
                return False
            ready = is_rag_ready(quality, job.options.quality_thresholds)
            before = Verdict(current.conversion_score or 0, current.is_rag_ready)
            JobDocument.objects.filter(pk=current.pk).update(
                conversion_score=quality.conversion_score,
                quality_scores=quality.as_dict(),
                is_rag_ready=ready,
            )
            lifecycle.note_new_verdict(job, before, Verdict(quality.conversion_score, ready))
    except NotEditable:
        return False
    return True
