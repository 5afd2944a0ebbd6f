"""manage.py worker: convert documents until told to stop."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from curatore.core.safety import require_safe_settings
from jobs.engine import supervisor


class Command(BaseCommand):
    help = (
        "Convert the documents of started jobs. Run as many as you like, on as many hosts as share"
        " the database and the storage. SIGTERM or Ctrl-C ends it within WORKER_STOP_TIMEOUT."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        require_safe_settings()
        sys.exit(supervisor.run())
