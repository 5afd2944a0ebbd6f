"""manage.py serve: set up what is missing, then run web server and worker under one command."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from curatore import env
from curatore.processes import die_with_parent
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
        _require_free(host, port)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not User.objects.exists():
            self._set_up(with_samples=not no_samples)
        connections.close_all()
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
        self.stdout.write(f"Curatore is at http://{shown}:{port} — Ctrl-C stops it.")
        self.stdout.flush()
        sys.exit(_run_until_stopped([_web_server(host, port), [sys.executable, _MANAGE, "worker"]]))

    def _set_up(self, *, with_samples: bool) -> None:
        organization, _ = accounts.ensure_organization(
            env.text("ORGANIZATION_NAME", "My organization")
        )
        given = env.text("ADMIN_PASSWORD", "")
        password = given or secrets.token_urlsafe(12)
        admin, _ = accounts.ensure_user(
            organization,
            username=env.text("ADMIN_USERNAME", "admin"),
            password=password,
            role=Role.ADMIN,
        )
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


def _web_server(host: str, port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "curatore.wsgi",
        f"--bind={host}:{port}",
        f"--workers={settings.WEB_PROCESSES}",
        f"--threads={settings.WEB_THREADS}",
        "--graceful-timeout=10",
        # Seconds; longer than the pause between two polls, or every fifth of them finds its
        # connection just closed.
        "--keep-alive=75",
        "--log-level=warning",
    ]


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {refusal.strerror}."
                f" Choose another port, for example: make run PORT={port + 1}"
            ) from refusal


def _run_until_stopped(commands: list[list[str]]) -> int:
    """Run the commands until SIGTERM or SIGINT, or until one of them ends; then end all.

    Each runs in a process group of its own, so that Ctrl-C reaches only this process, which passes
    it on once.
    """
    asked = _remember_signals()
    started = [
        subprocess.Popen(  # noqa: S603
            command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),  # noqa: PLW1509
        )
        for command in commands
    ]
    while not asked and all(process.poll() is None for process in started):
        time.sleep(0.2)
    for process in started:
        process.terminate()
    for process in started:
        process.wait()
    return 0 if asked else 1


def _remember_signals() -> list[int]:
    """A list that SIGTERM and SIGINT will be added to."""
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return asked
