"""How the documents of a job part into those that wait, run and ended: the numbers of every answer.

A job's own counters tell how many ended. How many run, and at which stage, is read in the same
statement as the job, so that the parts of one answer add up to its documents whatever workers do
meanwhile: pages, the API and commands read a job with `counted` and show what `of` makes of it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from jobs.models import Job, JobDocument, Stage


@dataclass(frozen=True)
class Partition:
    """The documents of a job, each in one part."""

    waiting: int  # what a worker took for later waits as well
    converting: int  # or begun a moment ago: those have no stage yet
    ocr: int
    scoring: int
    completed: int
    failed: int
    cancelled: int

    @property
    def running(self) -> int:
        return self.converting + self.ocr + self.scoring

    @property
    def total(self) -> int:
        return self.waiting + self.running + self.completed + self.failed + self.cancelled


def counted(jobs: QuerySet[Job, Any]) -> QuerySet[Job, Any]:
    """`jobs`, each with what `of` needs besides its row. O(running documents) for each."""
    begun = JobDocument.objects.begun().filter(job=OuterRef("pk"))
    return jobs.annotate(
        begun_documents=_count(begun),
        ocr_documents=_count(begun.filter(stage=Stage.OCR)),
        scoring_documents=_count(begun.filter(stage=Stage.SCORING)),
    )


def of(job: Any) -> Partition:
    """The parts of a job that was read with `counted`, as they were at that moment; no query."""
    begun, ocr, scoring = job.begun_documents, job.ocr_documents, job.scoring_documents
    return Partition(
        waiting=job.total_documents - job.ended_documents - begun,
        converting=begun - ocr - scoring,
        ocr=ocr,
        scoring=scoring,
        completed=job.completed_documents,
        failed=job.failed_documents,
        cancelled=job.cancelled_documents,
    )


class StageCount(NamedTuple):
    name: str
    label: str
    documents: int


def stages(parts: Partition) -> list[StageCount]:
    """How many documents are at each stage of an active job, in the order they take.

    Cancelled ones have a stage of their own, if there are any: they are not done.
    """
    found = [
        StageCount("queued", _("Queued"), parts.waiting),
        StageCount("converting", _("Converting"), parts.converting),
        StageCount("ocr", _("OCR"), parts.ocr),
        StageCount("scoring", _("Scoring"), parts.scoring),
        StageCount("done", _("Done"), parts.completed + parts.failed),
    ]
    if parts.cancelled:
        found.append(StageCount("cancelled", _("Cancelled"), parts.cancelled))
    return found


def outcome(job: Job) -> str:
    """What came of the documents of a job: “5 of 7 converted, 1 failed, 1 cancelled”."""
    values = {"done": job.completed_documents, "total": job.total_documents}
    told = [_("%(done)d of %(total)d converted") % values]
    if job.failed_documents:
        told.append(_("%d failed") % job.failed_documents)
    if job.cancelled_documents:
        told.append(_("%d cancelled") % job.cancelled_documents)
    return ", ".join(told)


def _count(rows: QuerySet[JobDocument]) -> Coalesce:
    counts = rows.order_by().values("job").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)
