"""Documents with their latest results as JSON."""

from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curatore.core.api.fields import Flag, Text
from documents.archive_names import markdown_name
from documents.models import Document
from documents.serializers import FolderField, RejectedSerializer
from orgsettings.api.base import BlankAsNull, CommaSeparated, PageQuery

Value = TypeVar("Value")


class DocumentQuery(PageQuery):
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=255,
        help_text="Part of the file name or its folder.",
    )
    status = CommaSeparated(
        ["NEW", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"],
        help_text="How the newest job with the document left it, of the jobs that you may see: one"
        " or several, with commas, of NEW (none), PENDING, RUNNING, COMPLETED, FAILED, CANCELLED.",
    )


class ResultSummarySerializer(serializers.Serializer):
    """Where the latest result is, and how good it is."""

    job_id = serializers.UUIDField()
    job_document_id = serializers.UUIDField(source="pk")
    job_name = serializers.CharField(source="job.name")
    completed_at = serializers.DateTimeField()
    engine = BlankAsNull()
    page_count = serializers.IntegerField(allow_null=True)
    conversion_score = serializers.IntegerField(help_text="0 to 100.")
    quality_scores = serializers.DictField(allow_null=True)
    is_rag_ready = serializers.BooleanField()
    result_size = serializers.IntegerField(help_text="Bytes of Markdown.")


class DocumentSerializer(serializers.ModelSerializer):
    """A document; give the results that may be seen as `latest_results` in the context."""

    uploaded_by = serializers.CharField(
        source="uploaded_by.username", read_only=True, allow_null=True, default=None
    )
    path = FolderField(read_only=True)
    file_size = serializers.IntegerField(read_only=True, help_text="Bytes.")
    sha256 = serializers.CharField(read_only=True)
    page_count = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="Counted at the upload; null if nobody knows before the conversion.",
    )
    latest_result = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = [
            "id",
            "filename",
            "path",
            "file_size",
            "media_type",
            "sha256",
            "page_count",
            "source",
            "created_at",
            "uploaded_by",
            "latest_result",
        ]
        read_only_fields = fields

    @extend_schema_field(ResultSummarySerializer(allow_null=True))
    def get_latest_result(self, document: Document) -> dict[str, Any] | None:
        row = self.context["latest_results"].get(document.pk)
        return ResultSummarySerializer(row).data if row else None


UPLOAD_FACTS = ("duplicate", "already_exists", "duplicate_of", "same_content")


class SameContentSerializer(serializers.Serializer):
    """Another document with the same bytes, under its own name."""

    filename = serializers.CharField(source="document.filename")
    path = FolderField(source="document.path")
    uploaded_at = serializers.DateTimeField(source="document.created_at")
    latest_result = ResultSummarySerializer(
        source="result", allow_null=True, help_text="Of any other document with these bytes."
    )


class AcceptedSerializer(DocumentSerializer):
    """A document that was just uploaded.

    Give in the context, by its id, the Accepted as `accepted` and what it equals as `same_content`.
    """

    duplicate = serializers.SerializerMethodField(
        help_text="The organization already had these bytes."
    )
    already_exists = serializers.SerializerMethodField(
        help_text="You brought them before under the same name: the document is that of then."
    )
    duplicate_of = serializers.SerializerMethodField(
        help_text="The earliest other document with these bytes."
    )
    same_content = serializers.SerializerMethodField(help_text="What that one is called.")

    class Meta(DocumentSerializer.Meta):
        fields = [*DocumentSerializer.Meta.fields, *UPLOAD_FACTS]
        read_only_fields = fields

    def get_duplicate(self, document: Document) -> bool:
        return self.context["accepted"][document.pk].duplicate

    def get_already_exists(self, document: Document) -> bool:
        return self.context["accepted"][document.pk].already_exists

    def get_duplicate_of(self, document: Document) -> UUID | None:
        same = self.context["same_content"].get(document.pk)
        return same.document.pk if same else None

    @extend_schema_field(SameContentSerializer(allow_null=True))
    def get_same_content(self, document: Document) -> dict[str, Any] | None:
        same = self.context["same_content"].get(document.pk)
        return SameContentSerializer(same).data if same else None


class UploadedSerializer(serializers.Serializer):
    """The answer to a single upload."""

    document_id = serializers.UUIDField()
    filename = serializers.CharField()
    path = FolderField()
    file_size = serializers.IntegerField(help_text="Bytes.")
    upload_time = serializers.DateTimeField()
    duplicate = serializers.BooleanField()
    already_exists = serializers.BooleanField()
    duplicate_of = serializers.UUIDField(allow_null=True)
    same_content = SameContentSerializer(allow_null=True)
    message = serializers.CharField()


