"""Documents over the API: upload, list, look at, delete."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.parsers import MultiPartParser
from curatore.core.api.refusals import may_refuse
from curatore.core.bodies import Body, takes
from curatore.core.errors import InvalidInput, PermissionRefused
from documents import access, deletion, uploads
from documents.models import Document
from documents.serializers import RejectedSerializer, UploadFileSerializer, UploadFilesSerializer
from documents.storage import StorageLimitReached
from documents.uploads import Accepted
from jobs import latest
from jobs.library.same_content import same_content
from jobs.library.serializers import (
    UPLOAD_FACTS,
    AcceptedSerializer,
    DocumentQuery,
    DocumentSerializer,
    UploadedSerializer,
    UploadResultSerializer,
)
from orgsettings.access import require_writer
from orgsettings.api.base import ApiView, checked, page, page_of


@extend_schema(tags=["documents"])
@takes(Body.UPLOAD)
class DocumentUpload(ApiView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents_upload",
        summary="Upload one file",
        request={"multipart/form-data": UploadFileSerializer},
        responses=UploadedSerializer,
        extensions=may_refuse(
            PermissionRefused, StorageLimitReached, *uploads.REASONS, *uploads.ARCHIVE_REASONS
        ),
    )
    def post(self, request: Request) -> Response:
        """The answer has the `document_id` that jobs ask for.

        Bytes that the organization already has are not stored again: `duplicate` is true then, and
        `same_content` says under which name they came first. A ZIP archive is unpacked if exactly
        one file is in it; send others to `POST /documents`.
        """
        require_writer(self.user)
        upload = request.FILES.get("file")
        if upload is None:
            raise _missing("file")
        accepted = uploads.accept_one(
            upload,
            filename=upload.name or "",
            path=request.POST.get("path", ""),
            organization=self.organization,
            user=self.user,
        )
        (told,) = _told([accepted])
        return Response(
            {
                "document_id": told["id"],
                "filename": told["filename"],
                "path": told["path"],
                "file_size": told["file_size"],
                "upload_time": told["created_at"],
                **{name: told[name] for name in UPLOAD_FACTS},
                "message": "File uploaded successfully",
            }
        )


@extend_schema(tags=["documents"])
@takes(Body.UPLOAD)
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
        documents = Document.objects.for_user(self.user)
        documents = documents.select_related("uploaded_by", "stored")
        if query.get("search"):
            documents = documents.named(query["search"])
        if query.get("status"):
            documents = latest.with_status(documents, query["status"])
        return page(request, documents, query, "documents", self._serialized)

    def _serialized(self, documents: list[Document]) -> Any:
        context = {"latest_results": latest.latest_results(documents)}
        return DocumentSerializer(documents, many=True, context=context).data

    @extend_schema(
        operation_id="documents_create",
        summary="Upload several files",
        request={"multipart/form-data": UploadFilesSerializer},
        responses={201: UploadResultSerializer},
        extensions=may_refuse(
            PermissionRefused,
            StorageLimitReached,
            uploads.UploadRefused,
            *uploads.REASONS,
            *uploads.ARCHIVE_REASONS,
        ),
    )
    def post(self, request: Request) -> Response:
        """Each file is accepted or rejected by itself; an error when none was accepted.

        ZIP archives are unpacked, and each file in them is accepted or rejected by itself.
        """
        require_writer(self.user)
        files = request.FILES.getlist("files")
        if not files:
            raise _missing("files")
        accepted, rejected = uploads.accept_all(
            files,
            request.POST.getlist("paths"),
            organization=self.organization,
            user=self.user,
        )
        if rejected and not accepted:
            raise uploads.refusal_of_all(rejected)
        rejections = RejectedSerializer(rejected, many=True).data
        return Response({"documents": _told(accepted), "rejected": rejections}, status=201)


@extend_schema(tags=["documents"])
class DocumentDetail(ApiView):
    @extend_schema(
        operation_id="documents_retrieve",
        summary="One document and its latest result",
        responses=DocumentSerializer,
    )
    def get(self, request: Request, document_id: str) -> Response:
        document = access.find(self.user, document_id)
        context = {"latest_results": latest.latest_results([document])}
        return Response(DocumentSerializer(document, context=context).data)

    @extend_schema(
        operation_id="documents_delete",
        summary="Delete a document",
        responses={204: None},
        extensions=may_refuse(PermissionRefused, deletion.DocumentInUse),
    )
    def delete(self, request: Request, document_id: str) -> Response:
        """Results made from it stay with their jobs. 409 while a draft or active job needs it."""
        deletion.delete(access.find_to_delete(self.user, document_id))
        return Response(status=204)


def _told(accepted: list[Accepted]) -> Any:
    """What came of each upload; of a file that the request has twice, what came of the first."""
    documents = [item.document for item in accepted]
    context = {
        "latest_results": latest.latest_results(documents),
        "accepted": {item.document.pk: item for item in reversed(accepted)},
        "same_content": same_content([document.pk for document in documents]),
    }
    return AcceptedSerializer(documents, many=True, context=context).data


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
