"""What can be done with a job over the API: start, withdraw, cancel, retry."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.headers import PREFER_WAIT, PREFERENCE_APPLIED, retry_after
from curatore.core.api.preferences import wait_seconds
from curatore.core.api.refusals import may_refuse
from curatore.core.errors import InvalidInput, PermissionRefused, below
from documents.storage import StorageLimitReached
from jobs import access, drafts, lifecycle, limit, locking, queueing, starts
from jobs.models import Job
from jobs.serializers.jobs import CancelReceiptSerializer, JobSerializer
from jobs.serializers.requests import JobReplaceSerializer, JobRetrySerializer, JobStartSerializer
from orgsettings import options as processing_options
from orgsettings.api.base import ApiView, checked

# How long a cancellation may keep its client waiting for the workers' word.
CANCEL_WAIT_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.1


@extend_schema(tags=["jobs"])
class JobStart(ApiView):
    @extend_schema(
        operation_id="jobs_start",
        summary="Start a job",
        request=JobStartSerializer,
        responses=JobSerializer,
        extensions=may_refuse(
            PermissionRefused,
            starts.NotStartable,
            starts.NoDocuments,
            limit.ConcurrencyLimitReached,
        ),
    )
    def post(self, request: Request, job_id: str) -> Response:
        """PENDING to QUEUED. 409 in any other state, or when the organization is at its limit.

        With `when_full: "queue"` the job waits instead of being refused at the limit: it stays
        PENDING, has a `waiting_position`, and starts automatically when its turn comes.
        """
        job = access.find_to_manage(self.user, job_id)
        or_wait = checked(JobStartSerializer, request.data)["when_full"] == "queue"
        with _deleted_is_not_found():
            starts.start(job, by=self.user, or_wait=or_wait)
        return Response(JobSerializer(job).data)


@extend_schema(tags=["jobs"])
class JobWithdraw(ApiView):
    @extend_schema(
        operation_id="jobs_withdraw",
        summary="Take a job out of the line",
        request=None,
        responses=JobSerializer,
        extensions=may_refuse(PermissionRefused, starts.NotWaiting),
    )
    def post(self, request: Request, job_id: str) -> Response:
        """The job is the draft, or the ended job, that it was. 409 when it does not wait."""
        job = access.find_to_manage(self.user, job_id)
        with _deleted_is_not_found():
            starts.withdraw(job, by=self.user)
        return Response(JobSerializer(job).data)


@extend_schema(tags=["jobs"])
class JobCancel(ApiView):
    @extend_schema(
        operation_id="jobs_cancel",
        summary="Cancel a job",
        request=None,
        responses={200: CancelReceiptSerializer, 202: CancelReceiptSerializer},
        parameters=[PREFER_WAIT, PREFERENCE_APPLIED, retry_after(202)],
        extensions=may_refuse(PermissionRefused, lifecycle.NotCancellable),
    )
    def post(self, request: Request, job_id: str) -> Response:
        """200 when every document was seen stopped, 202 while some still have to stop.

        Results that exist by then are kept. 409 `job_not_cancellable` when the job has ended.
        """
        wait = wait_seconds(request.headers.get("Prefer", ""))
        seconds = CANCEL_WAIT_SECONDS if wait is None else min(wait, CANCEL_WAIT_SECONDS)
        give_up_at = time.monotonic() + seconds
        job = access.find_to_manage(self.user, job_id)
        with _deleted_is_not_found():
            lifecycle.request_cancel(job, by=self.user)
            _wait_for_end(job, give_up_at)
        receipt = CancelReceiptSerializer(job).data
        headers = {} if wait is None else {"Preference-Applied": f"wait={int(seconds)}"}
        if job.is_terminal:
            return Response(receipt, headers=headers)
        headers["Retry-After"] = str(settings.JOB_STATUS_POLL_INTERVAL)
        return Response(receipt, status=202, headers=headers)


def _wait_for_end(job: Job, give_up_at: float) -> None:
    """Look at the job until it ended, or until then by the monotonic clock; keeps it in step."""
    while job.is_active and time.monotonic() < give_up_at:
        time.sleep(_LOOK_EVERY_SECONDS)
        job.refresh_from_db()


@contextmanager
def _deleted_is_not_found() -> Iterator[None]:
    """Somebody may delete a job as soon as it has ended, while its client still waits."""
    try:
        yield
    except Job.DoesNotExist as gone:
        raise locking.JobGone("The job was deleted meanwhile.") from gone


@extend_schema(tags=["jobs"])
class JobRetry(ApiView):
    @extend_schema(
        operation_id="jobs_retry",
        summary="Convert failed and cancelled documents again",
        request=JobRetrySerializer,
        responses=JobSerializer,
        extensions=may_refuse(
            PermissionRefused, queueing.NothingToRetry, limit.ConcurrencyLimitReached
        ),
    )
    def post(self, request: Request, job_id: str) -> Response:
        """409 `nothing_to_retry` when there are none, or when the job has not ended.

        With `when_full: "queue"` the job keeps its state while it waits for its turn.
        Options for chosen documents can be those of `ocr_settings`, `timeout_seconds` and
        `auto_optimize`; a document keeps them until others are chosen for it. A password is used
        once and then forgotten, after half an hour at the latest.
        """
        job = access.find_to_manage(self.user, job_id)
        body = checked(JobRetrySerializer, request.data)
        rows = access.find_rows(job, body["document_ids"]) if "document_ids" in body else None
        with below("/options", processing_options.OptionsError), _deleted_is_not_found():
            options = processing_options.normalize(body["options"])
            starts.retry(
                job,
                by=self.user,
                rows=rows,
                options=options,
                password=body["password"] or "",
                or_wait=body["when_full"] == "queue",
            )
        return Response(JobSerializer(job).data)


@extend_schema(tags=["jobs"])
class JobReplace(ApiView):
    @extend_schema(
        operation_id="jobs_documents_replace",
        summary="Convert another document in place of a failed one",
        request=JobReplaceSerializer,
        responses=JobSerializer,
        extensions=may_refuse(
            PermissionRefused,
            queueing.NothingToRetry,
            starts.DocumentAlreadyInJob,
            limit.ConcurrencyLimitReached,
            StorageLimitReached,
        ),
    )
    def post(self, request: Request, job_id: str, row_id: str) -> Response:
        """The row keeps its id, place and log.

        409 `nothing_to_retry` unless it failed or was cancelled, and its job has ended.
        """
        job = access.find_to_manage(self.user, job_id)
        row = access.find_row(job, row_id)
        body = checked(JobReplaceSerializer, request.data)
        try:
            [document] = drafts.find_or_bring(self.user, [body["document_id"]])
        except InvalidInput as refusal:
            errors = [error | {"pointer": "/document_id"} for error in refusal.errors]
            raise InvalidInput(str(refusal), errors) from refusal
        with _deleted_is_not_found():
            starts.replace(job, row, document, by=self.user)
        return Response(JobSerializer(job).data)