class UploadResultSerializer(serializers.Serializer):
    """The answer to an upload of several files."""

    documents = AcceptedSerializer(many=True)
    rejected = RejectedSerializer(many=True)


class ContentSerializer(serializers.Serializer):
    content = serializers.CharField(help_text="Markdown.")


@extend_schema_field({"type": "string", "maxLength": 0})  # or null
class NoText(Text):
    """What earlier clients may say, as long as they say nothing."""


@extend_schema_field({"type": "boolean", "const": False})
class NoFlag(Flag):
    """What earlier clients may ask for, as long as they do not."""


class ContentChangeSerializer(serializers.Serializer):
    """The text, and what earlier clients could ask a language model to do with it."""

    content = Text(keeps_spaces=True, help_text="Markdown, in place of the latest result's.")
    based_on_sha256 = Text(
        default="",
        allow_blank=True,
        max_length=64,
        help_text="`result_sha256` of the text that was edited: 409 if it is another by now.",
    )
    improvement_prompt = NoText(
        max_length=1000,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="For earlier clients; refused unless empty.",
    )
    apply_vector_optimization = NoFlag(
        required=False, help_text="For earlier clients; refused unless false."
    )

    def validate_improvement_prompt(self, prompt: str | None) -> str | None:
        return _only_empty(prompt)

    def validate_apply_vector_optimization(self, wanted: bool) -> bool:
        return _only_empty(wanted)


def _only_empty(value: Value) -> Value:
    if value:
        raise serializers.ValidationError(
            "The text is stored as it is sent; change it yourself and leave this out.",
            code="not_supported",
        )
    return value


class RatingsSerializer(serializers.Serializer):
    """1 to 10; null where nothing could rate it."""

    clarity_score = serializers.FloatField(allow_null=True)
    completeness_score = serializers.FloatField(allow_null=True)
    relevance_score = serializers.FloatField(allow_null=True)
    markdown_score = serializers.FloatField(allow_null=True)
    overall_feedback = serializers.CharField(help_text="Why the conversion scored as it did.")
    pass_recommendation = serializers.ChoiceField(choices=["Pass", "Fail"])


class ConversionResultSerializer(serializers.Serializer):
    conversion_score = serializers.IntegerField(help_text="0 to 100.")
    engine = BlankAsNull()
    page_count = serializers.IntegerField(allow_null=True)
    ocr_page_count = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.JSONField())


class ResultSerializer(serializers.Serializer):
    """The latest result, with the members that earlier clients know."""

    document_id = serializers.UUIDField()
    job_id = serializers.UUIDField()
    job_document_id = serializers.UUIDField(source="pk")
    filename = serializers.CharField()
    path = FolderField()
    status = serializers.SerializerMethodField()
    success = serializers.BooleanField(source="is_completed")
    message = serializers.SerializerMethodField()
    original_path = serializers.CharField(source="filename", help_text="Name of the document.")
    markdown_path = serializers.SerializerMethodField(help_text="Name of its Markdown file.")
    conversion_result = ConversionResultSerializer(source="*")
    llm_evaluation = serializers.SerializerMethodField()
    document_summary = serializers.SerializerMethodField(
        help_text="Always null: documents are converted and not summarized."
    )
    conversion_score = serializers.IntegerField(help_text="0 to 100.")
    quality_scores = serializers.DictField(allow_null=True)
    pass_all_thresholds = serializers.BooleanField(source="is_rag_ready")
    is_rag_ready = serializers.BooleanField()
    vector_optimized = serializers.SerializerMethodField(
        help_text="Whether the job asked for `auto_optimize`."
    )
    processing_time = serializers.FloatField(
        source="processing_time_seconds", allow_null=True, help_text="Seconds."
    )
    processed_at = serializers.DateTimeField(source="completed_at")
    thresholds_used = serializers.SerializerMethodField()

    def get_status(self, row: Any) -> str:
        return row.status.lower()

    def get_message(self, row: Any) -> str:
        return f"“{row.filename}” was converted."

    def get_markdown_path(self, row: Any) -> str:
        return markdown_name(row.filename)

    @extend_schema_field(RatingsSerializer)
    def get_llm_evaluation(self, row: Any) -> dict[str, Any]:
        scores = row.quality_scores or {}
        names = ("clarity", "completeness", "relevance", "markdown")
        return {f"{name}_score": scores.get(name) for name in names} | {
            "overall_feedback": " ".join(part["reason"] for part in scores.get("parts", ())),
            "pass_recommendation": "Pass" if row.is_rag_ready else "Fail",
        }

    def get_document_summary(self, row: Any) -> str | None:
        return None

    def get_vector_optimized(self, row: Any) -> bool:
        return row.job.options.auto_optimize

    def get_thresholds_used(self, row: Any) -> dict[str, float]:
        return asdict(row.job.options.quality_thresholds)
