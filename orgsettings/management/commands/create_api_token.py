"""manage.py create_api_token: a token for a program, printed once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orgsettings import tokens
from orgsettings.models import User


class Command(BaseCommand):
    help = "Make an API token. Only the token is printed, so that a script can take it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument(
            "--expires-days", type=int, help="days until it stops working; without it, never"
        )

    def handle(
        self, *args: Any, username: str, name: str, expires_days: int | None, **options: Any
    ) -> None:
        if expires_days is not None and not 1 <= expires_days <= tokens.LONGEST_DAYS:
            raise CommandError(f"--expires-days must be from 1 to {tokens.LONGEST_DAYS}.")
        if not 1 <= len(name) <= tokens.LONGEST_NAME:
            raise CommandError(f"--name must have 1 to {tokens.LONGEST_NAME} characters.")
        expires_at = timezone.now() + timedelta(days=expires_days) if expires_days else None
        _, secret = tokens.create(_find(username), name=name, expires_at=expires_at)
        self.stdout.write(secret)


def _find(username: str) -> User:
    user = User.objects.select_related("membership__organization").filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no user “{username}”. Make one with manage.py bootstrap.")
    if getattr(user, "membership", None) is None:
        raise CommandError(
            f"The user “{username}” belongs to no organization. Run manage.py bootstrap first."
        )
    return user
