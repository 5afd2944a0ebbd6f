"""What the tabs of a job's page show, each as a context for its template."""

from collections.abc import Callable, Mapping
from typing import Any

from curatore.core.htmx import version_of
from curatore.core.paging import page_of
from jobs import access
from jobs.detail import log_reading, rows
from jobs.detail.log_reading import LogQuery
from jobs.detail.rows import Totals
from jobs.forms import OPTION_GROUPS
from jobs.models import Job, JobDocument
from jobs.review import review_queue
from jobs.review.review_queue import QueueQuery
from orgsettings import options as processing_options
from orgsettings.models import OrgSettings
from orgsettings.pages import MemberRequest, count_work

DOCUMENTS_PER_PAGE = 100
# Up to so many documents the log offers a list to choose from; beyond, a field for the file name.
MOST_CHOICES = 100


def documents(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    query = QueueQuery.parse(request.GET)
    counts = review_queue.counts(job, totals.low)
    found = review_queue.listed(job, query, counts)
    page = page_of(found, DOCUMENTS_PER_PAGE, request.GET.get("page"))
    can_review = access.can_manage(request.user, job) and found.results > 0
    return {
        "queue": query,
        "filters": [
            (name, shown.label, counts[name], query.parameters_with(state=name))
            for name, shown in review_queue.FILTERS.items()
            if counts[name] or name in {"all", query.state}
        ],
        "sorts": [(name, query.parameters_with(sort=name)) for name in review_queue.SORTS],
        "page": page,
        "reviewable": found.results,
        "can_review": can_review,
        "row_versions": {row.pk: _version(row, job, query, can_review) for row in page.object_list},
        "missed": {row.pk: review_queue.missed(row, job) for row in page.object_list},
        "panel_parameters": query.parameters,
    }


def _version(row: JobDocument, job: Job, query: QueueQuery, can_review: bool) -> str:
    """Changes with whatever its row of the table shows: of the document, the job, and the URL."""
    fields = {name: value for name, value in vars(row).items() if name != "_state"}
    shown = (fields, job.status, job.is_in_line, job.processing_options, query, can_review)
    return f"{row.pk.hex[-8:]}.{version_of(shown)}"


def logs(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    query = LogQuery.parse(request.GET)
    if query.is_filtered:
        count_work(request)
    before = log_reading.cursor(request.GET.get("before"))
    line = log_reading.cursor(request.GET.get("line"))
    shown = log_reading.window(job, query, before=before, around=line)
    of_job = JobDocument.objects.filter(job=job)
    choices = of_job.order_by("position").only("pk", "filename", "path", "job_id")
    is_short = job.total_documents <= MOST_CHOICES
    if not is_short:
        choices = choices.filter(pk=query.document) if query.document else choices.none()
    return {
        "log_query": query,
        "lines": shown.lines,
        "has_older": shown.has_older,
        "has_newer": shown.has_newer,
        "line": line,
        "after": shown.lines[-1].pk if shown.lines else 0,
        "goes_on": job.is_live,
        "matches": log_reading.matching(job, query).count() if query.is_filtered else None,
        "first_match": log_reading.first_match(job, query, shown) if query.search else None,
        "choices": choices,
        "can_choose": is_short and job.total_documents > 1,
        "can_name": not is_short and not query.document,
    }


def export(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    return {
        "page": page_of(
            rows.completed(job),
            DOCUMENTS_PER_PAGE,
            request.GET.get("page"),
            count=job.completed_documents,
        ),
        "exported": job.completed_documents - job.excluded_documents,
        "choose_ready": request.GET.get("choose") == "rag_ready",
        "panel_parameters": "",
    }


def options(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    """The options of the job beside those that a new job of the organization would get."""
    settings = OrgSettings.objects.get(organization=job.organization_id)
    usual = processing_options.effective(settings.default_processing_options)
    groups = [
        (title, [(field, value, field.of(usual)) for field, value, _ in chosen])
        for title, chosen in option_groups(job.processing_options)
    ]
    changed = sum(value != common for _, chosen in groups for _, value, common in chosen)
    return {"option_rows": groups, "changed_options": changed, "engines": rows.engines(job)}


PANELS: Mapping[str, Callable[[MemberRequest, Job, Totals], dict[str, Any]]] = {
    "documents": documents,
    "logs": logs,
    "export": export,
    "options": options,
}
# Those that follow a running job, as lists of documents: the log has a tail of its own, and options
# do not change. Each has a `page`, and in `panel_parameters` what else its URL says.
LIVE_PANELS = ("documents", "export")


def option_groups(chosen: dict[str, Any]) -> list[tuple[str, list[tuple[Any, Any, bool]]]]:
    """For each group its title and its options: field, value, whether it is the built-in one."""
    groups = []
    for section, title in OPTION_GROUPS.items():
        fields = [field for field in processing_options.FIELDS if field.section == section]
        values = [(field, field.of(chosen)) for field in fields]
        groups.append(
            (str(title), [(field, value, value == field.default) for field, value in values])
        )
    return groups
