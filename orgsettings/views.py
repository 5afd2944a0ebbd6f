"""Signing in, and the settings of one's own account."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgsettings import access, accounts, browser, tokens
from orgsettings.forms import PasswordForm, ProfileForm, SignInForm, TokenForm
from orgsettings.models import ApiToken, User
from orgsettings.pages import MemberRequest, member_page
from orgsettings.rate_limits import client_address
from orgsettings.sign_in_limits import Unchecked


class SignIn(LoginView):
    template_name = "orgsettings/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "options", "post"]  # Django's own takes PUT as POST

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"is_first": accounts.nobody_signed_in_yet()}

    def form_invalid(self, form: Any) -> HttpResponse:
        return told_of_lock(super().form_invalid(form), form.lock)


def told_of_lock(response: HttpResponse, lock: Unchecked | None) -> HttpResponse:
    """The page that says so in words, with the status and header that say so to programs."""
    if lock:
        response.status_code = lock.status
        response.headers["Retry-After"] = str(lock.extra["retry_after"])
    return response


@require_safe
@member_page
def account(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_POST
@member_page
def profile(request: MemberRequest) -> HttpResponse:
    # A copy: a refused value must not appear elsewhere on the page as if it were saved.
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _page(request, profile_form=form)
    form.save()
    messages.success(request, _("Your profile was saved."))
    return redirect("settings")


@require_POST
@member_page
def password(request: MemberRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST, address=client_address(request))
    if not form.is_valid():
        return told_of_lock(_page(request, password_form=form), form.lock)
    update_session_auth_hash(request, form.save())  # this browser stays signed in
    messages.success(
        request,
        _("Your password was changed. Other browsers were signed out, chosen tokens revoked."),
    )
    return redirect("settings")


@require_POST
@member_page
def token_create(request: MemberRequest) -> HttpResponse:
    """Make a token and show its secret in this one answer; it is stored nowhere."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    token, secret = tokens.create(
        request.user, name=form.cleaned_data["name"], expires_at=form.expires_at()
    )
    return _page(request, new_token=token, secret=secret)


@require_POST
@member_page
def token_revoke(request: MemberRequest, token_id: UUID) -> HttpResponse:
    token = access.find_token_to_manage(request.user, token_id)
    tokens.revoke(token, timezone.now())
    messages.success(request, _("“%s” was revoked: it no longer works.") % token.name)
    return redirect("settings")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or auto in this browser."""
    response = HttpResponseRedirect(_way_back(request))  # `redirect` takes words for views
    browser.remember_theme(response, request.POST.get("theme", ""))
    return response


@require_POST
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Remember in this browser whether keys are shortcuts."""
    response = redirect("settings")
    browser.remember_shortcuts(response, bool(request.POST.get("shortcuts")))
    return response


@require_POST
def dismiss_first_steps(request: HttpRequest) -> HttpResponse:
    """Remember in this browser that nobody needs the first steps any more."""
    response = redirect("jobs:list")
    browser.put_first_steps_away(response)
    return response


def _page(request: MemberRequest, **given: Any) -> HttpResponse:
    """The settings page, with the form that was just sent if it had errors (422)."""
    own = ApiToken.objects.for_user(request.user).filter(revoked_at__isnull=True)
    context = {
        "profile_form": ProfileForm(instance=request.user),
        "password_form": PasswordForm(request.user, address=""),
        "token_form": TokenForm(),
        "tokens": own,
        "now": timezone.now(),
    } | given
    refused = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "orgsettings/account.html", context, status=422 if refused else 200)


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if safe else settings.LOGIN_REDIRECT_URL
