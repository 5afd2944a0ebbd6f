"""Documents over the API: upload, list, results, delete."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.api.base import ApiView, checked, page, page_of
from curatore.api.files import AnyRenderer, markdown_file
from curatore.errors import InvalidInput
from documents import access, deletion, results, uploads
from documents.conversion import SUPPORTED_FORMATS
from documents.exports import markdown_name
from documents.models import Document
from documents.serializers import (
    AcceptedSerializer,
    ContentSerializer,
    DocumentQuery,
    DocumentSerializer,
    RejectedSerializer,
    ResultSerializer,
    SupportedFormatsSerializer,
    UploadedSerializer,
    UploadFileSerializer,
    UploadFilesSerializer,
    UploadResultSerializer,
)
from orgsettings.access import require_writer


@extend_schema(tags=["documents"])
class DocumentUpload(ApiView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents_upload",
        summary="Upload one file",
        request={"multipart/form-data": UploadFileSerializer},
        responses=UploadedSerializer,
    )
    def post(self, request: Request) -> Response:
        """The answer has the `document_id` that jobs ask for.

        Bytes that the organization already has are not stored again: the answer names the known
        document, with `duplicate: true`.
        """
        require_writer(self.user)
        upload = request.FILES.get("file")
        if upload is None:
            raise _missing("file")
        accepted = uploads.accept(
            upload, filename=upload.name or "", organization=self.organization, user=self.user
        )
        document = accepted.document
        return Response(
            {
                "document_id": document.pk,
                "filename": document.filename,
                "file_size": document.file_size,
                "upload_time": document.created_at,
                "duplicate": accepted.duplicate,
                "message": "File uploaded successfully",
            }
        )


@extend_schema(tags=["documents"])
class DocumentList(ApiView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents_list",
        summary="List documents",
        parameters=[DocumentQuery],
        responses=page_of("documents", DocumentSerializer, "DocumentPage"),
    )
    def get(self, request: Request) -> Response:
        """All documents of the organization, the newest first."""
        query = checked(DocumentQuery, request.query_params)
        documents = Document.objects.for_user(self.user).select_related("uploaded_by")
        if query.get("search"):
            documents = documents.filter(filename__icontains=query["search"])
        return page(request, documents, query, "documents", self._serialized)

    def _serialized(self, documents: list[Document]) -> Any:
        latest = results.latest_results(documents, self.user)
        return DocumentSerializer(documents, many=True, context={"latest_results": latest}).data

    @extend_schema(
        operation_id="documents_create",
        summary="Upload several files",
        request={"multipart/form-data": UploadFilesSerializer},
        responses={201: UploadResultSerializer},
    )
    def post(self, request: Request) -> Response:
        """Each file is accepted or rejected by itself; 400 or 413 when none was accepted."""
        require_writer(self.user)
        files = request.FILES.getlist("files")
        if not files:
            raise _missing("files")
        accepted, rejected = uploads.accept_all(
            files, organization=self.organization, user=self.user
        )
        if not accepted:
            raise uploads.refusal_of_all(rejected)
        documents = [item.document for item in accepted]
        context = {
            "latest_results": results.latest_results(documents, self.user),
            "duplicates": {item.document.pk for item in accepted if item.duplicate},
        }
        shown = AcceptedSerializer(documents, many=True, context=context).data
        rejections = RejectedSerializer(rejected, many=True).data
        return Response({"documents": shown, "rejected": rejections}, status=201)


@extend_schema(tags=["documents"])
class DocumentDetail(ApiView):
    @extend_schema(
        operation_id="documents_retrieve",
        summary="One document and its latest result",
        responses=DocumentSerializer,
    )
    def get(self, request: Request, document_id: str) -> Response:
        document = access.find(self.user, document_id)
        context = {"latest_results": results.latest_results([document], self.user)}
        return Response(DocumentSerializer(document, context=context).data)

    @extend_schema(
        operation_id="documents_delete", summary="Delete a document", responses={204: None}
    )
    def delete(self, request: Request, document_id: str) -> Response:
        """Results made from it stay with their jobs. 409 while a draft or active job needs it."""
        deletion.delete(access.find_to_delete(self.user, document_id))
        return Response(status=204)


@extend_schema(tags=["documents"])
class DocumentResult(ApiView):
    @extend_schema(
        operation_id="documents_result",
        summary="Scores of the latest result",
        responses=ResultSerializer,
    )
    def get(self, request: Request, document_id: str) -> Response:
        row = results.latest_result(access.find(self.user, document_id), self.user)
        return Response(ResultSerializer(row).data)


@extend_schema(tags=["documents"])
class DocumentContent(ApiView):
    @extend_schema(
        operation_id="documents_content",
        summary="Markdown of the latest result, as JSON",
        responses=ContentSerializer,
    )
    def get(self, request: Request, document_id: str) -> Response:
        row = results.latest_result(access.find(self.user, document_id), self.user)
        return Response({"content": results.read(row.result_file, row.filename)})


@extend_schema(tags=["documents"])
class DocumentDownload(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_download",
        summary="Markdown of the latest result, as a file",
        responses={
            (200, "text/markdown"): OpenApiResponse(OpenApiTypes.STR, description="Markdown.")
        },
    )
    def get(self, request: Request, document_id: str) -> HttpResponse:
        row = results.latest_result(access.find(self.user, document_id), self.user)
        markdown = results.read(row.result_file, row.filename)
        return markdown_file(markdown, markdown_name(row.filename))


@extend_schema(tags=["configuration"])
class SupportedFormats(ApiView):
    @extend_schema(
        operation_id="supported_formats",
        summary="What can be uploaded",
        responses=SupportedFormatsSerializer,
    )
    def get(self, request: Request) -> Response:
        extensions = sorted(ext for format_ in SUPPORTED_FORMATS for ext in format_.extensions)
        shown = {
            "supported_extensions": extensions,
            "max_file_size": settings.MAX_UPLOAD_SIZE,
            "formats": SUPPORTED_FORMATS,
        }
        return Response(SupportedFormatsSerializer(shown).data)


def _missing(field: str) -> InvalidInput:
    return InvalidInput(
        "The request has no file.",
        [
            {
                "pointer": f"/{field}",
                "code": "required",
                "detail": f"Send the file as the part “{field}” of a multipart/form-data body.",
            }
        ],
    )
