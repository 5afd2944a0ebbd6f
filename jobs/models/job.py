"""Jobs: a row for each batch of documents, and the questions asked of them.

No line here changes a status: see jobs/lifecycle.py and jobs/queueing.py.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jobs import scores
from orgsettings.models import Organization, User
from orgsettings.options import ProcessingOptions


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


class Outcome(models.TextChoices):
    """How a job ended."""

    SUCCESS = "success", "Success"
    PARTIAL = "partial", "Partial"  # some documents have no result
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


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
    def for_user(self, user: User) -> Self:
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

    def change(self, **fields: Any) -> int:
        """Write `fields`, and let pages and clients see that the jobs changed; returns how many.

        Whoever changes a job that somebody may look at does it here: pollers and ETags compare
        the version, and what is written past it stays unseen.
        """
        return self.update(**fields, version=F("version") + 1)

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
    # Of an ended job, what is to run again: `rows` of starts.retry, and a queueing.NextRun.
    waiting_retry = models.JSONField(null=True, blank=True)

    # What the cancellation came to, as jobs/lifecycle.py writes it.
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
    def options(self) -> ProcessingOptions:
        return ProcessingOptions.of(self.processing_options)

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
    def outcome(self) -> Outcome | None:
        """How it ended; None before the end."""
        match self.status:
            case JobStatus.COMPLETED:
                is_whole = self.completed_documents == self.total_documents
                return Outcome.SUCCESS if is_whole else Outcome.PARTIAL
            case JobStatus.FAILED:
                return Outcome.FAILED
            case JobStatus.CANCELLED:
                return Outcome.CANCELLED
        return None
