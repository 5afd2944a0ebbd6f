"""The deprecated process endpoints: they make jobs, and say so in their headers."""

from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api import deprecation
from curatore.core.api.headers import retry_after
from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused, below
from documents import access, batch
from documents.models import Document
from documents.storage import StorageLimitReached
from jobs import limit
from jobs.legacy import endpoints as legacy
from jobs.legacy.serializers import (
    BatchProcessSerializer,
    BatchStartedSerializer,
    ProcessStartedSerializer,
)
from orgsettings import options as processing_options
from orgsettings import options_schema
from orgsettings.access import require_writer
from orgsettings.api.base import ApiView, checked

OPTIONS_BODY = {
    "application/json": {
        "oneOf": [options_schema.reference(options_schema.GIVEN), {"type": "null"}]
    }
}


def soon() -> dict[str, str]:
    """When to ask for the job that was made."""
    return {"Retry-After": str(settings.JOB_STATUS_POLL_INTERVAL)}


class DeprecatedView(ApiView):
    """Every answer, refusals too, says what to use instead."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        deprecation.mark(answer, "/api/v1/jobs")
        return answer

    def start(self, document: Document, given: str, body: Any) -> Response:
        options = processing_options.normalize(body)
        job = legacy.process(self.user, document, options)
        return Response(
            {
                "job_id": str(job.pk),
                "document_id": given,
                "status": "queued",
                "enqueued_at": job.queued_at,
            },
            status=202,
            headers=soon(),
        )


@extend_schema(tags=["deprecated"])
class ProcessDocument(DeprecatedView):
    @extend_schema(
        operation_id="documents_process",
        summary="Convert one document",
        description="Use `POST /jobs`. The body is an object of processing options.",
        request=OPTIONS_BODY,
        responses={202: ProcessStartedSerializer},
        parameters=[retry_after(202)],
        extensions=may_refuse(PermissionRefused, limit.ConcurrencyLimitReached),
        deprecated=True,
    )
    def post(self, request: Request, document_id: str) -> Response:
        require_writer(self.user)
        document = access.find(self.user, document_id)
        return self.start(document, str(document.pk), request.data)


@extend_schema(tags=["deprecated"])
class ProcessBatchFile(DeprecatedView):
    @extend_schema(
        operation_id="documents_batch_file_process",
        summary="Convert one file of the batch directory",
        description="Use `POST /jobs`. The body is an object of processing options.",
        request=OPTIONS_BODY,
        responses={202: ProcessStartedSerializer},
        parameters=[retry_after(202)],
        extensions=may_refuse(
            PermissionRefused, limit.ConcurrencyLimitReached, StorageLimitReached
        ),
        deprecated=True,
    )
    def post(self, request: Request, filename: str) -> Response:
        require_writer(self.user)
        if filename not in {file.name for file in batch.files(self.organization)}:
            raise Http404("There is no such file in the batch directory.")
        processing_options.normalize(request.data)  # before the file is brought in
        document = batch.bring(self.organization, self.user, [filename])[0]
        return self.start(document, str(document.pk), request.data)


@extend_schema(tags=["deprecated"])
class ProcessBatch(DeprecatedView):
    @extend_schema(
        operation_id="documents_batch_process",
        summary="Convert several documents in one job",
        description="Use `POST /jobs`. Ids that are unknown are listed as conflicts.",
        request=BatchProcessSerializer,
        responses={202: BatchStartedSerializer},
        parameters=[retry_after(202)],
        extensions=may_refuse(
            PermissionRefused, limit.ConcurrencyLimitReached, StorageLimitReached
        ),
        deprecated=True,
    )
    def post(self, request: Request) -> Response:
        require_writer(self.user)
        body = checked(BatchProcessSerializer, request.data)
        with below("/options", processing_options.OptionsError):
            options = processing_options.normalize(body["options"])
            made = legacy.process_batch(self.user, body["document_ids"], options)
        key = str(made.job.pk) if made.job else None
        jobs = [{"document_id": raw, "job_id": key, "status": "queued"} for raw in made.found]
        conflicts = [{"document_id": raw, "error": "Document not found"} for raw in made.unknown]
        answer = {"batch_id": key, "jobs": jobs, "conflicts": conflicts, "total": len(jobs)}
        return Response(answer, status=202, headers=soon())
