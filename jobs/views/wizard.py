"""Create New Job: Select, Configure, Review, all kept in a draft job on the server.

Every step is a plain form. What is typed is also saved while it is typed (static/js/draft.js).
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from curatore.core.bodies import Body, takes
from curatore.core.htmx import render_page_or_part
from curatore.core.ids import as_uuid
from documents.models import Document
from jobs import access, drafts, line, reuse, starts, trials
from jobs.detail.forecasts import forecast
from jobs.forms import OptionsForm, ReviewForm
from jobs.limit import ConcurrencyLimitReached
from jobs.models import Job, JobDocument, expiry
from jobs.monitoring import overview
from jobs.views import selection
from jobs.views.detail import beginning, may_wait
from jobs.views.panels import option_groups
from jobs.views.presets import save_preset
from jobs.views.selection import Place
from orgsettings import options as processing_options
from orgsettings import presets
from orgsettings.access import require_writer
from orgsettings.options import OptionsError
from orgsettings.pages import MemberRequest, member_page
from orgsettings.presets import Preset

DRAFTS_SHOWN = 5


def of_draft(view: Callable[[MemberRequest, Job], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the draft that the URL names; a started or waiting job leads to its page."""

    @wraps(view)
    def guarded(request: MemberRequest, job_id: UUID) -> HttpResponse:
        job = access.find_to_manage(request.user, job_id)
        return view(request, job) if job.is_editable else _already_started(request, job)

    return guarded


