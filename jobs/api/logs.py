"""The log of a job over the API: by pages, or all of it as a stream."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused
from jobs import access
from jobs.exports import log_export
from jobs.models import Job, JobLog
from jobs.serializers.logs import JobLogSerializer
from jobs.serializers.queries import LogQuery
from orgsettings.api.base import ApiView, checked, page, page_of


class TextRenderer(BaseRenderer):
    """Makes `Accept: text/plain` and `?format=txt` acceptable."""

    media_type = "text/plain"
    format = "txt"


class LinesRenderer(BaseRenderer):
    """Makes `Accept: application/x-ndjson` and `?format=ndjson` acceptable."""

    media_type = "application/x-ndjson"
    format = "ndjson"


@extend_schema(tags=["jobs"])
class JobLogs(ApiView):
    renderer_classes = [JSONRenderer, TextRenderer, LinesRenderer]

    @extend_schema(
        operation_id="jobs_logs",
        summary="Log of a job",
        parameters=[LogQuery],
        responses={
            (200, "application/json"): page_of("logs", JobLogSerializer, "JobLogPage"),
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
        },
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request, job_id: str) -> HttpResponseBase:
        """Newest line first, with `after` oldest first.

        As text/plain or application/x-ndjson the answer has all lines that match, oldest first.
        """
        job = access.find(self.user, job_id)
        query = checked(LogQuery, request.query_params)
        lines = _matching(job, query)
        match request.accepted_renderer.format:
            case TextRenderer.format:
                return _stream(log_export.as_text(lines), "text/plain; charset=utf-8")
            case LinesRenderer.format:
                return _stream(log_export.as_json(lines), "application/x-ndjson")
        return page(
            request,
            lines.order_by("pk" if "after" in query else "-pk"),
            query,
            "logs",
            lambda shown: JobLogSerializer(shown, many=True).data,
        )


def _matching(job: Job, query: dict[str, Any]) -> QuerySet[JobLog]:
    lines = JobLog.objects.filter(job=job).select_related("job_document").order_by("pk")
    conditions = {
        "level__in": query.get("level"),
        "message__icontains": query.get("search"),
        "pk__gt": query.get("after"),
    }
    lines = lines.filter(**{name: value for name, value in conditions.items() if value})
    if wanted := query.get("document"):
        lines = lines.filter(Q(job_document=wanted) | Q(job_document__document=wanted))
    return lines


def _stream(lines: Iterator[str], content_type: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(lines, content_type=content_type)
