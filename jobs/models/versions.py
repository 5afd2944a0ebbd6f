"""Earlier and current states of results that people edited."""

from django.conf import settings
from django.db import models

from jobs.models.documents import JobDocument


class ResultVersion(models.Model):
    """One state of a result that was edited: the conversion's own, or what somebody made of it.

    The row's `result_file` names the current one. Files are never overwritten.
    """

    job_document = models.ForeignKey(JobDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()  # from 1, which the conversion made
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    result_file = models.FileField(max_length=255)
    result_size = models.PositiveBigIntegerField()  # bytes of Markdown
    # Bytes of the Document that lies beside it, compressed; 0 if none does.
    result_document_size = models.PositiveIntegerField(default=0, db_default=0)
    result_tokens = models.PositiveBigIntegerField(null=True)
    result_sha256 = models.CharField(max_length=64)
    conversion_score = models.PositiveSmallIntegerField()  # 0 to 100
    quality_scores = models.JSONField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["job_document", "number"], name="resultversion_once_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_document} (version {self.number})"
