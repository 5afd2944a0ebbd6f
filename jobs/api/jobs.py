"""Jobs over the API: list, create, look at, rename, delete."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils import json
from rest_framework.utils.encoders import JSONEncoder

from curatore.core.api.headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IDEMPOTENT_REPLAYED,
    IF_NONE_MATCH,
    LOCATION,
    retry_after,
)
from curatore.core.api.refusals import may_refuse
from curatore.core.errors import InvalidInput, PermissionRefused, below
from documents.models import Document
from documents.storage import StorageLimitReached
from jobs import access, drafts, lifecycle, limit, line
from jobs.detail import forecasts
from jobs.listing.search import matching
from jobs.models import Job, JobDocument, JobLog, JobOrigin
from jobs.monitoring import statistics
from jobs.serializers.jobs import JobDetailSerializer, JobSerializer
from jobs.serializers.queries import JobQuery
from jobs.serializers.requests import JobCreateSerializer, JobRenameSerializer
from orgsettings import options as processing_options
from orgsettings import presets
from orgsettings.access import require_writer
from orgsettings.api import idempotency
from orgsettings.api.base import ApiView, checked, page, page_of

SHOWN_DOCUMENTS = SHOWN_LOGS = 100  # of a single job; the rest by pages


@extend_schema(tags=["jobs"])
class JobList(ApiView):
    @extend_schema(
        operation_id="jobs_list",
        summary="List jobs",
        parameters=[JobQuery],
        responses=page_of("jobs", JobSerializer, "JobPage"),
    )
    def get(self, request: Request) -> Response:
        """Members see their own jobs, admins and viewers all of the organization."""
        query = checked(JobQuery, request.query_params)
        jobs = self._filtered(query).order_by(*(query["ordering"] or ["-created_at"]), "-pk")
        return page(request, jobs, query, "jobs", lambda rows: JobSerializer(rows, many=True).data)

    def _filtered(self, query: dict[str, Any]) -> QuerySet[Job]:
        jobs = Job.objects.for_user(self.user)
        if query.get("search"):
            jobs = matching(jobs, query["search"])
        conditions = {
            "status__in": query.get("status"),
            "created_at__gte": query.get("created_after"),
            "created_at__lte": query.get("created_before"),
            "user": self.user if query.get("owner") else None,
        }
        return jobs.filter(**{name: value for name, value in conditions.items() if value})

    @extend_schema(
        operation_id="jobs_create",
        summary="Create a job",
        request=JobCreateSerializer,
        responses={201: JobSerializer},
        parameters=[IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED, LOCATION],
        extensions=may_refuse(
            PermissionRefused,
            limit.ConcurrencyLimitReached,
            StorageLimitReached,
            idempotency.KeyReused,
        ),
    )
    def post(self, request: Request) -> Response:
        """With `start_immediately` (the default) the job is queued at once, or nothing is created.

        409 `concurrency_limit_reached` when the organization has as many active jobs as it may.
        With `when_full: "queue"` the job is made and waits instead: it is PENDING, has a
        `waiting_position`, and starts automatically when its turn comes.
        """
        require_writer(self.user)
        body = checked(JobCreateSerializer, request.data)
        answer = idempotency.once(
            self.user,
            request.headers.get("Idempotency-Key"),
            {"endpoint": "jobs_create", "body": request.data},
            prepare=lambda: self._chosen(body),
            work=lambda chosen: self._create(request, body, *chosen),
            now=timezone.now(),
        )
        headers = {"Location": answer.location}
        if answer.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(answer.body, status=answer.status, headers=headers)

    def _chosen(self, body: dict[str, Any]) -> tuple[list[Document], processing_options.Options]:
        with below("/options", processing_options.OptionsError):
            options = processing_options.normalize(body["options"])
        if body["preset"]:
            options = processing_options.merged(options, self._of_preset(body["preset"]))
        return drafts.find_or_bring(self.user, body["document_ids"]), options

    def _of_preset(self, given: str) -> processing_options.Options:
        """The options of a preset; one that cannot be used any more is refused as unknown ones."""
        try:
            return processing_options.normalize(presets.find(self.organization, given).options)
        except presets.NoSuchPreset as refusal:
            error = {"pointer": "/preset", "code": "unknown_preset", "detail": str(refusal)}
            raise InvalidInput("The preset cannot be used.", [error]) from refusal
        except processing_options.OptionsError as refusal:
            errors = [error | {"pointer": "/preset"} for error in refusal.errors]
            raise InvalidInput("The preset cannot be used any more.", errors) from refusal

    def _create(
        self,
        request: Request,
        body: dict[str, Any],
        documents: list[Document],
        options: processing_options.Options,
    ) -> idempotency.Answer:
        or_wait = body["when_full"] == "queue"
        make = (
            partial(drafts.create_and_start, or_wait=or_wait)
            if body["start_immediately"]
            else drafts.create
        )
        with below("/options", processing_options.OptionsError):
            job = make(
                self.organization,
                self.user,
                documents=documents,
                options=options,
                name=body["name"] or "",
                description=body["description"] or "",
                origin=JobOrigin.API,
                reuse_results=body["reuse_results"],
            )
        address = reverse("api:job", args=[job.pk], request=request)
        shown = json.loads(json.dumps(JobSerializer(job).data, cls=JSONEncoder))
        return idempotency.Answer(201, shown, address)


@extend_schema(tags=["jobs"])
class JobDetail(ApiView):
    @extend_schema(
        operation_id="jobs_retrieve",
        summary="One job",
        responses={200: JobDetailSerializer, 304: OpenApiResponse(description="Unchanged.")},
        parameters=[IF_NONE_MATCH, ETAG, retry_after(200, 304)],
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request, job_id: str) -> HttpResponseBase:
        """Send the `ETag` of the last answer as `If-None-Match`: 304 says that nothing is new.

        `Retry-After` says after how many seconds to ask again; it is missing once the job ended,
        and of drafts that do not wait for a place.
        """
        job = access.find(self.user, job_id)
        logs = JobLog.objects.filter(job=job).select_related("job_document")
        # Read before the rest: an answer can be newer than its ETag, never older.
        newest = logs.order_by("-pk").values_list("pk", flat=True).first()
        # Others move it forward in line without changing it.
        place = f"-{line.place(job)}" if job.is_in_line else ""
        # Workers and results of other jobs change it.
        forecast = forecasts.forecast(job, timezone.now()) if job.is_draft else None
        expected = f"-{forecast.version}" if forecast else ""
        etag = f'W/"{job.version}-{newest or 0}{place}{expected}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            documents = JobDocument.objects.filter(job=job).order_by("position")
            documents = documents.select_related("reviewed_by")
            context = {
                "documents": documents[:SHOWN_DOCUMENTS],
                "recent_logs": logs[:SHOWN_LOGS],
                "estimate": forecast or forecasts.of_running(job, timezone.now()),
                "results_summary": statistics.of_results(job),
            }
            response = Response(JobDetailSerializer(job, context=context).data)
        response.headers["ETag"] = etag
        if job.is_live:
            response.headers["Retry-After"] = str(settings.JOB_STATUS_POLL_INTERVAL)
        return response

    @extend_schema(
        operation_id="jobs_rename",
        summary="Change name and description",
        request=JobRenameSerializer,
        responses=JobSerializer,
        extensions=may_refuse(PermissionRefused),
    )
    def patch(self, request: Request, job_id: str) -> Response:
        job = access.find_to_manage(self.user, job_id)
        body = checked(JobRenameSerializer, request.data)
        drafts.rename(
            job,
            name=body.get("name", job.name),
            description=body.get("description", job.description) or "",
        )
        return Response(JobSerializer(job).data)

    @extend_schema(
        operation_id="jobs_delete",
        summary="Delete a job",
        responses={204: None},
        extensions=may_refuse(PermissionRefused, lifecycle.NotDeletable),
    )
    def delete(self, request: Request, job_id: str) -> Response:
        """Rows, log and result files are deleted, uploads stay. 409 while the job is active."""
        lifecycle.delete(access.find_to_delete(self.user, job_id), by=self.user)
        return Response(status=204)
