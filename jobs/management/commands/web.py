"""manage.py web: the web server alone, for installations that start the worker by themselves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from curatore.core.safety import require_safe_settings
from curatore.core.supervision import keep_alive
from curatore.web import processes


class Command(BaseCommand):
    help = "Serve pages and API until Ctrl-C or SIGTERM; migrate and collectstatic come before it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        require_safe_settings(host)
        with processes.listen(host, port) as listener:
            parts = processes.parts(listener)
            keep_alive(
                parts,
                stop_seconds=processes.STOP_SECONDS + 5,
                at_stop=listener.close,
            )
