"""Jobs, their documents and their log as JSON, and what the API accepts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curatore.core.api.fields import DistinctTexts, Flag, Text, Texts
from documents.names import LONGEST_NAME, LONGEST_PATH
from documents.serializers import FolderField
from jobs import file_passwords, line, partition
from jobs.exports.chunk_export import limits
from jobs.exports.downloads import BULK_KINDS, KINDS
from jobs.models import (
    DocumentStatus,
    Job,
    JobDocument,
    JobLog,
    JobStatus,
    LogLevel,
    ResultVersion,
    Review,
    Stage,
)
from orgsettings.api.base import BlankAsNull, CommaSeparated, PageQuery
from orgsettings.options_schema import (
    ChosenOptionsField,
    CompleteOptionsField,
    GivenOptionsField,
)

OUTCOMES = ("success", "partial", "failed", "cancelled")
WHEN_FULL = ("refuse", "queue")
ORDERINGS = ("created_at", "name", "status")
LONGEST_ID = LONGEST_PATH + 1 + LONGEST_NAME  # characters; of a file in the batch directory
MOST_DOCUMENTS = 10_000  # of one request; more can be added to a draft


class JobQuery(PageQuery):
    status = CommaSeparated(JobStatus.values)
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=255,
        help_text="Part of the name, the description, or a file name or folder.",
    )
    ordering = CommaSeparated(
        [prefix + name for name in ORDERINGS for prefix in ("", "-")],
        default=["-created_at"],
        help_text=f"One or several, with commas, of {', '.join(ORDERINGS)}; a minus reverses it.",
    )
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    owner = serializers.ChoiceField(["me"], required=False, allow_blank=True)


class RowQuery(PageQuery):
    status = CommaSeparated(DocumentStatus.values)
    review = CommaSeparated(Review.values)


class ExportQuery(serializers.Serializer):
    """What every export may be asked for."""

    review = serializers.ChoiceField(
        [Review.ACCEPTED.value],
        required=False,
        help_text="Only documents that somebody accepted; all but those left out, if missing.",
    )


class LogQuery(PageQuery):
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)
    level = CommaSeparated(LogLevel.values)
    document = serializers.UUIDField(
        required=False, help_text="Lines about one document; its id, or that of its row."
    )
    search = serializers.CharField(required=False, allow_blank=True, max_length=255)
    after = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="Only lines written after the line with this id, the oldest first.",
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


class BatchProcessSerializer(serializers.Serializer):
    document_ids = Texts(longest=LONGEST_ID, max_length=MOST_DOCUMENTS)
    options = GivenOptionsField(default=None, allow_null=True)


class ProcessStartedSerializer(serializers.Serializer):
    job_id = serializers.UUIDField()
    document_id = serializers.UUIDField()
    status = serializers.CharField(help_text="Always “queued”.")
    enqueued_at = serializers.DateTimeField()


class BatchEntrySerializer(serializers.Serializer):
    document_id = serializers.CharField()
    job_id = serializers.UUIDField()
    status = serializers.CharField(help_text="Always “queued”.")


class BatchConflictSerializer(serializers.Serializer):
    document_id = serializers.CharField()
    error = serializers.CharField()


class BatchStartedSerializer(serializers.Serializer):
    batch_id = serializers.UUIDField(allow_null=True, help_text="The id of the job.")
    jobs = BatchEntrySerializer(many=True)
    conflicts = BatchConflictSerializer(many=True)
    total = serializers.IntegerField()


class WhenFullField(serializers.ChoiceField):
    """What is done with a job for which there is no place among the active ones."""

    def __init__(self, **kwargs: Any) -> None:
        text = (
            "While the organization has as many active jobs as it may: refuse, or let the job wait"
            " in line until its turn comes and it starts automatically."
        )
        super().__init__(WHEN_FULL, **({"default": "refuse", "help_text": text} | kwargs))


class JobCreateSerializer(serializers.Serializer):
    document_ids = DistinctTexts(
        longest=LONGEST_ID,
        max_length=MOST_DOCUMENTS,
        help_text="Ids of documents; names of files in the batch directory, with their folders, are"
        " understood, too.",
    )
    options = GivenOptionsField(
        default=None,
        allow_null=True,
        help_text="Processing options; what is missing follows the organization's defaults.",
    )
    preset = Text(
        max_length=100,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Id or name of a preset: comes after `options` and before the defaults.",
    )
    name = Text(
        max_length=255,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Made from the files if empty.",
    )
    description = Text(max_length=1000, default="", allow_blank=True, allow_null=True)
    start_immediately = Flag(default=True)
    when_full = WhenFullField()


class JobStartSerializer(serializers.Serializer):
    when_full = WhenFullField()


class JobRenameSerializer(serializers.Serializer):
    name = Text(max_length=255, required=False)
    description = Text(max_length=1000, required=False, allow_blank=True, allow_null=True)


class JobRetrySerializer(serializers.Serializer):
    document_ids = Texts(
        longest=64,
        max_length=MOST_DOCUMENTS,
        required=False,
        help_text="All that failed or were cancelled, if missing.",
    )
    options = GivenOptionsField(
        default=None,
        allow_null=True,
        help_text="Options to change: of `document_ids` alone if there are any, else of the job.",
    )
    password = Text(
        max_length=file_passwords.LONGEST,
        default="",
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
        help_text="Opens protected PDF and Office files in the next attempt; kept nowhere else.",
    )
    when_full = WhenFullField()


class JobReplaceSerializer(serializers.Serializer):
    document_id = Text(
        max_length=255,
        help_text="Of the new document; the name of a file in the batch directory works, too.",
    )


class JobListSerializer(serializers.ListSerializer):
    """Several jobs: their places in line are looked up together."""

    def to_representation(self, data: Any) -> Any:
        jobs = list(data)
        self.places = line.places(jobs)
        return super().to_representation(jobs)


class ReviewCountsSerializer(serializers.Serializer):
    """The converted documents of a job by what somebody decided about them."""

    accepted = serializers.IntegerField(source="accepted_documents")
    excluded = serializers.IntegerField(
        source="excluded_documents", help_text="Left out of exports."
    )
    none = serializers.IntegerField(source="unreviewed_documents", help_text="Not reviewed yet.")


class ReviewSerializer(serializers.Serializer):
    review = serializers.ChoiceField(Review.choices, required=False)


class JobSerializer(serializers.ModelSerializer):
    organization_id = serializers.UUIDField(read_only=True)
    user_id = serializers.IntegerField(read_only=True, allow_null=True)
    description = BlankAsNull()
    outcome = serializers.ChoiceField(choices=OUTCOMES, read_only=True, allow_null=True)
    progress_percent = serializers.IntegerField(
        read_only=True, help_text="Documents that were converted or failed, of all."
    )
    review = ReviewCountsSerializer(source="*", read_only=True)
    error_message = BlankAsNull()
    waiting_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="null: it does not wait for a place."
    )
    waiting_position = serializers.SerializerMethodField(
        help_text="Its place in line, from 1; null: it does not wait for a place."
    )

    class Meta:
        model = Job
        list_serializer_class = JobListSerializer
        fields: list[str] = [
            "id",
            "organization_id",
            "user_id",
            "name",
            "description",
            "status",
            "outcome",
            "total_documents",
            "completed_documents",
            "failed_documents",
            "cancelled_documents",
            "progress_percent",
            "review",
            "error_message",
            "created_at",
            "queued_at",
            "started_at",
            "completed_at",
            "cancelled_at",
            "expires_at",
            "waiting_since",
            "waiting_position",
            "version",
        ]
        read_only_fields = fields

    def get_waiting_position(self, job: Job) -> int | None:
        if isinstance(self.parent, JobListSerializer):
            return self.parent.places.get(job.pk)
        return line.place(job)


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


class JobLogSerializer(serializers.ModelSerializer):
    """A line of a log; its row must come with `job_document`."""

    document_id = serializers.UUIDField(
        source="job_document.document_id", read_only=True, allow_null=True, default=None
    )
    job_document_id = serializers.UUIDField(read_only=True, allow_null=True)
    metadata = serializers.DictField(read_only=True)

    class Meta:
        model = JobLog
        fields = [
            "id",
            "timestamp",
            "level",
            "event",
            "message",
            "document_id",
            "job_document_id",
            "metadata",
        ]
        read_only_fields = fields


class ResultsSummarySerializer(serializers.Serializer):
    """The results of an ended job, taken together."""

    rag_ready_documents = serializers.IntegerField()
    average_conversion_score = serializers.FloatField(
        allow_null=True, help_text="0 to 100; null without results."
    )
    pages = serializers.IntegerField(help_text="Of documents that have pages.")
    processing_time_seconds = serializers.FloatField(help_text="Of all conversions, added up.")
    result_bytes = serializers.IntegerField(help_text="Bytes of Markdown.")


class DocumentCountsSerializer(serializers.Serializer):
    """The documents of a job, each in one part: they add up to `total_documents`."""

    waiting = serializers.IntegerField()
    converting = serializers.IntegerField()
    ocr = serializers.IntegerField()
    scoring = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class JobDetailSerializer(JobSerializer):
    """A job with its first documents and newest log lines; give those in the context.

    The job must have been read with `partition.counted`.
    """

    document_counts = serializers.SerializerMethodField(help_text="All of one moment.")
    processing_options = CompleteOptionsField(read_only=True)
    results_summary = serializers.SerializerMethodField(help_text="null before the end.")
    cancellation = serializers.DictField(read_only=True, allow_null=True)
    documents = serializers.SerializerMethodField(help_text="The first 100.")
    recent_logs = serializers.SerializerMethodField(help_text="The newest 100, newest first.")

    class Meta(JobSerializer.Meta):
        fields = [
            *JobSerializer.Meta.fields,
            "document_counts",
            "processing_options",
            "results_summary",
            "cancellation",
            "documents",
            "recent_logs",
        ]
        read_only_fields = fields

    @extend_schema_field(DocumentCountsSerializer())
    def get_document_counts(self, job: Job) -> Any:
        return DocumentCountsSerializer(partition.of(job)).data

    @extend_schema_field(ResultsSummarySerializer(allow_null=True))
    def get_results_summary(self, job: Job) -> dict[str, Any] | None:
        return self.context["results_summary"]

    @extend_schema_field(JobDocumentSerializer(many=True))
    def get_documents(self, job: Job) -> Any:
        return JobDocumentSerializer(self.context["documents"], many=True).data

    @extend_schema_field(JobLogSerializer(many=True))
    def get_recent_logs(self, job: Job) -> Any:
        return JobLogSerializer(self.context["recent_logs"], many=True).data


class CancelReceiptSerializer(serializers.Serializer):
    """What came of a cancellation (so far, while the job is active)."""

    job_id = serializers.UUIDField(source="pk")
    status = serializers.ChoiceField(choices=JobStatus.choices)
    tasks_revoked = serializers.SerializerMethodField(
        help_text="Documents that were waiting or running when it was asked for."
    )
    tasks_verified_stopped = serializers.SerializerMethodField(
        help_text="Those of them that certainly do not run any more."
    )
    verification_timeout = serializers.SerializerMethodField(
        help_text="A worker did not confirm in time; its result will not be accepted."
    )
    cancelled_at = serializers.DateTimeField(allow_null=True)
    requested_at = serializers.DateTimeField(source="cancel_requested_at", allow_null=True)
    message = serializers.SerializerMethodField()

    def get_tasks_revoked(self, job: Job) -> int:
        receipt = job.cancellation or {}
        return receipt.get("waiting_cancelled", 0) + receipt.get("running_at_request", 0)

    def get_tasks_verified_stopped(self, job: Job) -> int:
        receipt = job.cancellation or {}
        return receipt.get("waiting_cancelled", 0) + receipt.get("documents_stopped", 0)

    def get_verification_timeout(self, job: Job) -> bool:
        return bool((job.cancellation or {}).get("verification_timeout"))

    def get_message(self, job: Job) -> str:
        if job.is_active:
            running = job.total_documents - job.ended_documents
            return f"The job is being cancelled; documents that still have to stop: {running}."
        return (
            f"The job was cancelled. Documents not converted: {job.cancelled_documents};"
            f" results kept: {job.completed_documents}."
        )


class JobActivitySerializer(serializers.Serializer):
    """Numbers of jobs. Active are QUEUED and RUNNING; ended ones count by the time of their end."""

    active_jobs = serializers.IntegerField()
    queued_jobs = serializers.IntegerField()
    total_jobs = serializers.IntegerField()
    completed_jobs = serializers.IntegerField()
    failed_jobs = serializers.IntegerField()
    cancelled_jobs = serializers.IntegerField()
    total_jobs_24h = serializers.IntegerField()
    total_jobs_7d = serializers.IntegerField()
    completed_jobs_24h = serializers.IntegerField()
    failed_jobs_24h = serializers.IntegerField()


class UserStatisticsSerializer(JobActivitySerializer):
    user_id = serializers.IntegerField()


class OrganizationStatisticsSerializer(JobActivitySerializer):
    organization_id = serializers.UUIDField()
    concurrency_limit = serializers.IntegerField()
    total_jobs_30d = serializers.IntegerField()
    total_documents_processed = serializers.IntegerField()
    avg_processing_time_minutes = serializers.FloatField(
        allow_null=True, help_text="Of the completed jobs of the last 7 days."
    )
    success_rate_7d = serializers.FloatField(
        allow_null=True, help_text="Completed of completed and failed jobs, 0 to 1."
    )
    storage_usage_bytes = serializers.IntegerField(help_text="Uploads and results.")
    storage_limit_bytes = serializers.IntegerField(
        allow_null=True, help_text="What the operator allows; null sets no limit."
    )
