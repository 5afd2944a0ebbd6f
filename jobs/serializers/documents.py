"""A document of a job, and the states of its result, as JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from documents.serializers import FolderField
from jobs.models import DocumentStatus, JobDocument, ResultVersion, Review, Stage
from orgsettings.api.base import BlankAsNull
from orgsettings.options_schema import ChosenOptionsField


class JobDocumentSerializer(serializers.ModelSerializer):
    document_id = serializers.UUIDField(read_only=True, allow_null=True)
    path = FolderField(read_only=True)
    status = serializers.ChoiceField(
        DocumentStatus.choices,
        source="state",
        read_only=True,
        help_text="What a worker took for later is PENDING until it is begun.",
    )
    engine = BlankAsNull()
    media_type = BlankAsNull()
    quality_scores = serializers.DictField(read_only=True, allow_null=True)
    warnings = serializers.ListField(child=serializers.JSONField(), read_only=True)
    stage = serializers.SerializerMethodField(help_text="Only of a running document.")
    options_override = ChosenOptionsField(
        read_only=True,
        help_text="What a retry chose for this document alone, before the job's options.",
    )
    error_code = BlankAsNull()
    error_message = BlankAsNull()
    error_hint = BlankAsNull()
    review = serializers.ChoiceField(Review.choices, read_only=True)
    reviewed_by = serializers.CharField(
        source="reviewed_by.username", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = JobDocument
        fields = [
            "id",
            "document_id",
            "filename",
            "path",
            "file_size",
            "media_type",
            "status",
            "stage",
            "pages_done",
            "pages_total",
            "attempts",
            "engine",
            "page_count",
            "ocr_page_count",
            "conversion_score",
            "quality_scores",
            "is_rag_ready",
            "is_reused",
            "warnings",
            "result_size",
            "options_override",
            "review",
            "reviewed_by",
            "reviewed_at",
            "error_code",
            "error_message",
            "error_hint",
            "created_at",
            "started_at",
            "completed_at",
            "processing_time_seconds",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(Stage.choices, allow_null=True))
    def get_stage(self, row: JobDocument) -> str | None:
        return row.stage or None


class VersionSerializer(serializers.ModelSerializer):
    """A state of a result; give the name of the current file as `current` in the context."""

    made_by = serializers.CharField(
        source="made_by.username",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="null: the conversion made it.",
    )
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = ResultVersion
        fields = [
            "number",
            "made_at",
            "made_by",
            "conversion_score",
            "result_size",
            "result_sha256",
            "is_current",
        ]
        read_only_fields = fields

    def get_is_current(self, version: ResultVersion) -> bool:
        return version.result_file.name == self.context["current"]
