"""What can be converted, over the API: formats, and the listings that earlier clients know."""

from collections.abc import Iterable

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from documents import batch
from documents.conversion import SUPPORTED_FORMATS
from documents.models import Document
from documents.names import full_name
from documents.serializers import FileListingSerializer, SupportedFormatsSerializer
from orgsettings.api.base import ApiView


@extend_schema(tags=["documents"])
class UploadedFiles(ApiView):
    @extend_schema(
        operation_id="documents_uploaded",
        summary="All documents by name, in one list",
        responses=FileListingSerializer,
    )
    def get(self, request: Request) -> Response:
        """As earlier clients know it; `GET /documents` has more, by pages."""
        known = Document.objects.for_user(self.user).order_by("filename", "pk")
        rows = known.values_list("pk", "path", "filename", "stored__file_size", "created_at")
        return _listing(
            _file(str(pk), path, name, size, int(created_at.timestamp()))
            for pk, path, name, size, created_at in rows.iterator(chunk_size=2000)
        )


@extend_schema(tags=["documents"])
class BatchFiles(ApiView):
    @extend_schema(
        operation_id="documents_batch",
        summary="Files in the organization's batch directory on the server",
        responses=FileListingSerializer,
    )
    def get(self, request: Request) -> Response:
        """Their names with folders can stand among the `document_ids` of a new job."""
        return _listing(
            _file(file.name, file.path, file.filename, file.size, int(file.modified_at.timestamp()))
            for file in batch.files(self.organization)
        )


def _listing(files: Iterable[dict[str, str | int]]) -> Response:
    shown = list(files)
    return Response({"files": shown, "count": len(shown)})


def _file(key: str, path: str, name: str, size: int, time: int) -> dict[str, str | int]:
    return {
        "document_id": key,
        "path": path,
        "filename": name,
        "original_filename": name,
        "file_size": size,
        "upload_time": time,
        "file_path": full_name(path, name),  # where it really lies is nobody's business
    }


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
