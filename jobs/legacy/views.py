"""The deprecated Process page: Upload & Select, Review, Download, on one address.

Which stage is shown follows from the batch that the page holds (process_page.py), unless the
URL asks for another one that was reached.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from curatore.core.bodies import Body, takes
from curatore.core.files import zip_file
from curatore.core.htmx import render_page_or_part, unchanged
from curatore.core.ids import as_uuid
from curatore.core.paging import page_of
from documents.models import Document
from jobs import access, drafts, lifecycle, partition
from jobs.exports import downloads
from jobs.exports.downloads import NothingToDownload
from jobs.forms import ProcessForm
from jobs.legacy import process_page
from jobs.limit import ConcurrencyLimitReached
from jobs.models import Job, JobDocument
from jobs.monitoring import diagnosis
from jobs.starts import NoDocuments, NotStartable
from jobs.views import selection
from jobs.views.detail import beginning, ending, last_answer, live_version, may_wait
from jobs.views.selection import Place
from orgsettings import options as processing_options
from orgsettings.access import require_writer
from orgsettings.models import OrgSettings
from orgsettings.options import OptionsError
from orgsettings.pages import MemberRequest, attempt, member_page, with_work

STAGES = ("select", "review", "download")
RESULTS_PER_PAGE = 100


def available(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let members in who may process; as long as the operator keeps the page."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any) -> HttpResponseBase:
        if settings.PROCESS_PAGE_MODE == "removed":
            return render(request, "jobs/process/removed.html", status=410)
        require_writer(request.user)
        if settings.PROCESS_PAGE_MODE == "redirect":
            messages.info(
                request, _("The Process page has moved to Jobs: create a job to process files.")
            )
            return redirect("jobs:list")
        return view(request, *args)

    return member_page(guarded)


@takes(Body.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@available
def page(request: MemberRequest) -> HttpResponse:
    """The page; files and documents are posted to it."""
    job = process_page.current(request.user)
    if request.method != "POST":
        return _page(request, job)

    def take(documents: Sequence[Document]) -> Place:
        return _place(process_page.add_documents(request.user, documents))

    answer = selection.add(request, _place(job), take)
    return answer or _page(request, job, nothing_given=True)


@require_POST
@available
def remove(request: MemberRequest) -> HttpResponse:
    """Take one document out of the batch."""
    job = process_page.current(request.user)
    row_id = as_uuid(request.POST.get("row"))
    if job and job.is_draft and row_id:
        drafts.remove_document(job, row_id)
    if request.htmx:
        shown = selection.selected(request, _place(job))
        return render(request, "jobs/setup/_selected.html", shown)
    return redirect("jobs:process")


@require_POST
@available
def start(request: MemberRequest) -> HttpResponse:
    """The answer to “how?”: as a tracked job, or at once and on this page."""
    job = process_page.current(request.user)
    if job is None or (job.is_draft and not job.total_documents):
        return _page(request, job, nothing_given=True)
    form = ProcessForm(request.POST, options=job.processing_options)
    if not _configured(job, form):
        return _page(request, job, form=form, status=422)
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    tracked = request.POST.get("how") != "immediate"
    try:
        _process(request, job, tracked=tracked)
    except NotStartable:
        pass  # by a second press of the button
    except (ConcurrencyLimitReached, NoDocuments) as refusal:
        return _page(request, job, form=form, refusal=str(refusal), status=refusal.status)
    return redirect("jobs:detail", job.pk) if tracked else redirect("jobs:process")


def _process(request: MemberRequest, job: Job, *, tracked: bool) -> None:
    if not tracked:
        process_page.process_here(job, by=request.user)
        return
    process_page.process_as_tracked_job(job, by=request.user, or_wait=may_wait(request))
    messages.success(request, beginning(job))


def _configured(job: Job, form: ProcessForm) -> bool:
    """Give a draft the options of the form; a job that was started keeps its own."""
    if not form.is_valid():
        return False
    try:
        options = form.canonical()
    except OptionsError as refusal:
        form.refuse(refusal)
        return False
    if job.is_draft:
        drafts.configure(job, options)
    return True


@require_POST
@available
def cancel(request: MemberRequest) -> HttpResponse:
    job = process_page.current(request.user)
    if job:
        attempt(
            request,
            lambda: lifecycle.request_cancel(job, by=request.user),
            _("The batch is being cancelled. Existing results are kept."),
        )
    return redirect("jobs:process")


@require_POST
@available
def start_over(request: MemberRequest) -> HttpResponse:
    """Clear the page; the batch stays in the list of jobs."""
    job = process_page.current(request.user)
    if job:
        attempt(
            request,
            lambda: process_page.clear(job),
            _("The page is clear again. Nothing was deleted: the batch is under Jobs."),
        )
    return redirect("jobs:process")


@require_safe
@available
def live(request: MemberRequest) -> HttpResponse:
    """The results so far; 204 if `v` is the current version, 286 when the batch has ended."""
    job = process_page.current(request.user)
    if job is None or job.is_draft:
        return HttpResponseClientRefresh()  # cleared on another page
    waiting = diagnosis.why_waiting(job)
    if job.is_active and request.GET.get("v") == live_version(job, waiting):
        return unchanged()
    response = render(request, "jobs/process/_live.html", _results(request, job, waiting))
    return response if job.is_active else last_answer(job, response)


@require_safe
@available
@with_work
def download(request: MemberRequest) -> HttpResponseBase:
    """Results of the batch as a ZIP file: those chosen, or all of a `type`."""
    job = process_page.current(request.user)
    if job is None:
        return redirect("jobs:process")
    layout = request.GET.get("type", "individual")
    chosen = request.GET.getlist("row")
    try:
        if layout == "selected" and not chosen:
            raise NothingToDownload(_("Choose at least one document, or download all of them."))
        filename, chunks = downloads.archive(
            job,
            layout if layout in downloads.BULK_KINDS else downloads.Layout.INDIVIDUAL,
            chosen=access.find_rows(job, chosen) if layout == "selected" else None,
        )
    except NothingToDownload as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('jobs:process')}?stage=download")
    return zip_file(chunks, filename)


def _page(
    request: MemberRequest,
    job: Job | None,
    *,
    form: ProcessForm | None = None,
    nothing_given: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"stage": _stage(request, job), "stages": STAGES, "job": job}
    context["refusal"] = refusal
    if job and context["stage"] == "review":
        context |= _results(request, job, diagnosis.why_waiting(job))
    elif job and context["stage"] == "download":
        context |= _downloads(request, job)
    else:
        context |= selection.context(request, _place(job))
        context["form"] = form or _form(request, job)
        context["nothing_given"] = nothing_given
    return render_page_or_part(
        request,
        "jobs/process/page.html",
        "jobs/setup/_sources.html" if context["stage"] == "select" else "jobs/process/_live.html",
        context,
        status=422 if nothing_given else status,
    )


def _stage(request: HttpRequest, job: Job | None) -> str:
    """The stage that is shown: none that was not reached, none that is over."""
    if job is None or job.is_draft:
        return "select"
    wanted = request.GET.get("stage")
    return "download" if wanted == "download" and job.completed_documents else "review"


def _place(job: Job | None) -> Place:
    return Place(
        job, reverse("jobs:process"), reverse("jobs:process-remove"), "jobs/process/_footer.html"
    )


def _form(request: MemberRequest, job: Job | None) -> ProcessForm:
    if job:
        return ProcessForm(options=job.processing_options)
    organization = request.user.membership.organization_id
    defaults = OrgSettings.objects.get(organization=organization).default_processing_options
    return ProcessForm(options=processing_options.effective(defaults))


def _results(request: HttpRequest, job: Job, waiting: str) -> dict[str, Any]:
    shown = request.GET.get("show", "all")
    shown = shown if shown in process_page.FILTERS else "all"
    counts = process_page.counts(job)
    found = process_page.results(job, shown)
    return {
        "job": job,
        "stage": "review",
        "show": shown,
        "filters": [(name, counts[name]) for name in process_page.FILTERS],
        "counts": counts,
        "page": page_of(found, RESULTS_PER_PAGE, request.GET.get("page")),
        "threshold": job.options.quality_thresholds.conversion_threshold,
        "running": partition.of(job).running,
        "waiting": waiting,
        "live_version": live_version(job, waiting),
        "interval": settings.JOB_STATUS_POLL_INTERVAL,
        "ending": ending(job) if job.is_terminal else "",
    }


def _downloads(request: HttpRequest, job: Job) -> dict[str, Any]:
    rows = JobDocument.objects.filter(job=job).completed().order_by("position")
    return {
        "counts": process_page.counts(job),
        "page": page_of(
            rows, RESULTS_PER_PAGE, request.GET.get("page"), count=job.completed_documents
        ),
        "threshold": job.options.quality_thresholds.conversion_threshold,
    }
