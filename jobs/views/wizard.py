"""Create New Job: Select, Configure, Review, all kept in a draft job on the server.

Every step is a plain form. The Select step also takes files one by one from static/js/upload.js,
which asks for JSON.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from curatore.htmx import render_page_or_part
from curatore.pages import MemberRequest, member_page
from documents import uploads
from documents.conversion import SUPPORTED_EXTENSIONS, available_ocr_languages
from documents.models import Document
from documents.uploads import Accepted, Rejected
from jobs import access, drafts, lifecycle, overview
from jobs.forms import OptionsForm, ReviewForm
from jobs.lifecycle import ConcurrencyLimitReached
from jobs.models import Job, JobDocument
from jobs.views.panels import option_groups
from orgsettings.access import require_writer
from orgsettings.options import OptionsError

FILES_PER_PAGE = 200
LIBRARY_PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def new(request: MemberRequest) -> HttpResponse:
    """The Select step before there is a draft; the first file or chosen document makes one."""
    require_writer(request.user)
    return _add(request, None) if request.method == "POST" else _select_page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def select(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    if not job.is_draft:
        return _already_started(request, job)
    return _add(request, job) if request.method == "POST" else _select_page(request, job)


@require_POST
@member_page
def remove(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """Take one document out of the draft."""
    job = access.find_to_manage(request.user, job_id)
    if not job.is_draft:
        return _already_started(request, job)
    row_id = _as_uuid(request.POST.get("row"))
    if row_id:
        drafts.remove_document(job, row_id)
    if request.htmx:
        return render(request, "jobs/setup/_files.html", _files(request, job))
    return redirect("jobs:setup-select", job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def configure(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    if not job.is_draft:
        return _already_started(request, job)
    if "reset" in request.POST:
        drafts.configure(job, {})
        messages.success(request, _("All options have their defaults again."))
        return redirect("jobs:setup-configure", job.pk)
    form = OptionsForm(request.POST or None, options=job.processing_options)
    if request.method == "POST" and form.is_valid() and _configured(job, form):
        return redirect(_next_step(request, "review"), job.pk)
    context = {
        "job": job,
        "step": "configure",
        "form": form,
        "languages": available_ocr_languages(),
    }
    return render(request, "jobs/setup/configure.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def review(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = access.find_to_manage(request.user, job_id)
    if not job.is_draft:
        return _already_started(request, job)
    if request.method != "POST":
        initial = {"name": drafts.suggested_name(job), "description": job.description}
        return _review_page(request, job, ReviewForm(initial=initial))
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _review_page(request, job, form, status=422)
    drafts.rename(job, **form.cleaned_data)
    if "start" in request.POST:
        return _start(request, job, form)
    if "save" in request.POST:
        messages.success(request, _("The draft was saved. Start it whenever you like."))
        return redirect("jobs:detail", job.pk)
    return redirect(_next_step(request, "configure"), job.pk)


def _start(request: MemberRequest, job: Job, form: ReviewForm) -> HttpResponse:
    try:
        lifecycle.start(job, by=request.user)
    except (ConcurrencyLimitReached, lifecycle.NoDocuments) as refusal:
        return _review_page(request, job, form, refusal=str(refusal), status=refusal.status)
    messages.success(request, _("The job was started."))
    return redirect("jobs:detail", job.pk)


def _configured(job: Job, form: OptionsForm) -> bool:
    try:
        drafts.configure(job, form.canonical())
    except OptionsError as refusal:
        form.refuse(refusal)
        return False
    return True


def _next_step(request: HttpRequest, usual: str) -> str:
    """The step that the pressed button names; none but a step's name counts."""
    chosen = request.POST.get("go", "")
    return f"jobs:setup-{chosen if chosen in {'select', 'configure', 'review'} else usual}"


def _already_started(request: HttpRequest, job: Job) -> HttpResponse:
    messages.info(request, _("This job was started already; its documents and options are fixed."))
    return redirect("jobs:detail", job.pk)


def _select_page(request: MemberRequest, job: Job | None) -> HttpResponse:
    context = {
        "job": job,
        "step": "select",
        "extensions": sorted(SUPPORTED_EXTENSIONS),
        "post_url": _select_url(job),
    } | _library(request, job)
    if job:
        context |= _files(request, job)
    return render_page_or_part(
        request, "jobs/setup/select.html", "jobs/setup/_library.html", context
    )


def _select_url(job: Job | None) -> str:
    return reverse("jobs:setup-select", args=[job.pk]) if job else reverse("jobs:new")


