"""manage.py jobs_doctor: who works, what waits, and why."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from jobs import diagnosis
from jobs.models import Job


class Command(BaseCommand):
    help = "Show the workers, the queue, and for each active job what it waits for."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write("Workers")
        states = diagnosis.worker_states(now)
        for state in states:
            doing = f"converts {state.document}" if state.document else "idle"
            life = doing if state.is_alive else "SILENT"
            self.stdout.write(f"  {state.name}  seen {state.seconds_since_seen} s ago  {life}")
        if not states:
            self.stdout.write("  none: start one with “manage.py worker”")
        self.stdout.write("Queue")
        for name, number in diagnosis.summary(now).items():
            self.stdout.write(f"  {name.replace('_', ' ')}: {number}")
        self.stdout.write("Active jobs")
        jobs = Job.objects.active().select_related("organization").order_by("queued_at")
        for job in jobs:
            why = diagnosis.why_waiting(job, now) or "progressing"
            if job.is_cancelling:
                why = "being cancelled"
            self.stdout.write(
                f"  {job.pk}  {job.organization}  “{job.name}”  {job.status}"
                f"  {job.ended_documents}/{job.total_documents}: {why}"
            )
        if not jobs:
            self.stdout.write("  none")
