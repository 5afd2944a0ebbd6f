"""What the buttons of a job do; each answers with the job's page or goes back to a page."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from curatore.pages import MemberRequest, attempt, member_page
from jobs import access, clones, drafts, lifecycle, rows
from jobs.forms import ReviewForm
from jobs.lifecycle import ConcurrencyLimitReached
from jobs.models import Job
from jobs.views.detail import beginning, may_wait, render_detail


@require_POST
@member_page
def start(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    try:
        attempt(request, lambda: _start(request, job), beginning)
    except ConcurrencyLimitReached as refusal:
        return render_detail(request, job, refusal=str(refusal), status=refusal.status)
    return redirect("jobs:detail", job.pk)


def _start(request: MemberRequest, job: Job) -> Job:
    lifecycle.start(job, by=request.user, or_wait=may_wait(request))
    return job


@require_POST
@member_page
def retry(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Run again the documents named by `row`, or those that failed for a `cause`, or all."""
    job = access.find_to_manage(request.user, job_id)
    try:
        attempt(request, lambda: _retry(request, job), lambda count: _told_of_retry(job, count))
    except ConcurrencyLimitReached as refusal:
        return render_detail(request, job, refusal=str(refusal), status=refusal.status)
    return redirect("jobs:detail", job.pk)


def _retry(request: MemberRequest, job: Job) -> int:
    chosen: Iterable[UUID] | None = None
    if ids := request.POST.getlist("row"):
        chosen = access.find_rows(job, ids)
    elif cause := request.POST.get("cause"):
        chosen = rows.of_cause(job, cause)
    return lifecycle.retry(job, by=request.user, rows=chosen, or_wait=may_wait(request))


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
        lambda: lifecycle.withdraw(job, by=request.user),
        _("The job does not wait any more. Start it again whenever you like."),
    )
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def cancel(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    attempt(
        request,
        lambda: lifecycle.request_cancel(job, by=request.user),
        _("The job is being cancelled. Results that exist already are kept."),
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
