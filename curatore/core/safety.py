"""What a server must not start with, and what `manage.py check --deploy` warns of besides Django.

Commands that sign nothing run without a SECRET_KEY: as long as it is empty, Django itself refuses
to sign and to read what was signed. Whatever serves or works asks here before it starts.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from curatore.core import private_files

# As Django's own check security.W009 has it.
SHORTEST_KEY = 50  # characters
_FEWEST_DIFFERENT = 5

_MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' prints a good one."


def require_safe_settings(host: str = "") -> None:
    """Let a server start only with what does not give it away.

    Args:
        host: the address that it will listen on; by default HOST.

    Raises:
        ImproperlyConfigured: there is no SECRET_KEY; or the server can be reached from other
            machines and has DEBUG on, a weak SECRET_KEY, or answers to every name.
    """
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured as missing:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it in the environment or in .env; .env.example explains it."
        ) from missing
    reason = _reachable_because(host or settings.HOST)
    fault = next(_faults(key), "") if reason else ""
    if fault:
        raise ImproperlyConfigured(f"{fault} Other machines can reach this server: {reason}.")


def _reachable_because(host: str) -> str:
    """Why this is more than somebody's trial on their own machine; "" if it is not."""
    if settings.HTTPS_ONLY:
        return "HTTPS_ONLY is on"
    if not _is_loopback(host):
        return f"it listens on {host}"
    others = [name for name in settings.ALLOWED_HOSTS if not _is_loopback(name)]
    return f"ALLOWED_HOSTS has {others[0]}" if others else ""


def _faults(key: str) -> Iterator[str]:
    if settings.DEBUG:
        yield (
            "DEBUG is on: every mistake would show source code and settings to the client."
            " Set DEBUG=false."
        )
    if len(key) < SHORTEST_KEY or len(set(key)) < _FEWEST_DIFFERENT:
        yield (
            f"SECRET_KEY can be guessed: it needs {SHORTEST_KEY} random characters."
            f" {_MAKE_A_KEY} Everybody has to sign in again then."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield (
            "ALLOWED_HOSTS is *: a client could choose the address in links that Curatore"
            " makes. Name the hosts."
        )


def _is_loopback(host: str) -> bool:
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Any, **options: Any) -> list[CheckMessage]:
    return list(_warnings())


def _warnings() -> Iterator[Warning]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Warning(
            "ALLOWED_HOSTS is *: the server answers to every name.",
            hint="Name the hosts under which people reach Curatore.",
            id="curatore.W001",
        )
    if settings.CONVERSION_FAULT_INJECTION:
        yield Warning(
            "CONVERSION_FAULT_INJECTION is on: documents can crash and hang their conversion.",
            hint="Set CONVERSION_FAULT_INJECTION=false. It is for tests.",
            id="curatore.W002",
        )
    if found := next(private_files.open_paths(), None):
        yield Warning(
            f"Other users of this machine can reach {found}.",
            hint="Run manage.py migrate as its owner, or chmod go= on it.",
            id="curatore.W003",
        )
