"""Jobs, their documents, their logs and the workers in the admin site."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_q.admin import QueueAdmin, ScheduleAdmin, resubmit_task
from django_q.models import OrmQ, Schedule

from curatore.core.admin import ReadOnlyAdmin, link_to, link_to_list
from curatore.core.errors import DomainError
from curatore.core.problem_codes import DOCUMENTS
from jobs import lifecycle, partition, starts
from jobs.models import Job, JobDocument, JobLog, ResultVersion, Worker
from orgsettings.models import User

# An action on more jobs than that would outlast the request.
LARGEST_SELECTION = 100

# django-q2 lets everybody run tasks again who may look at them.
resubmit_task.allowed_permissions = ["change"]
admin.site.unregister([Schedule, OrmQ])  # registered anew below


class ForSuperusers(admin.ModelAdmin):
    """Rows that say what workers run, any function there is: whoever writes them may do anything.

    Others look at them, if they have the permission.
    """

    def has_add_permission(self, request: Any) -> bool:
        return request.user.is_superuser and super().has_add_permission(request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return request.user.is_superuser and super().has_delete_permission(request, obj)


@admin.register(Schedule)
class OurScheduleAdmin(ForSuperusers, ScheduleAdmin):
    pass


@admin.register(OrmQ)
class OurQueueAdmin(ForSuperusers, QueueAdmin):
    pass


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "organization",
        "user",
        "status",
        "documents",
        "created_at",
        "links",
    ]
    list_filter = ["status", "created_at", "organization"]
    list_select_related = ["organization", "user"]
    search_fields = ["name", "user__username", "user__email"]
    search_help_text = "Name, file name, owner, or the id of a job or of one of its documents."
    id_fields = ["pk", "job_documents__pk"]
    date_hierarchy = "created_at"
    readonly_fields = ["links"]
    actions = ["cancel", "retry"]

    @admin.display(description="Documents")
    def documents(self, job: Job) -> str:
        return partition.outcome(job)

    @admin.display(description="Go to")
    def links(self, job: Job) -> SafeString:
        return format_html(
            '{} · {} · <a href="{}" title="{}">Page</a>',
            link_to_list(JobDocument, "Documents", job__id__exact=job.pk),
            link_to_list(JobLog, "Logs", job__id__exact=job.pk),
            reverse("jobs:detail", args=[job.pk]),
            "For those who may see it: members of its organization.",
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        words = search_term.strip()
        if not words or may_repeat:  # nothing to look for, or an id
            return found, may_repeat
        named = JobDocument.objects.named(words).filter(job=OuterRef("pk"))
        return found | queryset.filter(Exists(named)), may_repeat

    @admin.action(description="Cancel the selected jobs", permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._each(request, queryset, lifecycle.request_cancel, "“%s” is being cancelled.")

    @admin.action(
        description="Retry what failed or was cancelled in the selected jobs", permissions=["act"]
    )
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._each(request, queryset, starts.retry, "“%s” is queued again.")

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Job],
        action: Callable[..., Any],
        success: str,
    ) -> None:
        """Do `action` to each job by itself and say how it went."""
        jobs = list(queryset[: LARGEST_SELECTION + 1])
        if len(jobs) > LARGEST_SELECTION:
            sentence = f"Choose at most {LARGEST_SELECTION} jobs at once. Nothing was changed."
            self.message_user(request, sentence, messages.ERROR)
            return
        by = request.user if isinstance(request.user, User) else None
        for job in jobs:
            try:
                action(job, by=by)
            except DomainError as refusal:
                self.message_user(request, f"“{job}”: {refusal}", messages.WARNING)
            else:
                self.message_user(request, success % job, messages.SUCCESS)


class CauseFilter(admin.SimpleListFilter):
    """Why documents failed; the choices are known without reading the table."""

    title = "cause of the failure"
    parameter_name = "error_code__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code.replace("_", " ")) for code in DOCUMENTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error_code=self.value()) if self.value() else queryset


@admin.register(JobDocument)
class JobDocumentAdmin(ReadOnlyAdmin):
    list_display = [
        "filename",
        "path",
        "job_link",
        "status",
        "attempts",
        "conversion_score",
        "is_rag_ready",
        "error_code",
        "worker",
        "lease_expires_at",
    ]
    list_filter = ["status", "is_rag_ready", CauseFilter]
    list_select_related = ["job", "worker"]
    search_fields = ["filename", "path", "error_message"]
    search_help_text = "File name, error, or the id of a document, its row or its job."
    id_fields = ["pk", "job", "document"]
    exclude = ["result_file"]  # it would link to a file that is not served
    readonly_fields = ["job_link", "logs"]

    @admin.display(description="Job", ordering="job__name")
    def job_link(self, row: JobDocument) -> SafeString:
        return link_to(row.job)

    @admin.display(description="Logs")
    def logs(self, row: JobDocument) -> SafeString:
        return link_to_list(JobLog, "Logs of this document", job_document__id__exact=row.pk)


@admin.register(ResultVersion)
class ResultVersionAdmin(ReadOnlyAdmin):
    list_display = ["job_document", "number", "made_by", "made_at", "conversion_score"]
    list_select_related = ["job_document", "made_by"]
    search_fields = ["job_document__filename"]
    id_fields = ["job_document", "job_document__job"]
    exclude = ["result_file"]


@admin.register(JobLog)
class JobLogAdmin(ReadOnlyAdmin):
    list_display = ["timestamp", "level", "event", "message", "job_link"]
    list_filter = ["level"]
    list_select_related = ["job"]
    search_fields = ["message", "event"]
    search_help_text = "Words, an event such as job.cancelled, or the id of a job or document."
    id_fields = ["job", "job_document"]

    @admin.display(description="Job", ordering="job__name")
    def job_link(self, line: JobLog) -> SafeString:
        return link_to(line.job)


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["host", "pid", "started_at", "last_seen_at", "documents"]
    list_filter = ["host"]

    @admin.display(description="Holds")
    def documents(self, worker: Worker) -> SafeString:
        return link_to_list(JobDocument, "Documents", worker__id__exact=worker.pk)
