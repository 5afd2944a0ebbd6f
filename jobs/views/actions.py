"""What the buttons of a job do; each answers with the job's page or goes back to a page."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from curatore.core.bodies import Body, takes
from documents import uploads
from jobs import access, clones, drafts, lifecycle, starts
from jobs.detail import rows
from jobs.forms import ReviewForm
from jobs.limit import ConcurrencyLimitReached
from jobs.models import Job, JobDocument
from jobs.views.detail import beginning, may_wait, render_detail, retry_form
from orgsettings.options import OptionsError
from orgsettings.pages import MemberRequest, attempt, count_upload, member_page


@require_POST
@member_page
def start(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    return _begin(request, job, lambda: _start(request, job), beginning)


def _begin(
    request: MemberRequest,
    job: Job,
    action: Callable[[], Any],
    success: str | Callable[[Any], str],
) -> HttpResponse:
    """Do what needs a place among the active jobs; the page of `job` says why if there is none."""
    try:
        attempt(request, action, success)
    except ConcurrencyLimitReached as refusal:
        return render_detail(request, job, refusal=str(refusal), status=refusal.status)
    return redirect("jobs:detail", job.pk)


def _start(request: MemberRequest, job: Job) -> Job:
    starts.start(job, by=request.user, or_wait=may_wait(request))
    return job


@require_POST
@member_page
def retry(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Run again the documents named by `row`, or those that failed for a `cause`, or all.

    Those of a cause may get other options and a password.
    """
    job = access.find_to_manage(request.user, job_id)
    if "with" in request.POST:
        return _retry_with(request, job, request.POST.get("cause", ""))
    return _begin(
        request, job, lambda: _retry(request, job), lambda count: _told_of_retry(job, count)
    )


def _retry(request: MemberRequest, job: Job) -> int:
    chosen: Iterable[UUID] | None = None
    if ids := request.POST.getlist("row"):
        chosen = access.find_rows(job, ids)
    elif cause := request.POST.get("cause"):
        chosen = rows.of_cause(job, cause)
    return starts.retry(job, by=request.user, rows=chosen, or_wait=may_wait(request))


def _retry_with(request: MemberRequest, job: Job, cause: str) -> HttpResponse:
    form = retry_form(job, cause, request.POST)
    if not form.is_valid():
        return render_detail(request, job, retry_form=form, status=422)
    try:
        options = form.canonical()
    except OptionsError as refusal:
        form.refuse(refusal)
        return render_detail(request, job, retry_form=form, status=422)
    chosen = rows.of_cause(job, cause)
    password = form.cleaned_data.get("password", "")
    return _begin(
        request,
        job,
        lambda: starts.retry(
            job,
            by=request.user,
            rows=chosen,
            options=options,
            password=password,
            or_wait=may_wait(request),
        ),
        lambda count: _told_of_retry(job, count),
    )


@takes(Body.UPLOAD)
@require_POST
@member_page
def replace(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Convert the uploaded `file` in place of the document named by `row`."""
    job = access.find_to_manage(request.user, job_id)
    row = access.find_row(job, request.POST.get("row", ""))
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("Choose a file first."))
        return redirect("jobs:detail", job.pk)
    count_upload(request)
    return _begin(
        request,
        job,
        lambda: _replace(request, job, row, upload),
        _("“%s” was replaced and is converted again.") % row.filename,
    )


def _replace(request: MemberRequest, job: Job, row: JobDocument, upload: UploadedFile) -> None:
    accepted = uploads.accept_one(
        upload,
        filename=upload.name or "",
        path=row.path,
        organization=job.organization,
        user=request.user,
    )
    starts.replace(job, row, accepted.document, by=request.user)


def _told_of_retry(job: Job, count: int) -> str:
    if job.is_in_line:
        return beginning(job)
    sentence = ngettext(
        "%d document is converted again.", "%d documents are converted again.", count
    )
    return sentence % count


@require_POST
@member_page
def withdraw(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    attempt(
        request,
        lambda: starts.withdraw(job, by=request.user),
        _("The job no longer waits for a place. Start it again whenever you like."),
    )
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def cancel(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    attempt(
        request,
        lambda: lifecycle.request_cancel(job, by=request.user),
        _("The job is being cancelled. Existing results are kept."),
    )
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def delete(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_delete(request.user, job_id)
    done = attempt(
        request,
        lambda: lifecycle.delete(job, by=request.user),
        _("“%s” was deleted with its log and results.") % job.name,
    )
    return redirect("jobs:list") if done else redirect("jobs:detail", job.pk)


@require_POST
@member_page
def rename(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return render_detail(request, job, rename_form=form, status=422)
    values = form.cleaned_data
    attempt(
        request,
        lambda: drafts.rename(job, name=values["name"], description=values["description"]),
        _("The name was changed."),
    )
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def clone(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Make a draft of the same documents and options, and go on in its wizard.

    With `row` it is for that document alone, and goes on where its options are changed.
    """
    job = access.find(request.user, job_id)
    row_id = request.POST.get("row")
    only = access.find_row(job, row_id) if row_id else None
    made = clones.clone(job, by=request.user, only=only)
    messages.success(request, _("This is a new draft like the job you came from."))
    if made.missing:
        sentence = ngettext(
            "%d document was deleted meanwhile and is missing here.",
            "%d documents were deleted meanwhile and are missing here.",
            made.missing,
        )
        messages.warning(request, sentence % made.missing)
    step = "jobs:setup-configure" if only and not made.missing else "jobs:setup-select"
    return redirect(step, made.job.pk)