@takes(Body.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def new(request: MemberRequest) -> HttpResponse:
    """The Select step before there is a draft; the first file or chosen document makes one."""
    require_writer(request.user)
    return _select(request, None)


@takes(Body.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
@of_draft
def select(request: MemberRequest, job: Job) -> HttpResponse:
    return _select(request, job)


@require_POST
@member_page
@of_draft
def remove(request: MemberRequest, job: Job) -> HttpResponse:
    """Take one document out of the draft."""
    row_id = as_uuid(request.POST.get("row"))
    if row_id:
        drafts.remove_document(job, row_id)
    if request.htmx:
        shown = selection.selected(request, _place(job))
        return render(request, "jobs/setup/_selected.html", shown)
    return redirect("jobs:setup-select", job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
@of_draft
def configure(request: MemberRequest, job: Job) -> HttpResponse:
    if "reset" in request.POST or "preset" in request.POST:
        return _begin_anew(request, job)
    if request.method != "POST" and not job.total_documents:
        return _nothing_selected(request, job)
    form = OptionsForm(
        request.POST or None, options=job.processing_options, defaults=drafts.default_options(job)
    )
    saved = request.method == "POST" and form.is_valid() and _configured(job, form)
    if _is_autosave(request):
        return HttpResponse(status=204 if saved else 422)
    if saved and "save_preset" in request.POST:
        save_preset(request, job.processing_options)
        return redirect("jobs:setup-configure", job.pk)
    if saved:
        return redirect(_next_step(request, "review"), job.pk)
    context = {
        "job": job,
        "step": "configure",
        "form": form,
        "presets": _presets(request, job),
    }
    return render(request, "jobs/setup/configure.html", context, status=422 if form.errors else 200)


def _begin_anew(request: MemberRequest, job: Job) -> HttpResponse:
    """Give the draft the options of the chosen preset, or the organization's defaults."""
    if "preset" in request.POST:
        preset = presets.find(request.user.membership.organization, request.POST["preset"])
        drafts.configure(job, preset.options)
        said = _("The options are those of the preset “%s” now.") % preset.name
    else:
        drafts.configure(job, {})
        said = _("All options have their defaults again.")
    messages.success(request, said)
    return redirect("jobs:setup-configure", job.pk)


def _presets(request: MemberRequest, job: Job) -> list[tuple[Preset, bool]]:
    """The presets to choose from, each with whether the draft has its options."""
    usual, chosen = drafts.default_options(job), job.processing_options
    return [
        (preset, processing_options.effective(preset.options, usual) == chosen)
        for preset in presets.of_organization(request.user.membership.organization)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
@of_draft
def review(request: MemberRequest, job: Job) -> HttpResponse:
    if request.method != "POST" and not job.total_documents:
        return _nothing_selected(request, job)
    if request.method != "POST":
        initial = {
            "name": drafts.suggested_name(job),
            "description": job.description,
            "reuse_results": job.reuse_results,
        }
        return _review_page(request, job, ReviewForm(initial=initial))
    return _reviewed(request, job, ReviewForm(request.POST))


def _reviewed(request: MemberRequest, job: Job, form: ReviewForm) -> HttpResponse:
    """Keep what was entered, then do what the pressed button says."""
    saved = form.is_valid()
    if saved:
        values = form.cleaned_data
        drafts.rename(job, name=values["name"], description=values["description"])
        if values["reuse_results"] != job.reuse_results:
            drafts.choose_reuse(job, values["reuse_results"])
    if _is_autosave(request):
        return HttpResponse(status=204 if saved else 422)
    if not saved:
        return _review_page(request, job, form, status=422)
    if "start" in request.POST:
        return _start(request, job, form)
    if "try" in request.POST:
        return _try(request, job, form)
    if "save" in request.POST:
        messages.success(request, _("The draft was saved. Start it whenever you like."))
        return redirect("jobs:detail", job.pk)
    return redirect(_next_step(request, "configure"), job.pk)


def _start(request: MemberRequest, job: Job, form: ReviewForm) -> HttpResponse:
    try:
        starts.start(job, by=request.user, or_wait=may_wait(request))
    except starts.NotStartable:
        return _already_started(request, job)  # by a second press of the button
    except (ConcurrencyLimitReached, starts.NoDocuments) as refusal:
        return _review_page(request, job, form, refusal=str(refusal), status=refusal.status)
    messages.success(request, beginning(job))
    return redirect("jobs:detail", job.pk)


def _try(request: MemberRequest, job: Job, form: ReviewForm) -> HttpResponse:
    try:
        trial = trials.begin(job, by=request.user)
    except ConcurrencyLimitReached as refusal:
        return _review_page(request, job, form, refusal=str(refusal), status=refusal.status)
    messages.success(request, _("The trial was started. The draft is kept as it is."))
    return redirect("jobs:detail", trial.pk)


def _configured(job: Job, form: OptionsForm) -> bool:
    try:
        drafts.configure(job, form.canonical())
    except OptionsError as refusal:
        form.refuse(refusal)
        return False
    return True


def _is_autosave(request: HttpRequest) -> bool:
    """Whether static/js/draft.js only wants to keep what is being entered."""
    return "autosave" in request.POST


def _next_step(request: HttpRequest, usual: str) -> str:
    """The step that the pressed button names; none but a step's name counts."""
    chosen = request.POST.get("go", "")
    return f"jobs:setup-{chosen if chosen in {'select', 'configure', 'review'} else usual}"


def _nothing_selected(request: HttpRequest, job: Job) -> HttpResponse:
    messages.error(request, _("Please select at least one document."))
    return redirect("jobs:setup-select", job.pk)


def _already_started(request: HttpRequest, job: Job) -> HttpResponse:
    if _is_autosave(request):
        return HttpResponse(status=409)
    sentence = (
        _("This job waits for a place. Withdraw it to change its documents or options.")
        if job.is_in_line
        else _("This job was started already; its documents and options are fixed.")
    )
    messages.info(request, sentence)
    return redirect("jobs:detail", job.pk)


def _select(request: MemberRequest, job: Job | None) -> HttpResponse:
    def take(documents: Sequence[Document]) -> Place:
        if job is None:
            organization = request.user.membership.organization
            return _place(drafts.create(organization, request.user, documents=documents))
        drafts.add_documents(job, documents)
        return _place(job)

    place = _place(job)
    if request.method != "POST":
        return _select_page(request, place)
    if job and "choose_reuse" in request.POST:
        return _choose_reuse(request, job)
    answer = selection.add(request, place, take)
    if answer is None and job and job.total_documents and "go" in request.POST:
        return redirect(_next_step(request, "select"), job.pk)
    return answer or _select_page(request, place, nothing_given=True)


def _choose_reuse(request: MemberRequest, job: Job) -> HttpResponse:
    """Keep whether earlier results are reused, as the Select step asks where there are some."""
    drafts.choose_reuse(job, "reuse_results" in request.POST)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("jobs:setup-select", job.pk)


def _select_page(
    request: MemberRequest, place: Place, *, nothing_given: bool = False
) -> HttpResponse:
    context = selection.context(request, place) | {
        "step": "select",
        "nothing_given": nothing_given,
    }
    if place.job is None:
        mine = Job.objects.for_user(request.user).filter(user=request.user)
        context["drafts"] = drafts.unfinished(mine)[:DRAFTS_SHOWN]
    return render_page_or_part(
        request,
        "jobs/setup/select.html",
        "jobs/setup/_sources.html",
        context,
        status=422 if nothing_given else 200,
    )


def _place(job: Job | None) -> Place:
    if job is None:
        return Place(None, reverse("jobs:new"), "", "jobs/setup/_footer.html")
    return Place(
        job,
        reverse("jobs:setup-select", args=[job.pk]),
        reverse("jobs:setup-remove", args=[job.pk]),
        "jobs/setup/_footer.html",
        offers_reuse=True,
    )


def _chosen_options(job: Job) -> list[tuple[str, list[tuple[Any, Any, bool]]]]:
    """The options by groups, each with whether it is the organization's default."""
    usual = drafts.default_options(job)
    return [
        (title, [(field, value, value == field.of(usual)) for field, value, _is_usual in rows])
        for title, rows in option_groups(job.processing_options)
    ]


def _review_page(
    request: MemberRequest, job: Job, form: ReviewForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    days = job.retention_days
    context = {
        "job": job,
        "step": "review",
        "form": form,
        "refusal": refusal,
        "groups": _chosen_options(job),
        "capacity": overview.capacity(request.user),
        "ahead": line.ahead_of(job),
        "names": JobDocument.objects.filter(job=job).order_by("position")[:10],
        "expires_at": expiry(timezone.now(), days),
        "total_size": selection.total_size(job),
        "reusable": reuse.reusable(job).count(),
        "forecast": forecast(job, timezone.now()),
        "can_try": job.total_documents > trials.DOCUMENTS,
        "trial_documents": trials.DOCUMENTS,
    }
    return render(request, "jobs/setup/review.html", context, status=status)
