"""Members of the organization, for its admins; and joining it by an invitation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curatore.core.errors import PermissionRefused
from curatore.core.paging import page_of
from orgsettings import accounts, invitations, members
from orgsettings.invitations import InvitationRefused
from orgsettings.member_forms import InvitationForm, JoinForm, LinkForm, RoleForm
from orgsettings.models import Invitation, Role, User
from orgsettings.pages import MemberRequest, admin_page, attempt

PAGE_SIZE = 50
BACKEND = "orgsettings.backends.UsernameOrEmailBackend"
# In the session: the id of the invitation whose link was opened.
OPENED = "opened_invitation"


@require_safe
@admin_page
def member_list(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_POST
@admin_page
def change_role(request: MemberRequest, member_id: int) -> HttpResponse:
    member = members.find(request.user.membership.organization, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("settings-admin-members")
    role = Role(form.cleaned_data["role"])
    values = {"name": member.user.username, "role": role.label}
    attempt(
        request,
        lambda: members.change_role(member, role, by=request.user, now=timezone.now()),
        _("The role of “%(name)s” is now: %(role)s.") % values,
    )
    return redirect("settings-admin-members")


@require_POST
@admin_page
def deactivate(request: MemberRequest, member_id: int) -> HttpResponse:
    member = members.find(request.user.membership.organization, member_id)
    attempt(
        request,
        lambda: members.deactivate(member, by=request.user, now=timezone.now()),
        _("“%s” was deactivated and is signed out everywhere.") % member.user.username,
    )
    return redirect("settings-admin-members")


@require_POST
@admin_page
def reactivate(request: MemberRequest, member_id: int) -> HttpResponse:
    member = members.find(request.user.membership.organization, member_id)
    attempt(
        request,
        lambda: members.reactivate(member, by=request.user, now=timezone.now()),
        _("“%s” may sign in again.") % member.user.username,
    )
    return redirect("settings-admin-members")


@require_POST
@admin_page
def invite(request: MemberRequest) -> HttpResponse:
    """Make an invitation and show its link in this one answer; it is stored nowhere."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    invitation, secret = invitations.create(
        request.user.membership.organization,
        role=form.cleaned_data["role"],
        note=form.cleaned_data["note"],
        by=request.user,
        now=timezone.now(),
    )
    # Behind the “#”: no browser sends that, so no server or proxy can write it into its log.
    link = f"{request.build_absolute_uri(reverse('join'))}#{secret}"
    return _page(request, link=link, invitation=invitation)


@require_POST
@admin_page
def revoke_invitation(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    of_own = Invitation.objects.for_org(request.user.membership.organization)
    invitation = of_own.filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    if invitations.revoke(invitation, by=request.user, now=timezone.now()):
        messages.success(request, _("The invitation was revoked: its link no longer works."))
    else:
        messages.info(request, _("The invitation was used or revoked already."))
    return redirect("settings-admin-members")


@require_http_methods(["GET", "HEAD", "POST"])
def open_invitation(request: HttpRequest) -> HttpResponse:
    """Where the link of an invitation leads: its secret comes in a form and is forgotten here.

    static/js/join.js fills the form in and sends it; without JavaScript a person does.
    """
    form, status = LinkForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        try:
            invitation = invitations.find(form.cleaned_data["link"], timezone.now())
        except InvitationRefused as refusal:
            form.add_error("link", str(refusal))
            status = refusal.status
        else:
            request.session[OPENED] = str(invitation.pk)
            return redirect("join-account")
    elif form.errors:
        status = 422
    return render(request, "orgsettings/join_link.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Join by the invitation that this browser opened."""
    opened = request.session.get(OPENED)
    if opened is None:
        return redirect("join")
    try:
        invitation = invitations.find_again(opened, timezone.now())
        if request.user.is_authenticated:
            return _join_signed_in(request, invitation)
        return _join_as_new(request, invitation)
    except InvitationRefused as refusal:
        request.session.pop(OPENED, None)
        context = {"refusal": str(refusal)}
        return render(request, "orgsettings/join_refused.html", context, status=refusal.status)


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        person = _new_person(invitation, form)
        if person:
            login(request, person, backend=BACKEND)
            return _welcome(request, invitation)
    return _join_page(request, invitation, form=form, status=422 if form.errors else 200)


def _new_person(invitation: Invitation, form: JoinForm) -> User | None:
    names = ("username", "first_name", "last_name", "email")
    try:
        return invitations.accept_as_new(
            invitation,
            **{name: form.cleaned_data[name] for name in names},
            password=form.cleaned_data["password1"],
            now=timezone.now(),
        )
    except accounts.AccountError as refusal:
        form.add_error(None, str(refusal))
        return None


def _join_signed_in(request: Any, invitation: Invitation) -> HttpResponse:
    belongs_elsewhere = getattr(request.user, "membership", None) is not None
    if belongs_elsewhere or request.method != "POST":
        return _join_page(
            request,
            invitation,
            belongs_elsewhere=belongs_elsewhere,
            status=409 if belongs_elsewhere else 200,
        )
    try:
        invitations.accept_as(invitation, request.user, timezone.now())
    except PermissionRefused:
        return redirect(request.path)
    return _welcome(request, invitation)


def _join_page(
    request: HttpRequest, invitation: Invitation, *, status: int, **context: Any
) -> HttpResponse:
    context |= {"invitation": invitation}
    return render(request, "orgsettings/join.html", context, status=status)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session.pop(OPENED, None)  # gone already if a session of somebody else ended here
    name = invitation.organization.name
    messages.success(request, _("Welcome: you are a member of %s now.") % name)
    return redirect("jobs:list")


def _page(request: MemberRequest, **given: Any) -> HttpResponse:
    """The Members tab, with the form that was just sent if it had errors (422)."""
    organization, now = request.user.membership.organization, timezone.now()
    rows = members.of_organization(organization)
    form = given.get("form")
    context = {
        "tab": "members",
        "page": page_of(rows, PAGE_SIZE, request.GET.get("page")),
        "open_invitations": Invitation.objects.for_org(organization)
        .open(now)
        .select_related("created_by"),
        "form": InvitationForm(),
        "roles": Role,
    } | given
    refused = form is not None and form.errors
    return render(request, "settings_admin/members.html", context, status=422 if refused else 200)
