"""Documents in the admin site."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from curatore.admin import ReadOnlyAdmin
from documents.models import Discard, Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = [
        "filename",
        "organization",
        "uploaded_by",
        "media_type",
        "file_size",
        "source",
        "created_at",
    ]
    list_filter = ["source", "created_at", "organization"]
    list_select_related = ["organization", "uploaded_by"]
    search_fields = ["filename", "sha256", "media_type", "uploaded_by__username"]
    search_help_text = "File name, checksum, media type, who uploaded it, or the id."
    id_fields = ["pk"]
    date_hierarchy = "created_at"
    # The field itself would link to a file that is not served.
    exclude = ["file"]
    readonly_fields = ["used_by"]

    @admin.display(description="Jobs")
    def used_by(self, document: Document) -> SafeString:
        return format_html(
            '<a href="{}?document__id__exact={}">Where it was converted</a>',
            reverse("admin:jobs_jobdocument_changelist"),
            document.pk,
        )


@admin.register(Discard)
class DiscardAdmin(ReadOnlyAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
