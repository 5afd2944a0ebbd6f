"""What the buttons of a job do; each answers with the job's page or goes back to a page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from curatore.pages import MemberRequest, attempt, member_page
from jobs import access, lifecycle
from jobs.lifecycle import ConcurrencyLimitReached
from jobs.views.detail import render_detail


@require_POST
@member_page
def start(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    try:
        attempt(request, lambda: lifecycle.start(job, by=request.user), _("The job was started."))
    except ConcurrencyLimitReached as refusal:
        return render_detail(request, job, refusal=str(refusal), status=refusal.status)
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def retry(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    try:
        attempt(
            request,
            lambda: lifecycle.retry(job, by=request.user),
            _("The documents that failed are converted again."),
        )
    except ConcurrencyLimitReached as refusal:
        return render_detail(request, job, refusal=str(refusal), status=refusal.status)
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
