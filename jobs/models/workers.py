"""The worker processes that live."""

import uuid

from django.db import models


class Worker(models.Model):
    """A worker process, alive until it ends or falls silent; then the row is removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    # Host, boot and process namespace: whoever has the same can look whether the process lives.
    place = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    pid_started = models.CharField(max_length=50)  # tells a process from a later one of its pid
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["host", "pid"]
        indexes = [models.Index(fields=["last_seen_at"], name="worker_last_seen")]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
