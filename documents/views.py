"""One document: deleted, or shown as it came. The list of all is jobs/library/views.py."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import access, answers, deletion, pictures
from orgsettings.pages import (
    MemberRequest,
    attempt,
    count_picture,
    member_page,
    with_work,
)


@require_POST
@member_page
def delete(request: MemberRequest, document_id: UUID) -> HttpResponse:
    document = access.find_to_delete(request.user, document_id)
    attempt(
        request,
        lambda: deletion.delete(document),
        _("“%s” was deleted. Results made from it stay with their jobs.") % document.filename,
    )
    return redirect("documents:list")


@require_safe
@member_page
@with_work
def original(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    document = access.find(request.user, document_id)
    return answers.original(request, document, inline=request.GET.get("inline") == "1")


@require_safe
@member_page
def picture(request: MemberRequest, document_id: UUID, page: str) -> HttpResponseBase:
    count_picture(request)
    document = access.find(request.user, document_id)
    return answers.picture(request, document, page, _width(request.GET.get("width", "")))


def _width(text: str) -> int:
    """A width that pictures can have: the one that is asked for, or the nearest."""
    if not text.isascii() or not text.isdecimal():
        return pictures.USUAL_WIDTH
    return min(max(int(text[:9]), pictures.NARROWEST), pictures.WIDEST)
