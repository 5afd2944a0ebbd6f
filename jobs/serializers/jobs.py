"""A job as JSON, and what came of its cancellation."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs import line, partition
from jobs.lifecycle import CancelReceipt
from jobs.models import Job, JobStatus, Outcome
from jobs.serializers.documents import JobDocumentSerializer
from jobs.serializers.logs import JobLogSerializer
from orgsettings.api.base import BlankAsNull
from orgsettings.options_schema import CompleteOptionsField


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


class JobSerializer(serializers.ModelSerializer):
    organization_id = serializers.UUIDField(read_only=True)
    user_id = serializers.IntegerField(read_only=True, allow_null=True)
    description = BlankAsNull()
    outcome = serializers.ChoiceField(choices=Outcome.values, read_only=True, allow_null=True)
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


class ResultsSummarySerializer(serializers.Serializer):
    """The results of an ended job, taken together."""

    rag_ready_documents = serializers.IntegerField()
    average_conversion_score = serializers.FloatField(
        allow_null=True, help_text="0 to 100; null without results."
    )
    pages = serializers.IntegerField(help_text="Of documents that have pages.")
    processing_time_seconds = serializers.FloatField(help_text="Of all conversions, added up.")
    result_bytes = serializers.IntegerField(help_text="Bytes of Markdown.")
    reused_documents = serializers.IntegerField(help_text="Copied from earlier jobs.")


class DocumentCountsSerializer(serializers.Serializer):
    """The documents of a job, each in one part: they add up to `total_documents`."""

    waiting = serializers.IntegerField()
    converting = serializers.IntegerField()
    ocr = serializers.IntegerField()
    scoring = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class EstimateSerializer(serializers.Serializer):
    """The range of seconds that a draft will probably take, or a running job still."""

    pages = serializers.IntegerField(
        allow_null=True,
        default=None,
        help_text="Of a draft, as counted at the upload; null if not known of all documents.",
    )
    shortest_seconds = serializers.FloatField(
        source="time.shortest", allow_null=True, default=None, help_text="Null if nobody can tell."
    )
    longest_seconds = serializers.FloatField(source="time.longest", allow_null=True, default=None)


class JobDetailSerializer(JobSerializer):
    """A job with its first documents and newest log lines; give those in the context.

    The job must have been read with `partition.counted`.
    """

    document_counts = serializers.SerializerMethodField(help_text="All of one moment.")
    processing_options = CompleteOptionsField(read_only=True)
    estimate = serializers.SerializerMethodField(help_text="null but for drafts and running jobs.")
    results_summary = serializers.SerializerMethodField(help_text="null before the end.")
    cancellation = serializers.DictField(read_only=True, allow_null=True)
    documents = serializers.SerializerMethodField(help_text="The first 100.")
    recent_logs = serializers.SerializerMethodField(help_text="The newest 100, newest first.")

    class Meta(JobSerializer.Meta):
        fields = [
            *JobSerializer.Meta.fields,
            "document_counts",
            "processing_options",
            "estimate",
            "results_summary",
            "cancellation",
            "documents",
            "recent_logs",
        ]
        read_only_fields = fields

    @extend_schema_field(DocumentCountsSerializer())
    def get_document_counts(self, job: Job) -> Any:
        return DocumentCountsSerializer(partition.of(job)).data

    @extend_schema_field(EstimateSerializer(allow_null=True))
    def get_estimate(self, job: Job) -> Any:
        found = self.context["estimate"]
        return EstimateSerializer(found).data if found else None

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
        receipt = cast(CancelReceipt, job.cancellation or {})
        return receipt.get("waiting_cancelled", 0) + receipt.get("running_at_request", 0)

    def get_tasks_verified_stopped(self, job: Job) -> int:
        receipt = cast(CancelReceipt, job.cancellation or {})
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
