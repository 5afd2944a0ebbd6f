"""What the views of all pages share: who may enter, and how refusals are answered."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from curatore.core.errors import DomainError, PermissionRefused
from orgsettings import members, rate_limits
from orgsettings.access import require_admin
from orgsettings.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and belongs to an organization."""

    user: User
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def member_page(view: View) -> View:
    """Let members of an organization in; send others to sign in, or tell them what is missing.

    Refusals that the view does not answer itself become pages with their sentence and status.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_login(request)
        if getattr(request.user, "membership", None) is None:
            return render(request, "no_organization.html", status=403)
        members.note_seen(request.user.membership, timezone.now())
        try:
            return view(request, *args, **kwargs)
        except PermissionRefused as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except DomainError as refusal:
            if refusal.status == 404:
                raise Http404(str(refusal)) from refusal
            response = render(
                request, "refused.html", {"refusal": str(refusal)}, status=refusal.status
            )
            for name, value in refusal.headers.items():
                response.headers[name] = value
            return response

    return guarded


def with_work(view: View) -> View:
    """Count each request for the view, below member_page: see `count_work`."""

    @wraps(view)
    def counted(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        count_work(request)
        return view(request, *args, **kwargs)

    return counted


def count_work(request: MemberRequest) -> None:
    """Count a request that is more work than to show a page: a search, a preview, an export.

    Live parts of pages are not counted: open tabs ask for them by themselves.

    Raises:
        RateLimited: it is one too many in this minute.
    """
    _count(request, "page", settings.PAGE_RATE_LIMIT)


def count_upload(request: MemberRequest) -> None:
    """The same for a request with files."""
    _count(request, "upload", settings.UPLOAD_RATE_LIMIT)


def count_picture(request: MemberRequest) -> None:
    """The same for a picture of a page, of which a screen shows many."""
    _count(request, "picture", settings.PICTURE_RATE_LIMIT)


def _count(request: MemberRequest, scope: str, limit: int) -> None:
    who, is_read = f"user {request.user.pk}", request.method in ("GET", "HEAD")
    rate_limits.count(scope, who, limit, timezone.now(), is_read=is_read)


def admin_page(view: View) -> View:
    """As member_page, and only for admins of their organization; others get the 403 page."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_admin(request.user)
        return view(request, *args, **kwargs)

    return member_page(guarded)


def to_login(request: Any) -> HttpResponseBase:
    """The sign-in page, and back here afterwards; never the sign-in page inside a live region."""
    if not request.htmx:
        return redirect_to_login(_page_of(request))
    try:
        shown = urlsplit(request.htmx.current_url_abs_path or "/")
    except ValueError:  # the header is no address
        shown = urlsplit("/")
    back = redirect_to_login(f"{shown.path}?{shown.query}" if shown.query else shown.path)
    return HttpResponseClientRedirect(back.url)


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: a form cannot be sent again, but its page can be opened."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return "/"
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if page.query else page.path


def attempt(
    request: HttpRequest, action: Callable[[], Any], success: str | Callable[[Any], str]
) -> bool:
    """Do `action` and say in a message how it went; returns whether it was done.

    `success` is the sentence, or makes it of what `action` returned.
    Refusals that need more than a message pass: missing permission, and the limit of active jobs.
    """
    try:
        outcome = action()
    except DomainError as refusal:
        if refusal.needs_own_page:
            raise
        messages.error(request, str(refusal))
        return False
    messages.success(request, success if isinstance(success, str) else success(outcome))
    return True
