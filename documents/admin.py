"""Documents in the admin site."""

from django.contrib import admin
from django.utils.safestring import SafeString

from curatore.core.admin import ReadOnlyAdmin, link_to_list
from documents.models import Discard, Document, StoredFile


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = [
        "filename",
        "path",
        "organization",
        "uploaded_by",
        "media_type",
        "file_size",
        "source",
        "created_at",
    ]
    list_filter = ["source", "created_at", "organization"]
    list_select_related = ["organization", "uploaded_by", "stored"]
    search_fields = ["filename", "path", "stored__sha256", "media_type", "uploaded_by__username"]
    search_help_text = "File name, folder, checksum, media type, who uploaded it, or the id."
    id_fields = ["pk"]
    date_hierarchy = "created_at"
    readonly_fields = ["used_by"]

    @admin.display(description="Jobs")
    def used_by(self, document: Document) -> SafeString:
        rows = Document._meta.get_field("job_documents").related_model
        return link_to_list(rows, "Where it was converted", document__id__exact=document.pk)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ["sha256", "organization", "file_size", "created_at"]
    list_filter = ["created_at", "organization"]
    list_select_related = ["organization"]
    search_fields = ["sha256"]
    search_help_text = "Checksum, or the id."
    id_fields = ["pk"]
    # The field itself would link to a file that is not served.
    exclude = ["file"]
    readonly_fields = ["used_by"]

    @admin.display(description="Documents")
    def used_by(self, stored: StoredFile) -> SafeString:
        return link_to_list(Document, "Documents of these bytes", stored__id__exact=stored.pk)


@admin.register(Discard)
class DiscardAdmin(ReadOnlyAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
