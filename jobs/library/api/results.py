"""Latest results of documents over the API, whichever job made them."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.files import AnyRenderer
from curatore.core.api.headers import ATTACHMENT
from curatore.core.api.refusals import may_refuse
from curatore.core.files import markdown_file
from documents import access
from documents.archive_names import markdown_name
from jobs import latest, results
from jobs.library.serializers import ContentSerializer, ResultSerializer
from orgsettings.api.base import ApiView


@extend_schema(tags=["documents"])
class DocumentResult(ApiView):
    @extend_schema(
        operation_id="documents_result",
        summary="Scores of the latest result",
        responses=ResultSerializer,
        extensions=may_refuse(results.ResultMissing),
    )
    def get(self, request: Request, document_id: str) -> Response:
        row = latest.latest_result(access.find(self.user, document_id))
        return Response(ResultSerializer(row).data)


@extend_schema(tags=["documents"])
class DocumentContent(ApiView):
    @extend_schema(
        operation_id="documents_content",
        summary="Markdown of the latest result, as JSON",
        responses=ContentSerializer,
        extensions=may_refuse(results.ResultMissing),
    )
    def get(self, request: Request, document_id: str) -> Response:
        row = latest.latest_result(access.find(self.user, document_id))
        return Response({"content": results.read_file(row.result_file, row.filename)})


@extend_schema(tags=["documents"])
class DocumentDownload(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_download",
        summary="Markdown of the latest result, as a file",
        responses={
            (200, "text/markdown"): OpenApiResponse(OpenApiTypes.STR, description="Markdown.")
        },
        parameters=[ATTACHMENT],
        extensions=may_refuse(results.ResultMissing),
    )
    def get(self, request: Request, document_id: str) -> HttpResponse:
        row = latest.latest_result(access.find(self.user, document_id))
        markdown = results.read_file(row.result_file, row.filename)
        return markdown_file(markdown, markdown_name(row.filename))
