"""Jobs, their documents and their log: the schema, and the questions asked of it.

No line here changes a status: see jobs/lifecycle.py and jobs/engine/attempts.py.
"""

import re
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from documents.models import Document
from documents.names import LONGEST_PATH, full_name, named
from jobs import scores
from jobs.file_passwords import FilePassword  # noqa: F401  # Django looks for models here
from jobs.monitoring.measurements import Measurement  # noqa: F401  # Django looks for models here
from orgsettings.models import Organization


class JobStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"  # a draft: its documents and options may still change
    QUEUED = "QUEUED", "Queued"  # started; no document was taken by a worker yet
    RUNNING = "RUNNING", "Running"
    COMPLETED = "COMPLETED", "Completed"  # at least one document was converted
    FAILED = "FAILED", "Failed"  # none was
    CANCELLED = "CANCELLED", "Cancelled"


ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)  # counted against the concurrency limit
TERMINAL = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
# A job needs attention when it failed, when documents of it did, or when results of it are poor:
# a single one, since a good average tells nobody which file to look at.
NEEDS_ATTENTION = Q(status=JobStatus.FAILED) | Q(
    Q(failed_documents__gt=0) | Q(not_ready_documents__gt=0) | Q(is_low_quality=True),
    status=JobStatus.COMPLETED,
)


BEGINNING_OF_ID = re.compile("[0-9a-f]{4,32}")


