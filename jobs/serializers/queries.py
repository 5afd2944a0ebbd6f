"""What lists of jobs, of their documents and of their logs may be asked for."""

from rest_framework import serializers

from jobs.models import DocumentStatus, JobStatus, LogLevel, Review
from orgsettings.api.base import CommaSeparated, PageQuery

ORDERINGS = ("created_at", "name", "status")


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
