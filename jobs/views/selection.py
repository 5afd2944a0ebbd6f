"""Selecting documents: what Create New Job and the Process page do alike.

Files come as a plain form, or one by one from static/js/upload.js, which asks for JSON. Documents
come also from the batch directory and from what the organization uploaded before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curatore.core.db import total
from curatore.core.errors import DomainError
from curatore.core.paging import page_of
from documents import archives, batch, storage, uploads
from documents.conversion import SUPPORTED_EXTENSIONS
from documents.models import Document, DocumentSource
from documents.names import full_name
from documents.uploads import Accepted, Rejected
from jobs import drafts, reuse
from jobs.library.same_content import same_content
from jobs.models import Job, JobDocument
from orgsettings.pages import MemberRequest, count_upload, count_work

FILES_PER_PAGE = 200
OFFERS_PER_PAGE = 50
REFUSALS_SAID = 10  # on the page that needs no script; an archive may have a thousand
# Where documents come from: name in the URL, shown as tabs.
SOURCES = ("upload", "batch", "library")


class Place(NamedTuple):
    """A page that documents are selected for, and its draft if there is one by now."""

    job: Job | None
    url: str  # shows the selection and takes documents
    remove_url: str
    footer: str  # template of what stands below the selection
    offers_reuse: bool = False  # earlier results instead of converting the same bytes again


# Puts documents into the draft, making it if need be; returns the place as it is then.
Take = Callable[[Sequence[Document]], Place]


@dataclass
class Given:
    """What one request brought."""

    accepted: list[Accepted] = field(default_factory=list)
    chosen: list[Document] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def documents(self) -> list[Document]:
        """Each once, in the order in which they came."""
        uploaded = [item.document for item in self.accepted]
        return list(dict.fromkeys(uploaded + self.chosen))

    @property
    def is_empty(self) -> bool:
        return not self.accepted and not self.chosen and not self.rejected


def add(request: MemberRequest, place: Place, take: Take) -> HttpResponse | None:
    """Put what the request brings into the draft and answer; None if it brings nothing."""
    if "arrange" in request.POST and place.job:
        return _arranged(place.job)
    if request.FILES:
        count_upload(request)
    given = _given(request)
    if given.is_empty:
        return None
    before = _known(place.job, given.documents) if place.job else None
    trouble = ""
    if given.documents:
        try:
            place = take(given.documents)
            if place.job and request.accepts("text/html"):  # the script asks when all is sent
                drafts.arrange(place.job)
        except DomainError as refusal:
            trouble = str(refusal)
    if request.accepts("text/html"):
        return _say(request, place, given, trouble)
    return JsonResponse(_verdicts(request, place, given, before, trouble))


def _arranged(job: Job) -> HttpResponse:
    """The documents of the first page in their order, after the last of many files came."""
    try:
        drafts.arrange(job)
    except DomainError as refusal:
        return JsonResponse({"detail": str(refusal)}, status=refusal.status)
    rows = JobDocument.objects.filter(job=job).order_by("position")[:FILES_PER_PAGE]
    return JsonResponse({"rows": [f"file-{pk}" for pk in rows.values_list("pk", flat=True)]})


def context(request: MemberRequest, place: Place) -> dict[str, Any]:
    """What the templates of the selection show; see templates/jobs/setup/_select.html."""
    source = request.GET.get("from", "upload")
    shown: dict[str, Any] = {
        "job": place.job,
        "post_url": place.url,
        "remove_url": place.remove_url,
        "footer": place.footer,
        "source": source if source in SOURCES else "upload",
        "search": request.GET.get("q", "").strip()[:200],
        "extensions": [*sorted(SUPPORTED_EXTENSIONS), archives.EXTENSION],
        "max_upload_size": settings.MAX_UPLOAD_SIZE,
        "storage": storage.usage(request.user.membership.organization, timezone.now()),
    }
    if shown["search"]:
        count_work(request)
    shown |= _offers(request, place.job, shown["source"], shown["search"])
    return shown | selected(request, place)


def selected(request: HttpRequest, place: Place) -> dict[str, Any]:
    """The documents of the draft, a page of them, and their size together."""
    job = place.job
    shown = {"job": job, "remove_url": place.remove_url, "footer": place.footer, "total_size": 0}
    shown |= {"post_url": place.url, "offers_reuse": place.offers_reuse}
    if job is None:
        return shown
    rows = JobDocument.objects.filter(job=job).order_by("position")
    number = request.GET.get("page")
    files = page_of(rows, FILES_PER_PAGE, number, count=job.total_documents)
    return shown | {
        "files": files,
        # Only if the files are shown: not for each of many uploads.
        "same": SimpleLazyObject(lambda: same_content(row.document_id for row in files)),
        "reusable": SimpleLazyObject(lambda: _reusable(place, list(files))),
        "total_size": total_size(job),
    }


def total_size(job: Job) -> int:
    """Bytes of all documents of `job`."""
    return total(JobDocument.objects.filter(job=job), "file_size")


def _reusable(place: Place, rows: Iterable[JobDocument]) -> set[UUID]:
    """Ids of those of `rows` whose earlier results the place offers to reuse. One query."""
    if place.job is None or not place.offers_reuse:
        return set()
    found = reuse.reusable(place.job).filter(pk__in=[row.pk for row in rows])
    return set(found.values_list("pk", flat=True))


def _given(request: MemberRequest) -> Given:
    organization = request.user.membership.organization
    names = list(dict.fromkeys(request.POST.getlist("batch")))
    wanted = list(dict.fromkeys(request.POST.getlist("document")))
    accepted, rejected = uploads.accept_all(
        request.FILES.getlist("files"),
        request.POST.getlist("paths"),
        organization=organization,
        user=request.user,
    )
    chosen = drafts.find_documents(request.user, wanted)
    if names:
        brought, missing = batch.bring_each(organization, request.user, names)
        chosen, rejected = chosen + brought, rejected + missing
    return Given(accepted, chosen, rejected)


def _known(job: Job, documents: Sequence[Document]) -> set[UUID | None]:
    """Which of `documents` the draft has already, by id."""
    rows = JobDocument.objects.filter(job=job, document__in=documents)
    return set(rows.values_list("document_id", flat=True))


def _offers(request: MemberRequest, job: Job | None, source: str, search: str) -> dict[str, Any]:
    """What the tab of `source` offers, and how much the batch directory holds."""
    found = batch.files(request.user.membership.organization)
    shown: dict[str, Any] = {"batch_count": len(found)}
    number = request.GET.get("offer")
    if source == "batch":
        words = search.casefold()
        matching = [file for file in found if words in file.name.casefold()]
        shown["offers"] = page_of(matching, OFFERS_PER_PAGE, number)
        shown["batch_known"] = _batch_names(job) if job else set()
    elif source == "library":
        documents = _library(request, job, search)
        shown["offers"] = page_of(documents, OFFERS_PER_PAGE, number)
    return shown


def _library(request: MemberRequest, job: Job | None, search: str) -> Any:
    """Documents of the organization that are not in the draft, searched by name."""
    documents = Document.objects.for_user(request.user).select_related("stored")
    if job:
        used = JobDocument.objects.filter(job=job, document=OuterRef("pk"))
        documents = documents.filter(~Exists(used))
    return documents.named(search) if search else documents


def _batch_names(job: Job) -> set[str]:
    """Names of the draft's documents that came from the batch directory."""
    rows = JobDocument.objects.filter(job=job, document__source=DocumentSource.BATCH)
    return {full_name(*names) for names in rows.values_list("path", "filename")}


