"""Documents in the admin site."""

from django.contrib import admin

from curatore.admin import ReadOnlyAdmin
from documents.models import Discard, Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["filename", "organization", "media_type", "file_size", "source", "created_at"]
    list_filter = ["source", "media_type", "organization"]
    list_select_related = ["organization"]
    search_fields = ["filename", "id", "sha256"]
    date_hierarchy = "created_at"
    # The field itself would link to a file that is not served.
    exclude = ["file"]


@admin.register(Discard)
class DiscardAdmin(ReadOnlyAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
