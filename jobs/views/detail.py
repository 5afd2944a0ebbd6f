"""One job: the page with its tabs, and the part of it that stays current by itself."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseStopPolling

from curatore.core.htmx import unchanged, version_of
from jobs import access, line, partition, trials
from jobs.detail import estimates, failures, history, rows
from jobs.forms import RetryForm, ReviewForm
from jobs.models import Job, Outcome
from jobs.monitoring import diagnosis
from jobs.views.panels import LIVE_PANELS, PANELS
from orgsettings import options as processing_options
from orgsettings.pages import MemberRequest, member_page


@require_safe
@member_page
def job_detail(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find(request.user, job_id)
    return render_detail(request, job)


def render_detail(
    request: MemberRequest,
    job: Job,
    *,
    tab: str = "",
    refusal: str = "",
    trouble: str = "",
    rename_form: ReviewForm | None = None,
    retry_form: RetryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of `job`.

    Args:
        tab: a key of PANELS; as the URL says when empty.
        refusal: why there is no place for the job, on top of the page; what was sent can be sent
            again to wait for one.
        trouble: what else was not done, on top of the page.
        rename_form: as it was sent and refused.
        retry_form: likewise.
    """
    context = _context(request, job, diagnosis.why_waiting(job), tab) | {
        "refusal": refusal,
        "sent_rows": request.POST.getlist("row") if refusal else [],
        "sent_cause": request.POST.get("cause", "") if refusal else "",
        "trouble": trouble,
        "rename_form": rename_form or _rename_form(job),
    }
    for cause in context["failures"]:
        if retry_form and retry_form.cause == cause["error_code"]:
            cause["form"] = retry_form
    if context["tab"] not in LIVE_PANELS:
        context |= PANELS[context["tab"]](request, job, context["counts"])
    return render(request, "jobs/detail.html", context, status=status)


@require_safe
@member_page
def job_live(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """What changes by itself; 204 if `v` is the current version, 286 when the job has ended."""
    job = access.find(request.user, job_id)
    waiting = diagnosis.why_waiting(job)
    if job.is_live and request.GET.get("v") == live_version(job, waiting):
        return unchanged()
    has_ended = job.is_terminal and not job.is_in_line
    context = _context(request, job, waiting) | {"has_just_ended": has_ended}
    if context["tab"] == "documents":
        context["unchanged"] = _unchanged_rows(request, context["row_versions"])
    response = render(request, "jobs/_live.html", context)
    return response if job.is_live else last_answer(job, response)


def _unchanged_rows(request: MemberRequest, versions: Mapping[UUID, str]) -> set[UUID]:
    """The documents that the page shows as they are: it names the versions of its rows."""
    known = set(request.headers.get("X-Known-Rows", "").split())
    return {row for row, version in versions.items() if version in known}


def last_answer(job: Job, response: HttpResponse) -> HttpResponse:
    """The live part of a job that changes no more: it ends the polling, and tells how it ended."""
    final = HttpResponseStopPolling(response.content)
    if not job.is_terminal:
        return final  # taken out of the line
    kinds: dict[Outcome | None, str] = {Outcome.SUCCESS: "success", Outcome.FAILED: "danger"}
    kind = kinds.get(job.outcome, "info")
    final["HX-Trigger"] = json.dumps({"job:finished": {"message": ending(job), "kind": kind}})
    return final


def ending(job: Job) -> str:
    """How the job ended, as a sentence."""
    sentences: dict[Outcome | None, str] = {
        Outcome.FAILED: _("“%(name)s” failed: %(outcome)s."),
        Outcome.CANCELLED: _("“%(name)s” was cancelled: %(outcome)s."),
    }
    sentence = sentences.get(job.outcome, _("“%(name)s” is done: %(outcome)s."))
    return sentence % {"name": job.name, "outcome": partition.outcome(job)}


def beginning(job: Job) -> str:
    """What became of a job that somebody started, as a sentence."""
    if not job.is_in_line:
        return _("The job was started.")
    values = {"place": line.in_words(line.place(job) or 1)}
    return _("The job waits for a place: %(place)s. It will start automatically.") % values


def may_wait(request: HttpRequest) -> bool:
    """Whether a job that is to be started or retried joins the line when no place is free."""
    return request.POST.get("when_full") == "queue"


def live_version(job: Job, waiting: str) -> str:
    """What pollers compare: why a job waits changes without any change of the job."""
    return f"{job.version}.{version_of(waiting)}" if waiting else str(job.version)


def _context(request: MemberRequest, job: Job, waiting: str, tab: str = "") -> dict[str, Any]:
    tab = tab or request.GET.get("tab", "documents")
    totals, parts, now = rows.totals(job), partition.of(job), timezone.now()
    context: dict[str, Any] = {
        "job": job,
        "tab": tab if tab in PANELS else "documents",
        "can_manage": access.can_manage(request.user, job),
        "can_delete": access.can_delete(request.user, job),
        "counts": totals,
        "parts": parts,
        "stage_counts": partition.stages(parts) if job.is_active else [],
        "outcome": partition.outcome(job),
        "not_started": line.trouble(job),
        "failures": _failures(request, job),
        "runs": history.runs_of_retried(job),
        "is_poor": job.is_terminal and (job.not_ready_documents > 0 or job.is_low_quality),
        "threshold": job.options.quality_thresholds.conversion_threshold,
        "interval": settings.JOB_STATUS_POLL_INTERVAL,
        "cancel_timeout": settings.JOB_CANCELLATION_TIMEOUT,
        "waiting": waiting,
        "remaining": None if waiting else estimates.remaining(job, totals, now),
        "speed": None if waiting else estimates.pages_per_minute(job, totals, now),
        "ending": ending(job) if job.is_terminal else "",
        "has_just_ended": False,
        "trial_draft": _draft_of(request, job),
        "job_url": request.build_absolute_uri(f"/api/v1/jobs/{job.pk}"),
    }
    if context["tab"] in LIVE_PANELS:
        context |= PANELS[context["tab"]](request, job, totals)
    context["live_version"] = live_version(job, waiting)
    context["live_query"] = _live_query(context)
    return context


def _live_query(context: dict[str, Any]) -> str:
    """What the next poll says of the page that it is for."""
    parameters = {"v": context["live_version"], "tab": context["tab"]}
    if context["tab"] not in LIVE_PANELS:
        return urlencode(parameters)
    parameters["page"] = context["page"].number
    return urlencode(parameters) + context["panel_parameters"]


def _draft_of(request: MemberRequest, job: Job) -> Job | None:
    """The draft that this job is a trial of, for those who may go on with it."""
    draft = trials.draft_of(job)
    return draft if draft and access.can_manage(request.user, draft) else None


def _failures(request: MemberRequest, job: Job) -> list[dict[str, Any]]:
    """Why documents failed; with a form for each cause for those who may do something about it."""
    causes = failures.of_job(job)
    if job.is_terminal and access.can_manage(request.user, job):
        for cause in causes:
            cause["form"] = retry_form(job, cause["error_code"])
    return causes


def retry_form(job: Job, cause: str, data: Any = None) -> RetryForm:
    """The form for documents of `job` that failed for this cause."""
    return RetryForm(
        data,
        cause=cause,
        options=processing_options.effective(job.processing_options),
        with_password=cause in failures.LOCKED,
    )


def _rename_form(job: Job) -> ReviewForm:
    return ReviewForm(initial={"name": job.name, "description": job.description})
