"""Organizations, people and tokens in the admin site."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from curatore.admin import ReadOnlyAdmin
from orgsettings import tokens
from orgsettings.models import (
    ApiToken,
    Membership,
    Organization,
    OrgSettings,
    SettingsChange,
    User,
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
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SettingsInline, MembershipInline]

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
class PersonAdmin(UserAdmin):
    list_display = ["username", "email", "membership", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "membership__role", "membership__organization"]
    list_select_related = ["membership__organization"]
    inlines = [OwnMembershipInline]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "prefix", "user", "organization", "last_used_at", "expires_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "organization"]
    list_select_related = ["user", "organization"]
    search_fields = ["name", "prefix", "user__username"]
    exclude = ["key_hash"]
    actions = ["revoke"]

    @admin.action(description="Revoke the selected tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        now = timezone.now()
        count = sum(tokens.revoke(token, now) for token in queryset)
        self.message_user(request, f"Tokens revoked: {count}.", messages.SUCCESS)


@admin.register(SettingsChange)
class SettingsChangeAdmin(ReadOnlyAdmin):
    list_display = ["changed_at", "organization", "user", "before", "after"]
    list_filter = ["organization"]
    list_select_related = ["organization", "user"]
    date_hierarchy = "changed_at"