def _say(request: HttpRequest, place: Place, given: Given, trouble: str) -> HttpResponse:
    for refusal in given.rejected[:REFUSALS_SAID]:
        messages.error(request, refusal.detail)
    if (more := len(given.rejected) - REFUSALS_SAID) > 0:
        messages.error(
            request,
            ngettext("%d more file was refused.", "%d more files were refused.", more) % more,
        )
    if trouble:
        messages.error(request, trouble)
    source = request.GET.get("from")
    return redirect(f"{place.url}?from={source}" if source in SOURCES else place.url)


def _verdicts(
    request: MemberRequest,
    place: Place,
    given: Given,
    before: set[UUID | None] | None,
    trouble: str,
) -> dict[str, Any]:
    """What the page that uploads needs to know: see static/js/upload.js."""
    verdicts = [
        _verdict("rejected", refusal.detail, full_name(refusal.path, refusal.filename))
        for refusal in given.rejected
    ]
    rows = _rows(place.job, given)
    same = same_content([item.document.pk for item in given.accepted])
    reusable = _reusable(place, rows.values())
    for item in given.accepted:
        name = item.document.full_name
        if trouble:
            verdicts.append(_verdict("rejected", trouble, name))
        elif before and item.document.pk in before:
            verdicts.append(_verdict("repeated", _("Already in this job."), name))
        else:
            row = rows[item.document.pk]
            known = {"same": same, "reusable": reusable}
            verdicts.append(_accepted(request, place, item, row, known))
    answer: dict[str, Any] = {"files": verdicts, "url": place.url}
    if used := storage.usage(request.user.membership.organization, timezone.now()):
        answer["storage"] = render_to_string("jobs/setup/_storage.html", {"storage": used})
    if place.job:
        shown = selected(request, place)
        answer["footer"] = render_to_string(place.footer, shown, request)
        answer["version"] = place.job.version
        if before is None:
            answer["draft"] = render_to_string("jobs/setup/_selected.html", shown, request)
    return answer


def _rows(job: Job | None, given: Given) -> dict[UUID | None, JobDocument]:
    """The rows of what was accepted, by the id of the document."""
    documents = [item.document for item in given.accepted]
    rows = JobDocument.objects.filter(job=job, document__in=documents) if job else ()
    return {row.document_id: row for row in rows}


def _verdict(verdict: str, message: str, name: str) -> dict[str, str]:
    return {"verdict": verdict, "message": message, "name": name}


def _accepted(
    request: HttpRequest,
    place: Place,
    item: Accepted,
    row: JobDocument,
    known: Mapping[str, Any],
) -> dict[str, str]:
    shown = {
        **known,
        "row": row,
        "known_since": item.document.created_at if item.already_exists else None,
        "remove_url": place.remove_url,
    }
    html = render_to_string("jobs/setup/_file.html", shown, request)
    return _verdict("accepted", "", row.full_name) | {"html": html, "id": f"file-{row.pk}"}
