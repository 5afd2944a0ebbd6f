"""Deciding about results: many at once in their list, or one after the other on their pages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jobs import access
from jobs.models import Job, JobDocument, Review
from jobs.review import review_queue, reviews
from jobs.review.review_queue import QueueQuery
from jobs.views.results import VIEWS
from orgsettings.pages import MemberRequest, attempt, member_page

# Views of one document alone; the next one is shown as a page.
_OF_ONE = {"edit", "versions"}


@require_POST
@member_page
def review(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Decide about the results named by `row`, or about `every` one of the queue in the URL.

    Leads back to the page of the queue. If the URL names the `view` of a document that is decided
    about on its own page, leads on to the next one that nobody reviewed yet.
    """
    job = access.find_to_manage(request.user, job_id)
    verdict = request.POST.get("review", "")
    if verdict not in Review.values:
        raise BadRequest(f"There is no review of the kind “{verdict}”.")
    queue, ids = QueueQuery.parse(request.GET), request.POST.getlist("row")
    if request.GET.get("view") in VIEWS and len(ids) == 1:
        return _review_one(request, job, access.find_row(job, ids[0]), Review(verdict))
    if request.POST.get("every") or ids:
        attempt(
            request,
            lambda: _decide(request, job, queue, Review(verdict)),
            lambda count: _told_of_review(Review(verdict), count),
        )
    else:
        messages.warning(request, _("Choose at least one document first."))
    page = request.GET.get("page", "")
    number = f"&page={page}" if page.isdecimal() else ""
    address = reverse("jobs:detail", args=[job.pk])
    return redirect(f"{address}?tab=documents{queue.parameters}{number}")


def _decide(request: MemberRequest, job: Job, queue: QueueQuery, verdict: Review) -> int:
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
    return words % count if count else _("Nothing changed: it already had this review.")


def _review_one(
    request: MemberRequest, job: Job, row: JobDocument, verdict: Review
) -> HttpResponse:
    queue, view = QueueQuery.parse(request.GET), request.GET["view"]
    here = _address(row, view, queue)
    done = attempt(
        request,
        lambda: reviews.review(job, [row.pk], verdict, by=request.user),
        lambda _count: _told_of_one(row, verdict, here),
    )
    if not done or verdict == Review.NONE:
        return redirect(here)
    if following := review_queue.next_to_review(job, row, queue):
        return redirect(_address(following, "rendered" if view in _OF_ONE else view, queue))
    job.refresh_from_db()
    messages.info(request, _told_of_end(job))
    return redirect(here)


def _told_of_one(row: JobDocument, verdict: Review, here: str) -> str | SafeString:
    if verdict == Review.NONE:
        return _("The review of “%s” was taken back.") % row.full_name
    words = {
        Review.ACCEPTED: _("“%s” was accepted."),
        Review.EXCLUDED: _("“%s” is left out of exports."),
    }[verdict]
    told = words % row.full_name
    return format_html('{} <a href="{}">{}</a>', told, here, _("Back to it"))


def _told_of_end(job: Job) -> SafeString:
    """What to do once nothing of the queue is left to review."""
    address = reverse("jobs:detail", args=[job.pk])
    if job.unreviewed_documents:
        words = ngettext(
            "Everything in this list is reviewed. %d other document still needs a review.",
            "Everything in this list is reviewed. %d other documents still need a review.",
            job.unreviewed_documents,
        )
        told = words % job.unreviewed_documents
        return format_html(
            '{} <a href="{}?state=to_review">{}</a>', told, address, _("Review the rest")
        )
    total = job.reviewed_documents
    words = ngettext("The document is reviewed.", "All %(total)d documents are reviewed.", total)
    told = words % {"total": total}
    return format_html('{} <a href="{}?tab=export">{}</a>', told, address, _("Go to the exports"))


def _address(row: JobDocument, view: str, queue: QueueQuery) -> str:
    """The page of a document, in the queue that it was opened from."""
    address = reverse("jobs:result", args=[row.job_id, row.pk])
    return f"{address}?view={view}{queue.parameters}"
