"""Files as JSON: uploads, originals, listings. Documents with results: jobs/library."""

from typing import Any, TypeVar

from django.conf import settings
from rest_framework import serializers

from curatore.core.api.fields import BoundedList
from documents import pictures
from documents.names import LONGEST_PATH

Value = TypeVar("Value")


class FolderField(serializers.CharField):
    """Where a file stands among others."""

    def __init__(self, **kwargs: Any) -> None:
        words = "The folder it comes from, relative, with slashes; empty at the top."
        super().__init__(**({"help_text": words} | kwargs))


class RejectedSerializer(serializers.Serializer):
    filename = serializers.CharField()
    path = serializers.CharField(help_text="As it was given.")
    code = serializers.CharField()
    detail = serializers.CharField()


class UploadFileSerializer(serializers.Serializer):
    file = serializers.FileField()
    path = FolderField(required=False, allow_blank=True, max_length=LONGEST_PATH)


class UploadFilesSerializer(serializers.Serializer):
    files = BoundedList(
        child=serializers.FileField(),
        min_length=1,
        max_length=settings.DATA_UPLOAD_MAX_NUMBER_FILES,
    )
    paths = BoundedList(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_PATH),
        required=False,
        max_length=settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        help_text="The folder of each file, in the order of the files; none, or as many as files.",
    )


class OriginalQuery(serializers.Serializer):
    inline = serializers.BooleanField(
        default=False, help_text="To be shown by a browser instead of saved, if that is harmless."
    )


class PictureQuery(serializers.Serializer):
    width = serializers.IntegerField(
        min_value=pictures.NARROWEST,
        max_value=pictures.WIDEST,
        default=pictures.USUAL_WIDTH,
        help_text="Pixels. Pictures are drawn in a few widths: it is that or the next wider one.",
    )


class PageSizeSerializer(serializers.Serializer):
    width = serializers.FloatField()
    height = serializers.FloatField()
    rotation = serializers.IntegerField(
        allow_null=True,
        help_text="Degrees clockwise by which the file says to turn the page, which width and"
        " height have allowed for; null where finding out would take too long.",
    )


class HeaderSerializer(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()


class OutlineSerializer(serializers.Serializer):
    """What can be said of a mail or a workbook."""

    headers = HeaderSerializer(many=True)
    attachments = serializers.ListField(child=serializers.CharField(), help_text="Their names.")
    sheets = serializers.ListField(child=serializers.CharField(), help_text="Their names.")


class PagesSerializer(serializers.Serializer):
    """The pages of a document, of which there are pictures."""

    count = serializers.IntegerField(help_text="0 if there are no pictures of its format.")
    unit = serializers.ChoiceField(
        choices=["pt", "px"], help_text="Of sizes: points of PDFs, pixels of pictures."
    )
    pages = PageSizeSerializer(many=True, help_text="The first 10,000.")
    outline = OutlineSerializer(allow_null=True, help_text="Null but for mails and workbooks.")


class FileSerializer(serializers.Serializer):
    document_id = serializers.CharField(
        help_text="An id, or the name of a batch file with its folder."
    )
    path = FolderField()
    filename = serializers.CharField()
    original_filename = serializers.CharField()
    file_size = serializers.IntegerField(help_text="Bytes.")
    upload_time = serializers.IntegerField(help_text="Seconds since 1970-01-01 UTC.")
    file_path = serializers.CharField(help_text="Name of the file with its folder.")


class FileListingSerializer(serializers.Serializer):
    files = FileSerializer(many=True)
    count = serializers.IntegerField()


class FormatSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of fields
    media_type = serializers.CharField()
    extensions = serializers.ListField(child=serializers.CharField())


class SupportedFormatsSerializer(serializers.Serializer):
    supported_extensions = serializers.ListField(child=serializers.CharField())
    max_file_size = serializers.IntegerField(help_text="Bytes.")
    formats = FormatSerializer(many=True)
