"""Jobs, their documents, their logs and the workers in the admin site."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from curatore.admin import ReadOnlyAdmin
from curatore.errors import DomainError
from jobs import lifecycle
from jobs.models import Job, JobDocument, JobLog, ResultVersion, Worker
from orgsettings.models import User


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "organization",
        "user",
        "status",
        "total_documents",
        "completed_documents",
        "failed_documents",
        "created_at",
    ]
    list_filter = ["status", "organization"]
    list_select_related = ["organization", "user"]
    search_fields = ["name", "id", "user__username"]
    date_hierarchy = "created_at"
    actions = ["cancel"]

    @admin.action(description="Cancel the selected jobs")
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        by = request.user if isinstance(request.user, User) else None
        for job in queryset:
            try:
                lifecycle.request_cancel(job, by=by)
            except DomainError as refusal:
                self.message_user(request, f"“{job}”: {refusal}", messages.WARNING)
            else:
                self.message_user(request, f"“{job}” is being cancelled.", messages.SUCCESS)


@admin.register(JobDocument)
class JobDocumentAdmin(ReadOnlyAdmin):
    list_display = [
        "filename",
        "job",
        "status",
        "attempts",
        "conversion_score",
        "is_rag_ready",
        "error_code",
        "worker",
        "lease_expires_at",
    ]
    list_filter = ["status", "is_rag_ready", "error_code", "engine"]
    list_select_related = ["job", "worker"]
    search_fields = ["filename", "id", "job__id"]
    exclude = ["result_file"]  # it would link to a file that is not served


@admin.register(ResultVersion)
class ResultVersionAdmin(ReadOnlyAdmin):
    list_display = ["job_document", "number", "made_by", "made_at", "conversion_score"]
    list_select_related = ["job_document", "made_by"]
    search_fields = ["job_document__filename", "job_document__id"]
    exclude = ["result_file"]


@admin.register(JobLog)
class JobLogAdmin(ReadOnlyAdmin):
    list_display = ["timestamp", "level", "event", "message", "job"]
    list_filter = ["level", "event"]
    list_select_related = ["job"]
    search_fields = ["message", "job__id"]


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["host", "pid", "started_at", "last_seen_at"]
    list_filter = ["host"]
