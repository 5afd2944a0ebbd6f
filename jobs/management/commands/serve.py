"""manage.py serve: set up what is missing, then keep web server and worker alive until stopped."""

import secrets
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from curatore.core import env, static_files
from curatore.core.safety import require_safe_settings
from curatore.core.supervision import Part, keep_alive
from curatore.web import processes
from jobs import samples
from orgsettings import accounts
from orgsettings.models import Role, User

_MANAGE = str(settings.BASE_DIR / "manage.py")


class Command(BaseCommand):
    help = (
        "Migrate, create the first organization and admin in an empty database, then serve web and"
        " worker until Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--no-samples", action="store_true", help="start no sample job")

    def handle(self, *args: Any, host: str, port: int, no_samples: bool, **options: Any) -> None:
        require_safe_settings(host)
        with processes.listen(host, port) as listener:
            self._serve(listener, host, port, with_samples=not no_samples)

    def _serve(self, listener: socket.socket, host: str, port: int, *, with_samples: bool) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        static_files.collect()
        if not User.objects.exists():
            self._set_up(with_samples=with_samples)
        connections.close_all()
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
        self.stdout.write(f"Curatore is at http://{shown}:{port} — Ctrl-C stops it.")
        self.stdout.flush()
        keep_alive(
            [*processes.parts(listener), Part("worker", [sys.executable, _MANAGE, "worker"])],
            stop_seconds=max(processes.STOP_SECONDS, settings.WORKER_STOP_TIMEOUT) + 10,
            at_stop=listener.close,
        )

    def _set_up(self, *, with_samples: bool) -> None:
        organization, _ = accounts.ensure_organization(
            env.text("ORGANIZATION_NAME", "My organization")
        )
        given = env.text("ADMIN_PASSWORD", "")
        password = given or secrets.token_urlsafe(12)
        try:
            admin, _ = accounts.ensure_user(
                organization,
                username=env.text("ADMIN_USERNAME", "admin"),
                password=password,
                role=Role.ADMIN,
            )
        except accounts.AccountError as refusal:
            raise CommandError(f"ADMIN_USERNAME or ADMIN_PASSWORD: {refusal}") from refusal
        User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
        secret = "the password from ADMIN_PASSWORD" if given else password
        self.stdout.write(
            f"Created the organization “{organization}” and its first admin:\n"
            f"    user name  {admin.username}\n"
            f"    password   {secret}\n"
        )
        if not given:
            self.stdout.write("The password is shown only now: keep it.\n")
        if with_samples:
            samples.start_job(organization, admin)
