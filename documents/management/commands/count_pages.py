"""manage.py count_pages: count the pages of files that came before pages were counted."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents import page_counts


class Command(BaseCommand):
    help = (
        "Count the pages of stored files that have no count, a limited number at a time."
        " Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="most files to look at (1000)")
        parser.add_argument(
            "--after", type=UUID, metavar="ID", help="go on behind this file, as the last run says"
        )

    def handle(self, *args: Any, limit: int, after: UUID | None, **options: Any) -> None:
        if limit < 1:
            raise CommandError("--limit must be at least 1.")
        done = page_counts.count_later(limit=limit, after=after)
        self.stdout.write(f"files counted: {done.counted}")
        self.stdout.write(f"files of which nobody can tell: {done.unknown}")
        if done.left:
            self.stdout.write(f"files left: {done.left}; go on with --after {done.last}")
