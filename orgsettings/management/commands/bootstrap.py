"""manage.py bootstrap: an organization and a user, for scripts that set up a server."""

import os
import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from orgsettings import accounts
from orgsettings.models import Role

PASSWORD_VARIABLE = "BOOTSTRAP_PASSWORD"  # noqa: S105  # a name, not a password
_VISIBLE = (
    "The password was an argument: other users of this machine can see it in the list of"
    " processes, and the shell may keep it in its history. Leave --password out to be asked for"
    f" it, or use --password-stdin or {PASSWORD_VARIABLE}."
)


class Command(BaseCommand):
    help = (
        "Make an organization and a user in it. What exists already stays as it is. The password"
        f" is asked for, unless --password-stdin or the variable {PASSWORD_VARIABLE} gives it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="NAME")
        parser.add_argument("--username", required=True)
        given = parser.add_mutually_exclusive_group()
        given.add_argument("--password", help="visible to other users of this machine; avoid it")
        given.add_argument(
            "--password-stdin", action="store_true", help="the first line of standard input"
        )
        parser.add_argument("--role", choices=Role.values, default=Role.ADMIN.value)
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, organization: str, username: str, **options: Any) -> None:
        password = options["password"]
        if password is None:
            password = _password(username, from_stdin=options["password_stdin"])
        else:
            self.stderr.write(_VISIBLE)
        try:
            with transaction.atomic():
                org, org_is_new = accounts.ensure_organization(organization)
                user, user_is_new = accounts.ensure_user(
                    org,
                    username=username,
                    password=password,
                    role=options["role"],
                    email=options["email"],
                )
        except accounts.AccountError as refusal:
            raise CommandError(str(refusal)) from refusal
        role = user.membership.get_role_display().lower()
        self.stdout.write(_sentence(f"The organization “{org}”", made=org_is_new))
        self.stdout.write(_sentence(f"The user “{user}” ({role})", made=user_is_new))


def _password(username: str, *, from_stdin: bool) -> str:
    """The password from where nobody else sees it: standard input, environment, or a prompt."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("Standard input has no password: its first line is empty.")
        return password
    if password := os.environ.get(PASSWORD_VARIABLE, ""):
        return password
    if not sys.stdin.isatty():
        raise CommandError(
            f"There is no password. Set {PASSWORD_VARIABLE}, or write it to standard input and"
            " use --password-stdin."
        )
    password = getpass(f"Password for {username}: ")
    if password != getpass("The same again: "):
        raise CommandError("The two passwords are not the same. Nothing was made.")
    return password


def _sentence(what: str, *, made: bool) -> str:
    return f"{what} was made." if made else f"{what} exists already; nothing was changed."