def ids_beginning_with(digits: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The lowest and the highest id that begin with `digits` (4 or more); None if none does."""
    plain = digits.replace("-", "").lower()
    if not BEGINNING_OF_ID.fullmatch(plain):
        return None
    return uuid.UUID(plain.ljust(32, "0")), uuid.UUID(plain.ljust(32, "f"))


class JobOrigin(models.TextChoices):
    """The door by which a job came in."""

    WEB = "web", "Create New Job"
    API = "api", "API"
    LEGACY = "legacy", "Deprecated API"  # single documents and batches of earlier clients
    PROCESS = "process", "Process page"  # processed there at once
    SYSTEM = "system", "Curatore"  # such as the sample job


def expiry(end: datetime, retention_days: int | None) -> datetime | None:
    """When a job that ended (or, as a draft, was made) at `end` is deleted; None for never."""
    return None if retention_days is None else end + timedelta(days=retention_days)


class JobQuerySet(models.QuerySet["Job"]):
    def for_user(self, user: Any) -> Self:
        """Jobs that `user` may see: their own, or all of the organization (`sees_all_jobs`)."""
        membership = user.membership
        jobs = self.for_org(membership.organization)
        return jobs if membership.sees_all_jobs else jobs.filter(user=user)

    def for_org(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def terminal(self) -> Self:
        return self.filter(status__in=TERMINAL)

    def in_line(self) -> Self:
        """Jobs that wait for a place among the active ones: see jobs/line.py."""
        return self.filter(waiting_since__isnull=False)

    def matching(self, words: str, *, one_by_one: bool = False) -> Self:
        """Jobs with `words` in name, description or a document's name or folder, any case.

        Jobs whose id begins with `words` match, too. `one_by_one` is for few of very many jobs:
        each job's documents are then looked up, while PostgreSQL would read those of all jobs.
        """
        named = JobDocument.objects.named(words).filter(job=OuterRef("pk"))
        has_named: Any = Exists(named)
        if one_by_one:
            has_named = IsNull(Subquery(named.order_by().values("pk")[:1]), False)
        matches = Q(name__icontains=words) | Q(description__icontains=words) | Q(has_named)
        ids = ids_beginning_with(words)
        return self.filter(matches | Q(pk__range=ids) if ids else matches)

    def expired(self, now: datetime) -> Self:
        """Jobs whose retention ran out by `now`; never active, waiting or indefinite ones."""
        ended = self.filter(expires_at__lte=now, waiting_since__isnull=True)
        return ended.exclude(status__in=ACTIVE)


class Job(models.Model):
    """A named batch of documents of one organization, converted with one set of options."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="jobs")
    # None: made by the system, such as the sample job, or its owner is gone.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    name = models.CharField(max_length=255)
    description = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.PENDING)
    origin = models.CharField(
        max_length=10, choices=JobOrigin, default=JobOrigin.WEB, db_default=JobOrigin.WEB
    )
    # The draft whose options it tries on a few documents.
    trial_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="trials"
    )
    # Its owner's Process page shows it, from the first file until it is cleared; one at a time.
    on_process_page = models.BooleanField(default=False, db_default=False)

    total_documents = models.PositiveIntegerField(default=0)
    completed_documents = models.PositiveIntegerField(default=0)
    failed_documents = models.PositiveIntegerField(default=0)
    cancelled_documents = models.PositiveIntegerField(default=0)
    # The conversion scores of the completed documents: see jobs/scores.py.
    score_sum = models.PositiveBigIntegerField(default=0, db_default=0)
    score_bands = models.JSONField(default=scores.no_bands)
    not_ready_documents = models.PositiveIntegerField(default=0, db_default=0)
    is_low_quality = models.BooleanField(default=False, db_default=False)
    # Of the completed documents: see jobs/review/reviews.py.
    accepted_documents = models.PositiveIntegerField(default=0, db_default=0)
    excluded_documents = models.PositiveIntegerField(default=0, db_default=0)

    # Canonical and complete (orgsettings.options): later changes of defaults do not reach it.
    processing_options = models.JSONField(default=dict)
    # Earlier results of the same bytes are taken instead of made anew: see jobs/reuse.py.
    reuse_results = models.BooleanField(default=False, db_default=False)
    retention_days = models.PositiveSmallIntegerField(null=True)  # at creation; None: for ever
    error_message = models.TextField(blank=True)

    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)  # end of COMPLETED and FAILED
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # None: never
    # When a worker last took documents: the fair order looks at it. None: not since the start.
    last_claimed_at = models.DateTimeField(null=True, blank=True)

    # Its place in the line of its organization, if it waits for one among the active jobs.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # Who put it there; None also when that account is gone.
    waiting_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of an ended job, what is to run again: `rows` and `options` of lifecycle.retry.
    waiting_retry = models.JSONField(null=True, blank=True)

    # What the cancellation came to; see lifecycle.CancelReceipt.
    cancellation = models.JSONField(null=True, blank=True)
    # Raised by every change that a page or client can see: pollers and ETags compare it.
    version = models.PositiveIntegerField(default=1)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status"),
            models.CheckConstraint(condition=Q(origin__in=JobOrigin.values), name="job_origin"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(on_process_page=True),
                name="job_one_on_process_page",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_documents__gte=F("completed_documents")
                    + F("failed_documents")
                    + F("cancelled_documents")
                ),
                name="job_counters_within_total",
            ),
            models.CheckConstraint(
                condition=Q(score_sum__lte=scores.TOP * F("completed_documents")),
                name="job_scores_of_completed_documents",
            ),
            models.CheckConstraint(
                condition=Q(not_ready_documents__lte=F("completed_documents")),
                name="job_not_ready_documents_are_completed",
            ),
            models.CheckConstraint(
                condition=Q(
                    completed_documents__gte=F("accepted_documents") + F("excluded_documents")
                ),
                name="job_reviewed_documents_are_completed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[JobStatus.COMPLETED, JobStatus.FAILED])
                | Q(
                    total_documents=F("completed_documents")
                    + F("failed_documents")
                    + F("cancelled_documents"),
                    completed_at__isnull=False,
                ),
                name="job_ends_when_all_documents_ended",
            ),
            models.CheckConstraint(
                condition=Q(status=JobStatus.CANCELLED) ^ Q(cancelled_at__isnull=True),
                name="job_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(status=JobStatus.PENDING)
                | Q(status=JobStatus.CANCELLED)
                | Q(queued_at__isnull=False, total_documents__gt=0),
                name="job_started_with_documents",
            ),
            models.CheckConstraint(
                condition=~Q(status=JobStatus.RUNNING) | Q(started_at__isnull=False),
                name="job_running_since",
            ),
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True, waiting_retry__isnull=True)
                | Q(
                    waiting_since__isnull=False,
                    waiting_retry__isnull=True,
                    status=JobStatus.PENDING,
                    total_documents__gt=0,
                )
                | Q(
                    waiting_since__isnull=False,
                    waiting_retry__isnull=False,
                    status__in=TERMINAL,
                ),
                name="job_waits_before_it_is_active",
            ),
            # Its index is that of the line.
            models.UniqueConstraint(
                fields=["organization", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="job_one_at_a_place_in_line",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="job_list"),
            models.Index(fields=["organization", "user", "-created_at"], name="job_list_own"),
            models.Index(fields=["organization", "id"], name="job_by_id"),
            models.Index(fields=["organization", "status", "-created_at"], name="job_by_status"),
            models.Index(
                fields=["organization", "user", "status", "-created_at"], name="job_by_status_own"
            ),
            models.Index(
                fields=["organization", "-created_at"],
                condition=NEEDS_ATTENTION,
                name="job_attention",
            ),
            models.Index(
                fields=["organization", "user", "-created_at"],
                condition=NEEDS_ATTENTION,
                name="job_attention_own",
            ),
            models.Index(fields=["organization"], condition=Q(status__in=ACTIVE), name="job_live"),
            models.Index(fields=["expires_at"], name="job_expiry"),
            # Statistics read nothing but this index of the jobs that ended lately.
            models.Index(
                fields=["organization", "completed_at", "status", "started_at"], name="job_ended"
            ),
            models.Index(fields=["organization", "-last_claimed_at"], name="job_turns"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.status == JobStatus.PENDING

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_in_line(self) -> bool:
        """Whether it waits for a place: as a draft, or ended and to be retried."""
        return self.waiting_since is not None

    @property
    def is_editable(self) -> bool:
        """Whether its documents and options may be changed."""
        return self.is_draft and not self.is_in_line

    @property
    def is_live(self) -> bool:
        """Whether it changes by itself, so that it is worth looking again."""
        return self.is_active or self.is_in_line

    @property
    def is_cancelling(self) -> bool:
        return self.is_active and self.cancel_requested_at is not None

    @property
    def ended_documents(self) -> int:
        return self.completed_documents + self.failed_documents + self.cancelled_documents

    @property
    def done_documents(self) -> int:
        """Documents that were worked through; a cancelled one was not."""
        return self.completed_documents + self.failed_documents

    @property
    def ready_documents(self) -> int:
        return self.completed_documents - self.not_ready_documents

    @property
    def unreviewed_documents(self) -> int:
        """Completed documents about which nobody decided yet."""
        return self.completed_documents - self.reviewed_documents

    @property
    def reviewed_documents(self) -> int:
        return self.accepted_documents + self.excluded_documents

    @property
    def progress_percent(self) -> int:
        """Share of documents that were converted or failed, 0 to 100, rounded down."""
        if not self.total_documents:
            return 0
        return 100 * self.done_documents // self.total_documents

    @property
    def average_score(self) -> float | None:
        """The mean conversion score of its documents, 0 to 100; None while there is none."""
        return scores.average(self.score_sum, self.completed_documents)

    @property
    def ended_at(self) -> datetime | None:
        return self.completed_at or self.cancelled_at

    @property
    def outcome(self) -> str | None:
        """How it ended: success, partial, failed or cancelled; None before the end."""
        if self.status == JobStatus.COMPLETED:
            return "partial" if self.completed_documents < self.total_documents else "success"
        return {JobStatus.FAILED: "failed", JobStatus.CANCELLED: "cancelled"}.get(
            JobStatus(self.status)
        )


class DocumentStatus(models.TextChoices):
    PENDING = "PENDING", "Waiting"
    RUNNING = "RUNNING", "Running"
    COMPLETED = "COMPLETED", "Completed"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"


class Stage(models.TextChoices):
    """What is being done with a running document; jobs/engine/attempts.py writes it."""

    CONVERTING = "CONVERTING", "Converting"
    OCR = "OCR", "OCR"
    SCORING = "SCORING", "Scoring"


# Documents in each state that people see: what a worker took for later still waits for it.
IN_STATE: Mapping[DocumentStatus, Q] = {
    DocumentStatus.PENDING: Q(status=DocumentStatus.PENDING)
    | Q(status=DocumentStatus.RUNNING, started_at__isnull=True),
    DocumentStatus.RUNNING: Q(status=DocumentStatus.RUNNING, started_at__isnull=False),
    DocumentStatus.COMPLETED: Q(status=DocumentStatus.COMPLETED),
    DocumentStatus.FAILED: Q(status=DocumentStatus.FAILED),
    DocumentStatus.CANCELLED: Q(status=DocumentStatus.CANCELLED),
}


class Review(models.TextChoices):
    """What somebody decided about a result; jobs/review/reviews.py writes it."""

    NONE = "none", "Not reviewed"
    ACCEPTED = "accepted", "Accepted"
    EXCLUDED = "excluded", "Left out"  # of exports


# The columns of a document that nobody reviewed.
NOT_REVIEWED: Mapping[str, Any] = {
    "review": Review.NONE,
    "reviewed_by": None,
    "reviewed_at": None,
}
# The columns of a document that no attempt holds.
UNHELD: Mapping[str, Any] = {
    "attempt_id": None,
    "lease_expires_at": None,
    "worker": None,
    "stage": "",
    "pages_done": None,
    "pages_total": None,
}


class JobDocumentQuerySet(models.QuerySet["JobDocument"]):
    def for_user(self, user: Any) -> Self:
        """Documents of the jobs that `user` may see."""
        return self.filter(job__in=Job.objects.for_user(user))

    def named(self, words: str) -> Self:
        """Documents with `words` in name or folder, any case."""
        return self.filter(named(words))

    def in_unfinished_jobs(self) -> Self:
        """Documents that somebody still needs: of drafts, active jobs, and jobs in line."""
        return self.exclude(job__status__in=TERMINAL, job__waiting_since__isnull=True)

    def note_change(self) -> None:
        """Raise the version of the jobs of these documents, after a change that can be seen."""
        Job.objects.filter(pk__in=self.values("job")).update(version=F("version") + 1)

    def waiting(self) -> Self:
        return self.filter(status=DocumentStatus.PENDING)

    def running(self) -> Self:
        return self.filter(status=DocumentStatus.RUNNING)

    def begun(self) -> Self:
        """Documents that are being converted."""
        return self.filter(IN_STATE[DocumentStatus.RUNNING])

    def not_begun(self) -> Self:
        """Documents that nobody converts yet: waiting, or taken by a worker for later."""
        return self.filter(IN_STATE[DocumentStatus.PENDING])

    def in_states(self, states: Collection[DocumentStatus]) -> Self:
        return self.filter(reduce(or_, (IN_STATE[state] for state in states)))

    def completed(self) -> Self:
        return self.filter(status=DocumentStatus.COMPLETED)

    def not_completed(self) -> Self:
        return self.exclude(status=DocumentStatus.COMPLETED)

    def for_export(self, *, only_accepted: bool = False) -> Self:
        """Documents whose results exports hold: all but those left out, or only accepted ones."""
        rows = self.completed()
        if only_accepted:
            return rows.filter(review=Review.ACCEPTED)
        return rows.exclude(review=Review.EXCLUDED)

    def not_for_export(self, *, only_accepted: bool = False) -> Self:
        """The other documents: without a result, or kept out of exports by their review."""
        if only_accepted:
            return self.exclude(review=Review.ACCEPTED)
        return self.filter(~Q(status=DocumentStatus.COMPLETED) | Q(review=Review.EXCLUDED))

    def due(self) -> Self:
        """Documents that a worker may take: waiting, in a started job nobody is cancelling."""
        return self.waiting().filter(job__status__in=ACTIVE, job__cancel_requested_at__isnull=True)


def result_name(row: "JobDocument", filename: str) -> str:
    """Where a result lies: one file per attempt, so that a lost attempt overwrites nothing."""
    return f"results/{row.job_id}/{row.pk}/{filename}"


class JobDocument(models.Model):
    """One document of one job: its place in the queue, its attempts and its result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="job_documents")
    # None after the uploaded document was deleted; the result stays.
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, related_name="job_documents"
    )
    position = models.PositiveIntegerField()  # order of conversion within the job, from 0
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=LONGEST_PATH, blank=True, default="", db_default="")
    file_size = models.PositiveBigIntegerField()  # bytes
    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.PENDING)

    # The attempt that holds the document; results of any other attempt are refused.
    attempt_id = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # begun, the current one included
    # How often it came back to wait, failed or stopped for others: it then lets others go first.
    returns = models.PositiveSmallIntegerField(default=0, db_default=0)
    timed_out = models.BooleanField(default=False, db_default=False)  # an attempt did; one more may
    worker = models.ForeignKey(
        "Worker", on_delete=models.SET_NULL, null=True, blank=True, related_name="holds"
    )
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    # How far the attempt is, as its worker said last; nothing in its first second.
    stage = models.CharField(max_length=10, choices=Stage, default="", db_default="", blank=True)
    pages_done = models.PositiveIntegerField(null=True, blank=True)
    pages_total = models.PositiveIntegerField(null=True, blank=True)

    # Canonical and partial: what was chosen for this document alone, before the job's options.
    options_override = models.JSONField(default=dict, blank=True)

    engine = models.CharField(max_length=50, blank=True)
    media_type = models.CharField(max_length=127, blank=True)  # of the bytes
    page_count = models.PositiveIntegerField(null=True, blank=True)
    ocr_page_count = models.PositiveIntegerField(default=0)
    conversion_score = models.PositiveSmallIntegerField(null=True, blank=True)  # 0 to 100
    quality_scores = models.JSONField(null=True, blank=True)  # conversion.Quality.as_dict()
    is_rag_ready = models.BooleanField(default=False)
    warnings = models.JSONField(default=list, blank=True)
    result_file = models.FileField(upload_to=result_name, max_length=255, blank=True)
    result_size = models.PositiveBigIntegerField(null=True, blank=True)  # bytes of Markdown
    # As conversion/chunking.py counts them; None of results from before they were counted.
    result_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    # What the result depends on beside the bytes: see conversion/recipes.py. "" of earlier ones.
    recipe = models.CharField(max_length=32, blank=True, default="", db_default="")
    is_reused = models.BooleanField(default=False, db_default=False)  # copied from an earlier job

    # What somebody thinks of the result.
    review = models.CharField(
        max_length=10, choices=Review, default=Review.NONE, db_default=Review.NONE
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    error_code = models.CharField(max_length=50, blank=True)
    error_message = models.TextField(blank=True)
    error_hint = models.TextField(blank=True)

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)  # of the latest attempt
    completed_at = models.DateTimeField(null=True, blank=True)  # end in any way
    processing_time_seconds = models.FloatField(null=True, blank=True)

    objects = JobDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["job", "position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "document"], name="jobdocument_once_per_job"),
            models.CheckConstraint(
                condition=Q(status__in=DocumentStatus.values), name="jobdocument_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=DocumentStatus.RUNNING,
                    attempt_id__isnull=False,
                    lease_expires_at__isnull=False,
                )
                | (
                    ~Q(status=DocumentStatus.RUNNING)
                    & Q(attempt_id__isnull=True, lease_expires_at__isnull=True)
                ),
                name="jobdocument_lease_while_running",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["", *Stage.values]), name="jobdocument_stage"
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.RUNNING)
                | Q(stage="", pages_done__isnull=True, pages_total__isnull=True),
                name="jobdocument_progress_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.COMPLETED)
                | (Q(conversion_score__range=(0, 100)) & ~Q(result_file="")),
                name="jobdocument_completed_with_result",
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.FAILED) | ~Q(error_code=""),
                name="jobdocument_failed_with_cause",
            ),
            models.CheckConstraint(
                condition=Q(review__in=Review.values), name="jobdocument_review"
            ),
            models.CheckConstraint(
                condition=Q(review=Review.NONE) | Q(status=DocumentStatus.COMPLETED),
                name="jobdocument_reviewed_when_completed",
            ),
            models.CheckConstraint(
                condition=Q(review=Review.NONE) ^ Q(reviewed_at__isnull=False),
                name="jobdocument_reviewed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["job", "position"], name="jobdocument_order"),
            models.Index(fields=["job", "status", "position"], name="jobdocument_by_status"),
            models.Index(
                fields=["job", "returns", "position"],
                condition=Q(status=DocumentStatus.PENDING),
                name="jobdocument_claims",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(status=DocumentStatus.RUNNING),
                name="jobdocument_leases",
            ),
            # The review queue, worst first.
            models.Index(
                fields=["job", "is_rag_ready", "conversion_score", "position"],
                condition=Q(status=DocumentStatus.COMPLETED),
                name="jobdocument_by_quality",
            ),
            models.Index(
                fields=["document", "-completed_at"],
                condition=Q(status=DocumentStatus.COMPLETED),
                name="jobdocument_latest_result",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return full_name(self.path, self.filename)

    @property
    def state(self) -> DocumentStatus:
        """The status as people see it: see IN_STATE."""
        status = DocumentStatus(self.status)
        is_taken = status == DocumentStatus.RUNNING and self.started_at is None
        return DocumentStatus.PENDING if is_taken else status

    @property
    def is_completed(self) -> bool:
        return self.status == DocumentStatus.COMPLETED

    @property
    def page_at_work(self) -> int | None:
        """The page that is being read, from 1; None if that says nothing."""
        if self.pages_done is None or (self.pages_total or 0) < 2:
            return None
        return self.pages_done + 1 if self.pages_done < (self.pages_total or 0) else None


class ResultVersion(models.Model):
    """One state of a result that was edited: the conversion's own, or what somebody made of it.

    The row's `result_file` names the current one. Files are never overwritten.
    """

    job_document = models.ForeignKey(JobDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()  # from 1, which the conversion made
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    result_file = models.FileField(max_length=255)
    result_size = models.PositiveBigIntegerField()  # bytes of Markdown
    result_tokens = models.PositiveBigIntegerField(null=True)
    result_sha256 = models.CharField(max_length=64)
    conversion_score = models.PositiveSmallIntegerField()  # 0 to 100
    quality_scores = models.JSONField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["job_document", "number"], name="resultversion_once_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_document} (version {self.number})"


class LogLevel(models.TextChoices):
    INFO = "INFO", "Info"
    SUCCESS = "SUCCESS", "Success"
    WARNING = "WARNING", "Warning"
    ERROR = "ERROR", "Error"


class JobLog(models.Model):
    """One line of a job's history, in words; written in the transaction of what it tells."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="logs")
    job_document = models.ForeignKey(
        JobDocument, on_delete=models.CASCADE, null=True, blank=True, related_name="logs"
    )
    timestamp = models.DateTimeField()
    level = models.CharField(max_length=10, choices=LogLevel, default=LogLevel.INFO)
    event = models.CharField(max_length=50)  # stable, such as document.completed
    message = models.TextField()
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=LogLevel.values), name="joblog_level"),
        ]
        indexes = [
            models.Index(fields=["job", "-id"], name="joblog_order"),
            models.Index(fields=["job", "level", "-id"], name="joblog_by_level"),
            # Lines about the job as a whole: a few among those of thousands of documents.
            models.Index(
                fields=["job", "id"],
                condition=Q(job_document__isnull=True),
                name="joblog_of_job",
            ),
        ]

    def __str__(self) -> str:
        return self.message


class Worker(models.Model):
    """A worker process, alive until it ends or falls silent; then the row is removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    # Host, boot and process namespace: whoever has the same can look whether the process lives.
    place = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    pid_started = models.CharField(max_length=50)  # tells a process from a later one of its pid
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["host", "pid"]
        indexes = [models.Index(fields=["last_seen_at"], name="worker_last_seen")]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
