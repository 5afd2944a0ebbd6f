"""manage.py cleanup_jobs: delete what ran out, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jobs.upkeep import retention
from orgsettings.models import Organization


class Command(BaseCommand):
    help = (
        "Delete jobs whose retention has run out, their results, and old uploads that no job"
        " refers to. Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report, but delete nothing")
        parser.add_argument("--organization", metavar="NAME", help="name or slug; default: all")

    def handle(self, *args: Any, dry_run: bool, organization: str | None, **options: Any) -> None:
        owner = _find(organization) if organization else None
        now = timezone.now()
        if dry_run:
            self.stdout.write(f"Would delete {retention.preview(now, organization=owner)}.")
            return
        self.stdout.write(f"Deleted {retention.clean_up(now, organization=owner)}.")


def _find(name: str) -> Organization:
    organizations = Organization.objects
    found = organizations.filter(name=name).first() or organizations.filter(slug=name).first()
    if found is None:
        raise CommandError(f"There is no organization “{name}”.")
    return found
