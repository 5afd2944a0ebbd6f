"""The Process page of the old system: one batch per person, followed on the page itself.

The batch is a job like any other, in the list of jobs and counted against the limit. Only the mark
`on_process_page` makes it the one that its owner's page shows, from its first file until the page
is cleared. The database allows one mark per person, and an active job keeps its own: so nobody
processes two batches there at once.
"""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction

from curatore.core.errors import DomainError
from documents.models import Document
from jobs import drafts, lifecycle, partition, starts
from jobs.locking import lock
from jobs.models import Job, JobOrigin
from jobs.review import review_queue
from orgsettings.models import Membership, User

# What the page tells apart among the results: name in the URL -> filter of review_queue.
FILTERS: Mapping[str, str] = {
    "all": "all",
    "failed": "failed",
    "low": "not_ready",
    "passed": "rag_ready",
}


class ProcessPageBusy(DomainError):
    code = "process_page_busy"


def is_available(membership: Membership | None) -> bool:
    """Whether the person finds the page in the navigation."""
    is_there = settings.PROCESS_PAGE_MODE == "available"
    return is_there and membership is not None and membership.can_write


def current(user: User) -> Job | None:
    """The batch that the page of `user` shows: a draft, active or ended; None on a fresh page."""
    jobs = partition.counted(Job.objects.for_user(user))
    return jobs.filter(user=user, on_process_page=True).first()


def add_documents(user: User, documents: Sequence[Document]) -> Job:
    """Add those documents that the batch does not have yet; the first ones begin a batch.

    Raises:
        ProcessPageBusy: the batch on the page was started already.
    """
    job = current(user)
    if job is None:
        return _begin(user, documents)
    if job.is_active:
        raise ProcessPageBusy(
            "Your batch is still being processed. Wait for its end or cancel it, then start over."
        )
    if not job.is_draft:
        raise ProcessPageBusy("Your batch has ended. Start over to process other files.")
    drafts.add_documents(job, documents)
    return job


def _begin(user: User, documents: Sequence[Document]) -> Job:
    try:
        with transaction.atomic():
            return drafts.create(
                user.membership.organization,
                user,
                documents=documents,
                origin=JobOrigin.PROCESS,
                on_process_page=True,
            )
    except IntegrityError:
        # Another request of the same person, at the same moment, was first.
        job = Job.objects.get(user=user, on_process_page=True)
        drafts.add_documents(job, documents)
        return job


def process_here(job: Job, *, by: User) -> None:
    """Start the batch and keep it on the page; raises as `starts.start`."""
    with transaction.atomic():
        starts.start(job, by=by)
        _name(job)


def process_as_tracked_job(job: Job, *, by: User, or_wait: bool = False) -> None:
    """Start the batch as a job like those of Create New Job, and clear the page.

    With `or_wait` it may join the line. Raises as `starts.start`; nothing is changed then.
    """
    with transaction.atomic():
        starts.start(job, by=by, or_wait=or_wait)
        _name(job)
        Job.objects.filter(pk=job.pk).change(origin=JobOrigin.WEB, on_process_page=False)
    job.refresh_from_db()


def _name(job: Job) -> None:
    drafts.rename(job, name=drafts.suggested_name(job), description=job.description)


def clear(job: Job) -> None:
    """Take the batch off the page. It stays a job with all it has; only an empty draft goes.

    Raises:
        ProcessPageBusy: it is active.
    """
    with transaction.atomic():
        held = lock(job)
        if held.is_active:
            raise ProcessPageBusy(
                "Your batch is still being processed. Wait for its end or cancel it first."
            )
        if held.is_draft and not held.total_documents:
            lifecycle.erase(held)
            return
        Job.objects.filter(pk=job.pk).change(on_process_page=False)


def counts(job: Job) -> dict[str, int]:
    """How many documents of the batch each of FILTERS holds; no query."""
    found = review_queue.counts(job)
    return {name: found[wanted] for name, wanted in FILTERS.items()}


def results(job: Job, shown: str) -> review_queue.Rows:
    """The documents of a filter of FILTERS, the worst first."""
    query = review_queue.QueueQuery(state=FILTERS[shown])
    return review_queue.listed(job, query, review_queue.counts(job))
