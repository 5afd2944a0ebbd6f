"""What exports may be asked for."""

from rest_framework import serializers

from curatore.core.api.fields import DistinctTexts, Flag, Text
from jobs.exports.chunk_export import limits
from jobs.exports.downloads import BULK_KINDS, KINDS
from jobs.exports.forms import DATA, FORMS
from jobs.models import Review
from jobs.serializers.requests import MOST_DOCUMENTS


class ExportQuery(serializers.Serializer):
    """What every export may be asked for."""

    review = serializers.ChoiceField(
        [Review.ACCEPTED.value],
        required=False,
        help_text="Only accepted documents; without it all but those left out.",
    )


class DownloadQuery(ExportQuery):
    type = serializers.ChoiceField(KINDS, default="individual")
    also = serializers.ChoiceField(
        DATA, required=False, help_text="Beside each Markdown file the same as JSON of this form."
    )


class FormQuery(serializers.Serializer):
    type = serializers.ChoiceField(
        FORMS, default="json", help_text="`json` and `docling` have pages and boxes."
    )
    front_matter = serializers.BooleanField(
        default=False,
        help_text="Of Markdown: source, SHA-256, pages, score, language and title at its head.",
    )


class OriginalFactsSerializer(serializers.Serializer):
    filename = serializers.CharField()
    media_type = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the file; empty if it is gone.")


class DocumentBlocksSerializer(serializers.Serializer):
    """`type=json`; the whole of it is in `GET /config/document-schema`."""

    schema = serializers.CharField()
    original = OriginalFactsSerializer()
    made_from = serializers.ChoiceField(["original", "markdown"])
    language = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    pages = serializers.ListField(child=serializers.DictField())
    blocks = serializers.ListField(child=serializers.DictField())


class DoclingSerializer(serializers.Serializer):
    """`type=docling`: DoclingDocument of docling-core."""

    schema_name = serializers.ChoiceField(["DoclingDocument"])
    version = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    origin = serializers.DictField()
    furniture = serializers.DictField()
    body = serializers.DictField()
    groups = serializers.ListField(child=serializers.DictField())
    texts = serializers.ListField(child=serializers.DictField())
    pictures = serializers.ListField(child=serializers.DictField())
    tables = serializers.ListField(child=serializers.DictField())
    key_value_items = serializers.ListField(child=serializers.DictField())
    form_items = serializers.ListField(child=serializers.DictField())
    pages = serializers.DictField(child=serializers.DictField())


class ChunkQuery(ExportQuery):
    chunk_size = serializers.IntegerField(
        required=False, help_text="Tokens; the job's, if missing.", **limits("chunk_size")
    )
    chunk_overlap = serializers.IntegerField(
        required=False, help_text="Tokens; the job's, if missing.", **limits("chunk_overlap")
    )
    rag_ready = serializers.BooleanField(
        default=False, help_text="Only documents that meet every threshold."
    )


class BulkDownloadSerializer(ExportQuery):
    document_ids = DistinctTexts(longest=64, max_length=MOST_DOCUMENTS)
    download_type = serializers.ChoiceField(BULK_KINDS, default="individual")
    include_summary = Flag(default=True)
    include_combined = Flag(default=False)
    custom_filename = Text(max_length=255, default="", allow_blank=True, allow_null=True)
    zip_name = Text(
        max_length=255,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Earlier name of custom_filename.",
    )


class RagReadyQuery(ExportQuery):
    zip_name = serializers.CharField(
        max_length=255, default="", allow_blank=True, help_text="Of the file; made if missing."
    )
    include_summary = serializers.BooleanField(default=True)
