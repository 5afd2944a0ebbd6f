"""manage.py jobs_doctor: who works, what waits, and why."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import ngettext

from jobs import line
from jobs.models import Job
from jobs.monitoring import diagnosis


class Command(BaseCommand):
    help = "Show the workers, the queue, and what each active job and each job in line waits for."

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
        self._show_sharing(now, sum(state.is_alive for state in states))
        self.stdout.write("Active jobs")
        jobs = Job.objects.active().select_related("organization").order_by("queued_at")
        for job in jobs:
            why = diagnosis.why_waiting(job, now) or "progressing"
            if job.is_cancelling:
                why = "being cancelled"
            self.stdout.write(
                f"  {job.pk}  {job.organization}  “{job.name}”  {job.status}"
                f"  {job.done_documents}/{job.total_documents}: {why}"
            )
        if not jobs:
            self.stdout.write("  none")
        self._show_lines(now)

    def _show_lines(self, now: datetime) -> None:
        self.stdout.write("Jobs that wait for a place")
        waiting = diagnosis.lines()
        for job, place in waiting:
            waited = now - (job.waiting_since or now)
            self.stdout.write(
                f"  {job.pk}  {job.organization}  “{job.name}”  {line.in_words(place)},"
                f" for {int(waited.total_seconds())} s"
            )
        if not waiting:
            self.stdout.write("  none")

    def _show_sharing(self, now: datetime, alive: int) -> None:
        """Who holds the workers, with what that takes long, and who has none meanwhile."""
        self.stdout.write("Organizations")
        holdings = diagnosis.holdings(now)
        without = diagnosis.without_worker()
        because = " because of it" if any(held.long_documents for held in holdings) else ""
        for holding in holdings:
            most = ", more than all others together" if holding.workers * 2 > alive > 1 else ""
            of_all = ngettext("%d worker", "%d workers", alive) % alive
            self.stdout.write(f"  {holding.organization} holds {holding.workers} of {of_all}{most}")
            for row in holding.long_documents:
                seconds = int((now - row.started_at).total_seconds()) if row.started_at else 0
                self.stdout.write(
                    f"    {row.filename} takes {seconds} s already (attempt {row.attempts})"
                )
        for name, waiting in without.items():
            wait = ngettext("%d document waits", "%d documents wait", waiting) % waiting
            self.stdout.write(f"  {name} has no worker: {wait}{because}")
        if not holdings and not without:
            self.stdout.write("  none works or waits")
