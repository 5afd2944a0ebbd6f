"""The history of a job in lines."""

from django.db import models
from django.db.models import Q

from jobs.models.documents import JobDocument
from jobs.models.job import Job


class LogLevel(models.TextChoices):
    INFO = "INFO", "Info"
    SUCCESS = "SUCCESS", "Success"
    WARNING = "WARNING", "Warning"
    ERROR = "ERROR", "Error"


class JobLog(models.Model):
    """One line of a job's history, in words; written in the transaction of what it tells."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="logs")
    job_document = models.ForeignKey(
        JobDocument, on_delete=models.CASCADE, null=True, blank=True, related_name="logs"
    )
    timestamp = models.DateTimeField()
    level = models.CharField(max_length=10, choices=LogLevel, default=LogLevel.INFO)
    event = models.CharField(max_length=50)  # stable, such as document.completed
    message = models.TextField()
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=LogLevel.values), name="joblog_level"),
        ]
        indexes = [
            models.Index(fields=["job", "-id"], name="joblog_order"),
            models.Index(fields=["job", "level", "-id"], name="joblog_by_level"),
            # Lines about the job as a whole: a few among those of thousands of documents.
            models.Index(
                fields=["job", "id"],
                condition=Q(job_document__isnull=True),
                name="joblog_of_job",
            ),
        ]

    def __str__(self) -> str:
        return self.message
