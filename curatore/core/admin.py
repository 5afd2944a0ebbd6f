"""The admin site shows what the life cycle owns and changes none of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from curatore.core.ids import as_uuid


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at: writing past the verbs of the product would break counters and files."""

    show_full_result_count = False  # counting a large table twice takes long
    list_per_page = 50
    # Columns of ids that the search compares as a whole; as text their dashes would not match.
    id_fields: Sequence[str] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changelist_view(request, *args, **kwargs)
        except OverflowError:  # a year of the date hierarchy that no calendar has
            return HttpResponseRedirect(request.path)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this person may use the verbs of the product here: who may change such rows."""
        return request.user.has_perm(
            f"{self.opts.app_label}.{get_permission_codename('change', self.opts)}"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        wanted = as_uuid(search_term.strip())
        if wanted is None or not self.id_fields:
            return super().get_search_results(request, queryset, search_term)
        same = Q()
        for field in self.id_fields:
            same |= Q(**{field: wanted})
        # Of several rows that lead to the same one, the list shows it once.
        return queryset.filter(same), any("__" in field for field in self.id_fields)


def link_to_list(model: Any, text: str, **filters: Any) -> SafeString:
    """A link to the admin's list of `model`, filtered."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return format_html('<a href="{}?{}">{}</a>', reverse(name), urlencode(filters), text)


def link_to(row: Any) -> SafeString:
    """A link to the admin's page of `row`; a dash for None."""
    if row is None:
        return format_html("{}", "-")
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), row)
