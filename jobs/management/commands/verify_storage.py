"""manage.py verify_storage: rows without files, files without rows."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from jobs.upkeep import storage_check


class Command(BaseCommand):
    help = (
        "Compare the database with the storage. Exit code 1 when something is missing or left over"
        " and --fix was not given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fix",
            action="store_true",
            help="remove files without rows; fail documents whose result is lost, so that they can"
            " be retried; forget uploads and earlier versions whose bytes are lost",
        )

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        now = timezone.now()
        findings = storage_check.look(now)
        for name in findings.orphans:
            self.stdout.write(f"file without row: {name}")
        for row in findings.lost_results:
            self.stdout.write(f"result lost: {row.filename} of job {row.job_id} ({row.job})")
        for version in findings.lost_versions:
            self.stdout.write(
                f"earlier version lost: {version} of job {version.job_document.job_id}"
            )
        for document in findings.lost_uploads:
            self.stdout.write(f"upload lost: {document.filename} ({document.pk})")
        if not findings:
            self.stdout.write("Every row has its file, and every file its row.")
        elif fix:
            storage_check.fix(findings, now)
            self.stdout.write("Fixed.")
        else:
            sys.exit(1)
