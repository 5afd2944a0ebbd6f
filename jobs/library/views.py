"""The documents of the organization, each with its latest result."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from curatore.core.htmx import render_page_or_part
from curatore.core.paging import page_of
from documents import access
from documents.models import Document
from jobs import latest
from orgsettings.pages import MemberRequest, count_work, member_page

PAGE_SIZE = 50


@require_safe
@member_page
def document_list(request: MemberRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()[:200]
    documents = Document.objects.for_user(request.user).select_related("uploaded_by", "stored")
    if search:
        count_work(request)
        documents = documents.named(search)
    page = page_of(documents, PAGE_SIZE, request.GET.get("page"))
    shown = list(page.object_list)
    context = {
        "search": search,
        "page": page,
        "documents": shown,
        "latest": latest.latest_results(shown),
        "deletable": {row.pk for row in shown if access.can_delete(request.user, row)},
    }
    return render_page_or_part(request, "documents/list.html", "documents/_list.html", context)
