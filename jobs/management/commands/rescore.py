"""manage.py rescore: score results anew that an older method judged."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.review.rescoring import rescore


class Command(BaseCommand):
    help = (
        "Score results by today's method that an older one judged, a limited number at a time."
        " Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="most results to score (1000)")
        parser.add_argument(
            "--after",
            type=UUID,
            metavar="ID",
            help="go on behind this result, as the last run says",
        )

    def handle(self, *args: Any, limit: int, after: UUID | None, **options: Any) -> None:
        if limit < 1:
            raise CommandError("--limit must be at least 1.")
        done = rescore(limit=limit, after=after)
        self.stdout.write(f"results scored anew: {done.scored}")
        self.stdout.write(f"results that keep their score, without a source: {done.kept}")
        self.stdout.write(f"results that could not be scored: {done.failed}")
        if done.left:
            self.stdout.write(f"results left: {done.left}; go on with --after {done.last}")
