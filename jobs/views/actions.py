"""What the buttons of a job do; each answers with the job's page or goes back to a page."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from curatore.core.bodies import Body, takes
from curatore.core.ids import as_uuid
from documents import uploads
from jobs import access, clones, drafts, lifecycle, starts
from jobs.detail import rows
from jobs.forms import ReviewForm
from jobs.limit import ConcurrencyLimitReached
from jobs.models import Job, JobDocument, Review
from jobs.review import review_queue, reviews
from jobs.review.review_queue import QueueQuery
from jobs.views.detail import beginning, may_wait, render_detail, retry_form
from jobs.views.results import VIEWS
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
        _("The job does not wait any more. Start it again whenever you like."),
    )
    return redirect("jobs:detail", job.pk)


@require_POST
@member_page
def review(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Decide about the results named by `row`, or about `every` one of the queue in the URL.

    Leads back to the page of the queue, or of the document if the URL names its `view`.
    """
    job = access.find_to_manage(request.user, job_id)
    verdict = request.POST.get("review", "")
    if verdict not in Review.values:
        raise BadRequest(f"There is no review of the kind “{verdict}”.")
    queue, ids = QueueQuery.parse(request.GET), request.POST.getlist("row")
    if request.POST.get("every") or ids:
        attempt(
            request,
            lambda: _review(request, job, queue, Review(verdict)),
            lambda count: _told_of_review(Review(verdict), count),
        )
    else:
        messages.warning(request, _("Choose at least one document first."))
    return redirect(_back_to_queue(request, job, queue, ids))


def _review(request: MemberRequest, job: Job, queue: QueueQuery, verdict: Review) -> int:
    chosen: Any = access.find_rows(job, request.POST.getlist("row"))
    if request.POST.get("every"):
        chosen = review_queue.results(job, queue).values_list("pk", flat=True)
    return reviews.review(job, chosen, verdict, by=request.user)


def _told_of_review(verdict: Review, count: int) -> str:
    match verdict:
        case Review.ACCEPTED:
            words = ngettext("%d result was accepted.", "%d results were accepted.", count)
        case Review.EXCLUDED:
            words = ngettext(
                "%d result is left out of exports.", "%d results are left out of exports.", count
            )
        case _:
            words = ngettext("%d review was taken back.", "%d reviews were taken back.", count)
    return words % count if count else _("Nothing changed: it was reviewed so already.")


def _back_to_queue(request: MemberRequest, job: Job, queue: QueueQuery, ids: list[str]) -> str:
    view, row = request.GET.get("view"), as_uuid(ids[0]) if ids else None
    if view in VIEWS and row:
        address = reverse("jobs:result", args=[job.pk, row])
        return f"{address}?view={view}{queue.parameters}"
    page = request.GET.get("page", "")
    number = f"&page={page}" if page.isdecimal() else ""
    return f"{reverse('jobs:detail', args=[job.pk])}?tab=documents{queue.parameters}{number}"


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
