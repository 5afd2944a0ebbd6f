"""Numbers of people and organizations as JSON."""

from rest_framework import serializers


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
