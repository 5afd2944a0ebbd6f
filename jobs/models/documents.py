"""The documents of jobs: the state, the attempts and the result of each.

No line here changes a status: see jobs/engine/attempts.py.
"""

import uuid
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models import Document
from documents.names import LONGEST_PATH, full_name, named
from jobs.models.job import ACTIVE, TERMINAL, Job
from orgsettings.models import User


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
# The columns of a document that waits to be run again as if nobody had tried it.
NEVER_TRIED: Mapping[str, Any] = {
    "status": DocumentStatus.PENDING,
    "attempts": 0,
    "returns": 0,
    "timed_out": False,
    "error_code": "",
    "error_message": "",
    "error_hint": "",
    "started_at": None,
    "completed_at": None,
    "processing_time_seconds": None,
    "recipe": "",
    "is_reused": False,
}


class JobDocumentQuerySet(models.QuerySet["JobDocument"]):
    def for_user(self, user: User) -> Self:
        """Documents of the jobs that `user` may see."""
        return self.filter(job__in=Job.objects.for_user(user))

    def named(self, words: str) -> Self:
        """Documents with `words` in name or folder, any case."""
        return self.filter(named(words))

    def in_unfinished_jobs(self) -> Self:
        """Documents that somebody still needs: of drafts, active jobs, and jobs in line."""
        return self.exclude(job__status__in=TERMINAL, job__waiting_since__isnull=True)

    def note_change(self) -> None:
        """Let everybody see that something about these documents changed."""
        Job.objects.filter(pk__in=self.values("job")).change()

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
    # Bytes of the Document that lies beside it, compressed; 0 if none does.
    result_document_size = models.PositiveIntegerField(default=0, db_default=0)
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
