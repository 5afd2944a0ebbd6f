"""Results for other systems over the API: as data, in chunks, and as archives of any documents."""

from django.http.response import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from curatore.core.api.files import AnyRenderer
from curatore.core.api.headers import ATTACHMENT
from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused
from curatore.core.files import json_lines_file, zip_file
from documents import access as documents
from documents.conversion.exports.blocks import SCHEMA_FILE
from documents.models import Document
from documents.text_work import TakesTooLong
from jobs import access, drafts
from jobs.exports import chunk_export, downloads, forms, names
from jobs.latest import latest_result
from jobs.models import JobDocument
from jobs.results import ResultMissing
from jobs.serializers.exports import (
    BulkDownloadSerializer,
    ChunkQuery,
    DoclingSerializer,
    DocumentBlocksSerializer,
    FormQuery,
    RagReadyQuery,
)
from orgsettings.api.base import ApiView, checked

_SCHEMA_TYPE = "application/schema+json"
_FORMS = {
    (200, "application/json"): PolymorphicProxySerializer(
        "DocumentAsData",
        [DocumentBlocksSerializer, DoclingSerializer],
        resource_type_field_name=None,
    ),
    (200, "text/markdown"): OpenApiTypes.STR,
}


@extend_schema(tags=["configuration"])
class DocumentSchema(ApiView):
    # Open as the schema of the API is: no token can be wrong for it.
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="document_schema",
        summary="JSON Schema of results as JSON",
        auth=[],
        responses={(200, _SCHEMA_TYPE): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> HttpResponse:
        """JSON Schema, draft 2020-12, of what `type=json` exports."""
        return HttpResponse(SCHEMA_FILE.read_bytes(), content_type=_SCHEMA_TYPE)


@extend_schema(tags=["jobs"])
class JobDocumentExport(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="jobs_documents_export",
        summary="One document of a job as data",
        parameters=[FormQuery, ATTACHMENT],
        responses=_FORMS,
        extensions=may_refuse(PermissionRefused, ResultMissing, TakesTooLong),
    )
    def get(self, request: Request, job_id: str, row_id: str) -> HttpResponse:
        """Its blocks with pages and boxes, as JSON or in docling's format; or Markdown.

        A result that was edited is read back from its Markdown, and has no boxes.
        """
        row = access.find_row(access.find(self.user, job_id), row_id)
        return _form(request, row)


@extend_schema(tags=["documents"])
class DocumentExport(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_export",
        summary="The latest result as data",
        parameters=[FormQuery, ATTACHMENT],
        responses=_FORMS,
        extensions=may_refuse(ResultMissing, TakesTooLong),
    )
    def get(self, request: Request, document_id: str) -> HttpResponse:
        """As `GET /jobs/{job_id}/documents/{row_id}/export`, whichever job made it."""
        return _form(request, latest_result(documents.find(self.user, document_id)))


def _form(request: Request, row: JobDocument) -> HttpResponse:
    query = checked(FormQuery, request.query_params)
    return forms.as_file(row, query["type"], with_front_matter=query["front_matter"])


@extend_schema(tags=["jobs"])
class JobChunks(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="jobs_chunks",
        summary="All results in chunks for retrieval, as JSON lines",
        parameters=[ChunkQuery, ATTACHMENT],
        responses={
            (200, "application/x-ndjson"): OpenApiResponse(
                OpenApiTypes.STR, description="One chunk a line; the fields are in docs/api.md."
            )
        },
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request, job_id: str) -> StreamingHttpResponse:
        """Cut along headings and paragraphs, with the `chunk_size` and `chunk_overlap` of the job.

        The answer has the results that exist by now; without any it is empty.
        """
        job = access.find(self.user, job_id)
        query = checked(ChunkQuery, request.query_params)
        size, overlap = chunk_export.bounds(
            job, size=query.get("chunk_size"), overlap=query.get("chunk_overlap")
        )
        lines = chunk_export.lines(
            job,
            size=size,
            overlap=overlap,
            only_ready=query["rag_ready"],
            only_accepted=bool(query.get("review")),
        )
        return json_lines_file(
            chunk_export.as_json(lines), names.of_job(job, ".ndjson", part="chunks")
        )


@extend_schema(tags=["documents"])
class BulkDownload(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_download_bulk",
        summary="Latest results of several documents as a ZIP file",
        request=BulkDownloadSerializer,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        parameters=[ATTACHMENT],
        extensions=may_refuse(downloads.NothingToDownload),
    )
    def post(self, request: Request) -> StreamingHttpResponse:
        """`manifest.json` lists documents without a result. 409 when none has one."""
        body = checked(BulkDownloadSerializer, request.data)
        ids = drafts.find_document_ids(self.user, body["document_ids"])
        filename, chunks = downloads.bulk(
            Document.objects.for_user(self.user).filter(pk__in=ids),
            body["download_type"],
            only_accepted=bool(body.get("review")),
            with_summary=body["include_summary"],
            with_combined=body["include_combined"],
            filename=body["custom_filename"] or body["zip_name"] or "",
        )
        return zip_file(chunks, filename)


@extend_schema(tags=["documents"])
class RagReadyDownload(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_download_rag_ready",
        summary="Every RAG-ready document of the organization as a ZIP file",
        parameters=[RagReadyQuery, ATTACHMENT],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        extensions=may_refuse(downloads.NothingToDownload),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The latest results, whoever made them. 409 when none is RAG-ready."""
        query = checked(RagReadyQuery, request.query_params)
        filename, chunks = downloads.bulk(
            Document.objects.for_user(self.user),
            downloads.Layout.RAG_READY,
            only_accepted=bool(query.get("review")),
            with_summary=query["include_summary"],
            filename=query["zip_name"],
        )
        return zip_file(chunks, filename)
