"""What the tabs of a job's page show, each as a context for its template."""

from collections.abc import Callable, Mapping
from typing import Any

from curatore.pages import MemberRequest, count_work
from curatore.paging import page_of
from jobs import log_reading, rows
from jobs.forms import OPTION_GROUPS
from jobs.log_reading import LogQuery
from jobs.models import Job, JobDocument
from jobs.rows import RowQuery
from orgsettings import options as processing_options
from orgsettings.models import OrgSettings

DOCUMENTS_PER_PAGE = 100
# Up to so many documents the log offers a list to choose from; beyond, a field for the file name.
MOST_CHOICES = 100

Totals = Mapping[str, Any]  # of jobs.rows.totals


def documents(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    query = RowQuery.parse(request.GET)
    counts = rows.state_counts(job)
    return {
        "row_query": query,
        "state_chips": {
            name: count for name, count in counts.items() if count or name in {"all", query.state}
        },
        "page": page_of(
            rows.by_attention(job, query, counts), DOCUMENTS_PER_PAGE, request.GET.get("page")
        ),
        "panel_parameters": query.parameters,
    }


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


def review(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    chosen = review_filter(request)
    counts = rows.review_counts(job)
    return {
        "review": chosen,
        "review_counts": counts,
        "page": page_of(
            rows.to_review(job, chosen),
            DOCUMENTS_PER_PAGE,
            request.GET.get("page"),
            count=counts[chosen],
        ),
        "panel_parameters": f"&filter={chosen}",
    }


def export(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    return {
        "page": page_of(
            rows.to_review(job, "completed"),
            DOCUMENTS_PER_PAGE,
            request.GET.get("page"),
            count=job.completed_documents,
        ),
        "choose_ready": request.GET.get("choose") == "rag_ready",
        "panel_parameters": "",
    }


def options(request: MemberRequest, job: Job, totals: Totals) -> dict[str, Any]:
    """The options of the job beside those that a new job of the organization would get."""
    settings = OrgSettings.objects.get(organization=job.organization_id)
    usual = processing_options.effective(settings.default_processing_options)
    groups = [
        (title, [(field, value, value_of(usual, field)) for field, value, _ in chosen])
        for title, chosen in option_groups(job.processing_options)
    ]
    changed = sum(value != common for _, chosen in groups for _, value, common in chosen)
    return {"option_rows": groups, "changed_options": changed, "engines": rows.engines(job)}


PANELS: Mapping[str, Callable[[MemberRequest, Job, Totals], dict[str, Any]]] = {
    "documents": documents,
    "logs": logs,
    "review": review,
    "export": export,
    "options": options,
}
# Those that follow a running job, as lists of documents: the log has a tail of its own, and options
# do not change. Each has a `page`, and in `panel_parameters` what else its URL says.
LIVE_PANELS = ("documents", "review", "export")


def review_filter(request: MemberRequest) -> str:
    """Which documents are reviewed, as the URL says: a key of rows.REVIEWS."""
    chosen = request.GET.get("filter", "")
    return chosen if chosen in rows.REVIEWS else "all"


def option_groups(chosen: dict[str, Any]) -> list[tuple[str, list[tuple[Any, Any, bool]]]]:
    """For each group its title and its options: field, value, whether it is the built-in one."""
    groups = []
    for section, title in OPTION_GROUPS.items():
        fields = [field for field in processing_options.FIELDS if field.section == section]
        values = [(field, value_of(chosen, field)) for field in fields]
        groups.append(
            (str(title), [(field, value, value == field.default) for field, value in values])
        )
    return groups


def value_of(options: dict[str, Any], field: processing_options.Field) -> Any:
    """The value of one option; None where an old job does not have it."""
    holder = options.get(field.section, {}) if field.section else options
    return holder.get(field.key)
