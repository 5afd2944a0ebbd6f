"""What people decide about results: accepted, left out of exports, or neither yet.

Whoever may edit a result may review it (jobs/access.py). A review belongs to the result that
somebody saw: it ends when the result is lost, and a document that runs again has none. An edit
keeps it: for an accepted result the person who edited vouches from then on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from curatore.core.errors import DomainError
from jobs import logs
from jobs.locking import LockedJob, lock
from jobs.models import NOT_REVIEWED, Job, JobDocument, Review
from orgsettings.models import User

# What the log says of one result, and of several.
_WORDS: Mapping[Review, tuple[str, str]] = {
    Review.ACCEPTED: ("The result was accepted by", "results were accepted by"),
    Review.EXCLUDED: (
        "The result was left out of exports by",
        "results were left out of exports by",
    ),
    Review.NONE: ("The review was taken back by", "reviews were taken back by"),
}


class NotReviewable(DomainError):
    code = "document_not_reviewable"


def review(
    job: Job,
    rows: "Iterable[UUID] | QuerySet[JobDocument, UUID]",
    verdict: Review,
    *,
    by: User,
) -> int:
    """Decide about documents of `job`, all or none of them; returns how many changed.

    Those that are reviewed so already keep who did it and when.

    Args:
        rows: ids of JobDocuments, or a query for them; of other jobs they are left alone.

    Raises:
        NotReviewable: one of them has no result.
        JobGone: the job was deleted meanwhile.
    """
    now = timezone.now()
    with transaction.atomic():
        current = lock(job)
        chosen = JobDocument.objects.filter(job=job, pk__in=rows)
        if unfit := chosen.not_completed().first():
            raise NotReviewable(
                f"“{unfit.filename}” was not converted, so there is no result to review."
            )
        changing = chosen.exclude(review=verdict)
        before = dict(changing.order_by().values_list("review").annotate(n=Count("pk")))
        count = sum(before.values())
        if count:
            only = changing.first() if count == 1 else None
            changing.update(**_decision(verdict, by, now))
            _count(current, before, {verdict: count})
            _tell(current, verdict, count, only, by)
    return count


def after_edit(job: LockedJob, row: JobDocument, by: User | None, now: datetime) -> None:
    """An accepted result was edited: now the person who did it vouches."""
    if row.review != Review.ACCEPTED:
        return
    verdict = Review.ACCEPTED if by else Review.NONE
    JobDocument.objects.filter(pk=row.pk).update(**_decision(verdict, by, now))
    _count(job, {Review.ACCEPTED: 1}, {verdict: 1})


def _decision(verdict: Review, by: User | None, now: datetime) -> dict[str, Any]:
    if verdict == Review.NONE:
        return dict(NOT_REVIEWED)
    return {"review": verdict, "reviewed_by": by, "reviewed_at": now}


def _count(job: LockedJob, before: Mapping[Any, int], after: Mapping[Any, int]) -> None:
    """Keep the counters of `job` in step: so many fewer, so many more of each review."""
    more = {name: after.get(name, 0) - before.get(name, 0) for name in Review}
    Job.objects.filter(pk=job.pk).change(
        accepted_documents=F("accepted_documents") + more[Review.ACCEPTED],
        excluded_documents=F("excluded_documents") + more[Review.EXCLUDED],
    )


def _tell(job: LockedJob, verdict: Review, count: int, only: JobDocument | None, by: User) -> None:
    one, several = _WORDS[verdict]
    message = f"{count} {several} {by.username}"
    if only:
        message = f"{one} {by.username}: {only.full_name}"
    logs.write(
        job,
        "document.reviewed" if only else "job.reviewed",
        message,
        document=only,
        review=str(verdict),
        count=count,
        by=by.username,
    )
