"""A line of a log as JSON."""

from rest_framework import serializers

from jobs.models import JobLog


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
