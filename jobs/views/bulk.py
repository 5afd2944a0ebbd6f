"""Many jobs of the list at once: a verb, after a question; or their results, without one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from curatore.core.files import zip_file
from curatore.core.htmx import render_page_or_part
from jobs import access
from jobs.exports import downloads
from jobs.listing import bulk
from jobs.listing.list_query import ListQuery
from orgsettings.pages import MemberRequest, member_page, with_work


@require_POST
@member_page
@with_work
def many(request: MemberRequest, verb: str) -> HttpResponse:
    """Ask whether to do `verb` with the jobs sent as `job`, or all of `query`; `confirmed`: do it.

    The question names the jobs by id, so that what is done is what was asked.
    """
    if verb not in bulk.VERBS:
        raise Http404("There is no such action.")
    access.require_writer(request.user)
    query = ListQuery.parse_text(request.POST.get("query", ""))
    back = query.url(page=query.page)
    ids = request.POST.getlist("job")
    if request.POST.get("matching"):
        choice = bulk.choose_matching(request.user, verb, query, timezone.now())
    elif ids:
        choice = bulk.choose(request.user, verb, ids)
    else:
        return _back_with(request, back, _("Choose at least one job first."))
    if not request.POST.get("confirmed"):
        context = {
            "verb": verb,
            "choice": choice,
            "refusals": choice.refused.most_common(),
            "parameters": query.as_text,
            "back": back,
            "limit": bulk.LIMIT,
        }
        return render_page_or_part(request, "jobs/bulk.html", "jobs/_bulk.html", context)
    _tell(request, verb, bulk.apply(request.user, verb, choice.possible), choice)
    return redirect(back)


@require_POST
@member_page
@with_work
def download(request: MemberRequest) -> HttpResponseBase:
    """The results of the jobs sent as `job`, or of all of `query`, as one archive."""
    query = ListQuery.parse_text(request.POST.get("query", ""))
    back = query.url(page=query.page)
    ids = request.POST.getlist("job")
    if request.POST.get("matching"):
        chosen = bulk.visible_matching(request.user, query, timezone.now())
    elif ids:
        chosen = bulk.visible(request.user, ids)
    else:
        return _back_with(request, back, _("Choose at least one job first."))
    try:
        filename, chunks = downloads.of_jobs(chosen.jobs, is_cut=chosen.is_cut)
    except downloads.NothingToDownload:
        return _back_with(request, back, _("None of the selected jobs has results to download."))
    return zip_file(chunks, filename)


def _back_with(request: MemberRequest, url: str, warning: str) -> HttpResponse:
    messages.warning(request, warning)
    return redirect(url)


def _tell(request: MemberRequest, verb: str, outcome: bulk.Outcome, choice: bulk.Choice) -> None:
    if started := outcome.done - outcome.waiting:
        messages.success(request, _done(verb, started))
    if outcome.waiting:
        words = ngettext(
            "%d job waits for a place and starts automatically.",
            "%d jobs wait for a place and start automatically.",
            outcome.waiting,
        )
        messages.success(request, words % outcome.waiting)
    for why, count in (choice.refused + outcome.refused).most_common():
        words = ngettext("%(count)d job was left alone: %(why)s",
                         "%(count)d jobs were left alone: %(why)s", count)  # fmt: skip
        messages.error(request, words % {"count": count, "why": why})


def _done(verb: str, count: int) -> str:
    match verb:
        case "cancel":
            words = ngettext("%d job is being cancelled.", "%d jobs are being cancelled.", count)
        case "retry":
            words = ngettext("%d job runs again.", "%d jobs run again.", count)
        case "withdraw":
            words = ngettext("%d job was withdrawn.", "%d jobs were withdrawn.", count)
        case _:
            words = ngettext("%d job was deleted.", "%d jobs were deleted.", count)
    return words % count
