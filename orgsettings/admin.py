"""Organizations, people and tokens in the admin site."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone

from curatore.core.admin import ReadOnlyAdmin
from orgsettings import access, changes, invitations, switches, tokens
from orgsettings.forms import ResetForm
from orgsettings.models import (
    ApiToken,
    Invitation,
    Membership,
    Organization,
    OrgSettings,
    SettingsChange,
    User,
)


class LoggedMemberships(admin.ModelAdmin):
    """Writes changes of members into their organization's change log."""

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is not Membership:
            return
        now = timezone.now()
        for inline in formset.forms:
            member, gone = inline.instance, inline.instance in formset.deleted_objects
            if gone or (inline.has_changed() and "role" in inline.changed_data):
                changes.note(
                    member.organization,
                    request.user,
                    now,
                    subject=member.user.username,
                    before={"role": inline.initial.get("role")},
                    after={"role": None if gone else member.role},
                )


class SettingsInline(admin.StackedInline):
    model = OrgSettings
    can_delete = False
    # Checked where they are edited, under Settings; JSON typed here would not be.
    readonly_fields = ["default_processing_options"]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Organization)
class OrganizationAdmin(LoggedMemberships):
    list_display = ["name", "slug", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SettingsInline, MembershipInline]

    def save_model(self, request: Any, obj: Organization, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            switches.organization(obj, active=obj.is_active, by=request.user, now=timezone.now())

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not OrgSettings or not change:
            super().save_formset(request, form, formset, change)
            return
        for inline in formset.forms:
            values = {name: inline.cleaned_data[name] for name in inline.changed_data}
            if values.keys() <= {*changes.FIELDS, *changes.OPERATOR_FIELDS}:
                changes.save(form.instance, request.user, values, by_operator=True)
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A form that was left empty is not saved, and no organization can do without.
        OrgSettings.objects.get_or_create(organization=form.instance)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its files would stay behind; make it inactive instead


class OwnMembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ["organization"]


@admin.register(User)
class PersonAdmin(LoggedMemberships, UserAdmin):
    # Whoever may give these may give them to themselves: they are for superusers to give.
    powers = ("is_staff", "is_superuser", "groups", "user_permissions")
    list_display = ["username", "email", "membership", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "membership__role", "membership__organization"]
    list_select_related = ["membership__organization"]
    inlines = [OwnMembershipInline]
    change_password_form = ResetForm

    def get_object(self, request: Any, object_id: str, from_field: Any = None) -> User | None:
        person = super().get_object(request, object_id, from_field)
        if person:  # permissions that are only shown would each ask for their kind
            prefetch_related_objects([person], "user_permissions__content_type")
        return person

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *self.powers)

    def has_change_permission(self, request: Any, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or access.may_change_account(request.user, obj))

    def has_delete_permission(self, request: Any, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or access.may_change_account(request.user, obj))

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            switches.person(obj, active=obj.is_active, by=request.user, now=timezone.now())


admin.site.unregister(Group)


@admin.register(Group)
class PowersAdmin(GroupAdmin):
    """Groups give powers to their members: superusers change them, others may look."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Members at a glance; they are changed with their user."""

    list_display = ["user", "organization", "role", "last_seen_at", "created_at"]
    list_filter = ["role", "organization"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__username", "user__email", "organization__name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = [
        "organization",
        "role",
        "note",
        "created_by",
        "created_at",
        "expires_at",
        "accepted_by",
        "revoked_at",
    ]
    list_filter = ["role", "organization"]
    list_select_related = ["organization", "created_by", "accepted_by"]
    search_fields = ["note", "created_by__username", "accepted_by__username"]
    exclude = ["secret_hash"]
    actions = ["revoke"]

    @admin.action(description="Revoke the selected invitations", permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        by = request.user if isinstance(request.user, User) else None
        now = timezone.now()
        count = sum(invitations.revoke(row, by=by, now=now) for row in queryset)
        self.message_user(request, f"Invitations revoked: {count}.", messages.SUCCESS)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "prefix", "user", "organization", "last_used_at", "expires_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "organization"]
    list_select_related = ["user", "organization"]
    search_fields = ["name", "prefix", "user__username"]
    exclude = ["key_hash"]
    actions = ["revoke"]

    @admin.action(description="Revoke the selected tokens", permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        now = timezone.now()
        count = sum(tokens.revoke(token, now) for token in queryset)
        self.message_user(request, f"Tokens revoked: {count}.", messages.SUCCESS)


@admin.register(SettingsChange)
class SettingsChangeAdmin(ReadOnlyAdmin):
    list_display = ["changed_at", "organization", "user", "subject", "before", "after"]
    list_filter = ["organization"]
    list_select_related = ["organization", "user"]
    search_fields = ["subject", "user__username", "organization__name"]
    date_hierarchy = "changed_at"
