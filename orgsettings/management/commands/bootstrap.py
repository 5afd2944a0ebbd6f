"""manage.py bootstrap: an organization and a user, for scripts that set up a server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from orgsettings import accounts
from orgsettings.models import Role


class Command(BaseCommand):
    help = "Make an organization and a user in it. What exists already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="NAME")
        parser.add_argument("--username", required=True)
        parser.add_argument("--password", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.ADMIN.value)
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, organization: str, username: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                org, org_is_new = accounts.ensure_organization(organization)
                user, user_is_new = accounts.ensure_user(
                    org,
                    username=username,
                    password=options["password"],
                    role=options["role"],
                    email=options["email"],
                )
        except accounts.AccountError as refusal:
            raise CommandError(str(refusal)) from refusal
        role = user.membership.get_role_display().lower()
        self.stdout.write(_sentence(f"The organization “{org}”", made=org_is_new))
        self.stdout.write(_sentence(f"The user “{user}” ({role})", made=user_is_new))


def _sentence(what: str, *, made: bool) -> str:
    return f"{what} was made." if made else f"{what} exists already; nothing was changed."
