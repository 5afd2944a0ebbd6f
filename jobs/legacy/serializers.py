"""Bodies and answers of the deprecated endpoints."""

from rest_framework import serializers

from curatore.core.api.fields import Texts
from jobs.serializers.requests import LONGEST_ID, MOST_DOCUMENTS
from orgsettings.options_schema import GivenOptionsField


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
