"""What exports may be asked for."""

from rest_framework import serializers

from curatore.core.api.fields import DistinctTexts, Flag, Text
from jobs.exports.chunk_export import limits
from jobs.exports.downloads import BULK_KINDS, KINDS
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