def _files(request: HttpRequest, job: Job) -> dict[str, Any]:
    rows = JobDocument.objects.filter(job=job).order_by("position")
    paginator = Paginator(rows, FILES_PER_PAGE)
    paginator.count = job.total_documents  # known without a query
    return {"job": job, "files": paginator.get_page(request.GET.get("page"))} | _totals(job)


def _totals(job: Job) -> dict[str, Any]:
    size = JobDocument.objects.filter(job=job).aggregate(size=Sum("file_size"))["size"]
    return {"total_size": size or 0}


def _library(request: MemberRequest, job: Job | None) -> dict[str, Any]:
    """Documents of the organization that are not in the draft, searched by name."""
    search = request.GET.get("q", "").strip()[:200]
    documents = Document.objects.for_user(request.user)
    if job:
        used = JobDocument.objects.filter(job=job, document=OuterRef("pk"))
        documents = documents.filter(~Exists(used))
    if search:
        documents = documents.filter(filename__icontains=search)
    page = Paginator(documents, LIBRARY_PAGE_SIZE).get_page(request.GET.get("library"))
    return {"library": page, "library_search": search}


def _add(request: MemberRequest, job: Job | None) -> HttpResponse:
    """Add uploaded files and chosen documents to the draft, making it if need be."""
    accepted, rejected = uploads.accept_all(
        request.FILES.getlist("files"),
        organization=request.user.membership.organization,
        user=request.user,
    )
    wanted = list(dict.fromkeys(request.POST.getlist("document")))
    chosen = drafts.find_documents(request.user, wanted)
    documents = list(dict.fromkeys([item.document for item in accepted] + chosen))
    before = None  # what the draft had; None if there was none
    if documents and job is None:
        job = drafts.create(request.user.membership.organization, request.user, documents=documents)
    elif documents and job:
        before = set(job.job_documents.values_list("document_id", flat=True))
        drafts.add_documents(job, documents)
    if request.accepts("text/html"):
        return _say(request, job, accepted, rejected, chosen)
    return JsonResponse(_verdicts(request, job, accepted, rejected, before))


def _say(
    request: HttpRequest,
    job: Job | None,
    accepted: Sequence[Accepted],
    rejected: Sequence[Rejected],
    chosen: Sequence[Document],
) -> HttpResponse:
    for refusal in rejected:
        messages.error(request, refusal.detail)
    if not accepted and not rejected and not chosen:
        messages.error(request, _("Choose at least one file, then add it."))
    return redirect(_select_url(job))


def _verdicts(
    request: HttpRequest,
    job: Job | None,
    accepted: Sequence[Accepted],
    rejected: Sequence[Rejected],
    before: set[UUID] | None,
) -> dict[str, Any]:
    """What the page that uploads needs to know: see static/js/upload.js."""
    verdicts = [{"verdict": "rejected", "message": refusal.detail} for refusal in rejected]
    for item in accepted:
        if before and item.document.pk in before:
            verdicts.append({"verdict": "repeated", "message": _("Already in this job.")})
            continue
        row = JobDocument.objects.get(job=job, document=item.document)
        context = {"job": job, "row": row, "duplicate": item.duplicate}
        html = render_to_string("jobs/setup/_file.html", context, request)
        verdicts.append(
            {"verdict": "accepted", "message": "", "html": html, "id": f"file-{row.pk}"}
        )
    answer: dict[str, Any] = {"files": verdicts, "url": _select_url(job)}
    if job:
        totals = {"job": job} | _totals(job)
        answer["footer"] = render_to_string("jobs/setup/_footer.html", totals, request)
        answer["version"] = job.version
    if job and before is None:
        answer["draft"] = render_to_string("jobs/setup/_files.html", _files(request, job), request)
    return answer


def _review_page(
    request: MemberRequest, job: Job, form: ReviewForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    days = job.retention_days
    context = {
        "job": job,
        "step": "review",
        "form": form,
        "refusal": refusal,
        "groups": option_groups(job.processing_options),
        "capacity": overview.capacity(request.user),
        "names": JobDocument.objects.filter(job=job).order_by("position")[:10],
        "expires_at": lifecycle.expiry(timezone.now(), days),
    } | _totals(job)
    return render(request, "jobs/setup/review.html", context, status=status)


def _as_uuid(raw: str | None) -> UUID | None:
    try:
        return UUID(raw or "")
    except ValueError:
        return None
