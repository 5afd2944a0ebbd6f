"""The processes of the web server: all accept from one socket, which their parent holds open.

While one of them starts anew the others answer, and without others requests wait in the socket.
"""

import socket
import sys

from django.conf import settings
from django.core.management.base import CommandError

from curatore.core.supervision import FirstSign, Part

STOP_SECONDS = 10  # that requests in hand may take after SIGTERM


def listen(host: str, port: int) -> socket.socket:
    """The listening socket.

    Raises:
        CommandError: the address is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as refusal:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {refusal.strerror}."
            f" Choose another port, for example: make run PORT={port + 1}"
        ) from refusal


def parts(listener: socket.socket) -> list[Part]:
    number, sign = listener.fileno(), FirstSign()
    command = [sys.executable, "-m", "curatore.web", str(number), str(sign.write)]
    return [
        Part("web process", command, inherited=[number], sign=sign)
        for _ in range(settings.WEB_PROCESSES)
    ]
