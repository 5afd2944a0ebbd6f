"""Mending the Markdown of a document's latest result over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.refusals import may_refuse
from curatore.core.bodies import Body, takes
from curatore.core.errors import PermissionRefused
from documents import access as documents
from documents.storage import StorageLimitReached
from documents.text_work import TakesTooLong
from jobs import access
from jobs.latest import latest_result
from jobs.library.api.results import DocumentContent
from jobs.library.serializers import ContentChangeSerializer
from jobs.models import JobDocument
from jobs.results import ResultMissing
from jobs.review import edits
from jobs.serializers.documents import JobDocumentSerializer, VersionSerializer
from orgsettings.api.base import ApiView, checked
from orgsettings.models import User


@takes(Body.TEXT)
class EditableDocumentContent(DocumentContent):
    @extend_schema(
        operation_id="documents_content_change",
        summary="Replace the Markdown of the latest result",
        request=ContentChangeSerializer,
        responses=JobDocumentSerializer,
        extensions=may_refuse(
            PermissionRefused,
            ResultMissing,
            StorageLimitReached,
            TakesTooLong,
            edits.NotEditable,
            edits.EditedMeanwhile,
        ),
    )
    def put(self, request: Request, document_id: str) -> Response:
        """Scores and readiness follow the new text; the earlier one is kept.

        Only for the owner of the job that made the result, and admins.
        """
        document = documents.find(self.user, document_id)
        row = latest_result(document)
        _require_manager(self.user, row)
        body = checked(ContentChangeSerializer, request.data)
        edits.save(row, body["content"], self.user, based_on=body["based_on_sha256"])
        return Response(JobDocumentSerializer(row).data)


@extend_schema(tags=["jobs"])
class ResultVersions(ApiView):
    @extend_schema(
        operation_id="jobs_documents_versions",
        summary="States of a result that was edited, newest first",
        responses=VersionSerializer(many=True),
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request, job_id: str, row_id: str) -> Response:
        """Empty before the first edit."""
        row = access.find_row(access.find(self.user, job_id), row_id)
        context = {"current": row.result_file.name}
        return Response(VersionSerializer(edits.versions(row), many=True, context=context).data)


@extend_schema(tags=["jobs"])
class ResultRestore(ApiView):
    @extend_schema(
        operation_id="jobs_documents_restore",
        summary="Go back to an earlier state of a result",
        request=None,
        responses=JobDocumentSerializer,
        extensions=may_refuse(PermissionRefused, edits.NotEditable),
    )
    def post(self, request: Request, job_id: str, row_id: str, number: str) -> Response:
        """Nothing is lost: the state before stays among the versions."""
        row = access.find_row(access.find_to_manage(self.user, job_id), row_id)
        edits.restore(edits.find_version(row, number), self.user)
        row.refresh_from_db()
        return Response(JobDocumentSerializer(row).data)


def _require_manager(user: User, row: JobDocument) -> None:
    if not access.can_manage(user, row.job):
        raise PermissionRefused("Only the owner of the job or an admin may edit its results.")
