"""What is in a job, over the API: its documents, their Markdown, and all of it as an archive."""

from django.http.response import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.files import AnyRenderer
from curatore.core.api.headers import ATTACHMENT
from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused
from curatore.core.files import markdown_file, zip_file
from documents.archive_names import markdown_name
from jobs import access, results
from jobs.exports import downloads
from jobs.library.serializers import ContentSerializer
from jobs.models import JobDocument, Review
from jobs.results import ResultMissing
from jobs.review import reviews
from jobs.serializers.documents import JobDocumentSerializer
from jobs.serializers.exports import DownloadQuery
from jobs.serializers.queries import RowQuery
from jobs.serializers.requests import ReviewSerializer
from orgsettings.api.base import ApiView, checked, page, page_of


class MarkdownRenderer(BaseRenderer):
    """Makes `Accept: text/markdown` and `?format=md` acceptable."""

    media_type = "text/markdown"
    format = "md"


@extend_schema(tags=["jobs"])
class JobDocuments(ApiView):
    @extend_schema(
        operation_id="jobs_documents",
        summary="Documents of a job",
        parameters=[RowQuery],
        responses=page_of("documents", JobDocumentSerializer, "JobDocumentPage"),
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request, job_id: str) -> Response:
        job = access.find(self.user, job_id)
        query = checked(RowQuery, request.query_params)
        rows = JobDocument.objects.filter(job=job).order_by("position")
        if query.get("review"):
            rows = rows.filter(review__in=query["review"])
        if query.get("status"):
            rows = rows.in_states(query["status"])
        return page(
            request,
            rows.select_related("reviewed_by"),
            query,
            "documents",
            lambda shown: JobDocumentSerializer(shown, many=True).data,
        )


@extend_schema(tags=["jobs"])
class JobDocumentDetail(ApiView):
    @extend_schema(
        operation_id="jobs_documents_review",
        summary="Accept one document of a job, or leave it out of exports",
        request=ReviewSerializer,
        responses=JobDocumentSerializer,
        extensions=may_refuse(PermissionRefused, reviews.NotReviewable),
    )
    def patch(self, request: Request, job_id: str, row_id: str) -> Response:
        """`none` takes the review back. The same again changes nothing.

        For whoever may edit the result: the owner of the job, and admins.
        """
        job = access.find_to_manage(self.user, job_id)
        row = access.find_row(job, row_id)
        body = checked(ReviewSerializer, request.data)
        if "review" in body:
            reviews.review(job, [row.pk], Review(body["review"]), by=self.user)
            row.refresh_from_db()
        return Response(JobDocumentSerializer(row).data)


@extend_schema(tags=["jobs"])
class JobDocumentContent(ApiView):
    renderer_classes = [JSONRenderer, MarkdownRenderer]

    @extend_schema(
        operation_id="jobs_documents_content",
        summary="Markdown of one document of a job",
        responses={
            (200, "application/json"): ContentSerializer,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
        parameters=[ATTACHMENT],
        extensions=may_refuse(PermissionRefused, ResultMissing),
    )
    def get(self, request: Request, job_id: str, row_id: str) -> HttpResponseBase:
        row = access.find_row(access.find(self.user, job_id), row_id)
        markdown = results.read(row)
        if request.accepted_renderer.format == MarkdownRenderer.format:
            return markdown_file(markdown, markdown_name(row.filename))
        return Response({"content": markdown})


@extend_schema(tags=["jobs"])
class JobDownload(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="jobs_download",
        summary="All results as a ZIP file",
        parameters=[DownloadQuery, ATTACHMENT],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        extensions=may_refuse(PermissionRefused, downloads.NothingToDownload),
    )
    def get(self, request: Request, job_id: str) -> StreamingHttpResponse:
        """Markdown files with a summary for people and `manifest.json` for programs.

        What was left out by review is only named in the manifest.

        409 `nothing_to_download` when there is no result of the wanted kind (yet).
        """
        job = access.find(self.user, job_id)
        query = checked(DownloadQuery, request.query_params)
        filename, chunks = downloads.archive(
            job,
            query["type"],
            only_accepted=bool(query.get("review")),
            data=query.get("also"),
        )
        return zip_file(chunks, filename)
