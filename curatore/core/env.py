"""Read one setting from the environment, or stop with a sentence that names it.

Every reader raises `ImproperlyConfigured`; `manage.py` and the WSGI server show its message.
"""

import os
from pathlib import Path

import environ
from croniter import croniter
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def file(default: Path) -> Path | None:
    """The file of settings: that which CURATORE_ENV_FILE names, or `default`; None without one."""
    chosen = os.environ.get("CURATORE_ENV_FILE")
    if chosen == "":
        return None
    path = Path(chosen) if chosen else default
    if chosen and not path.is_file():
        raise ImproperlyConfigured(f"CURATORE_ENV_FILE names {path}, which is not a file.")
    return path if path.is_file() else None


def load_file(default: Path) -> None:
    """Read the file of settings; variables already set win."""
    if path := file(default):
        _env.read_env(str(path))


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment or in .env; .env.example explains it."
        )
    return default


def items(name: str, default: list[str]) -> list[str]:
    """A list of comma-separated words."""
    value = os.environ.get(name, "")
    return [item.strip() for item in value.split(",") if item.strip()] if value else default


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be true or false; it is “{value}”.")


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number within `minimum` and `maximum`, both allowed."""
    value = os.environ.get(name, "").strip() or str(default)
    try:
        number = int(value)
    except ValueError:
        number = minimum - 1
    if not minimum <= number <= maximum:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {minimum} to {maximum}; it is “{value}”."
        )
    return number


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; it is “{value}”.")
    return value


def cron(name: str, default: str) -> str:
    """A cron expression of five fields."""
    value = os.environ.get(name, "").strip() or default
    if len(value.split()) != 5 or not croniter.is_valid(value):
        raise ImproperlyConfigured(
            f"{name} must be a cron expression of five fields, such as “{default}”;"
            f" it is “{value}”."
        )
    return value


def folder(name: str, default: Path, mode: int = 0o777) -> Path:
    """A folder to write into; made if it is not there, with this mode less the umask."""
    path = Path(os.environ.get(name, "") or default).resolve()
    try:
        path.mkdir(mode, parents=True, exist_ok=True)
    except OSError as refusal:
        raise ImproperlyConfigured(
            f"{name} names {path}, which cannot be made: {refusal.strerror}."
        ) from refusal
    return path


def database(name: str, default: str) -> dict[str, object]:
    """Django's database settings from a URL: sqlite:///path or postgres://user:password@host/db."""
    value = os.environ.get(name, "").strip() or default
    config = environ.Env.db_url_config(value)
    engine = config.get("ENGINE", "")
    if engine not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            f"{name} must be a sqlite:/// or postgres:// URL; it begins with"
            f" “{value.split(':', maxsplit=1)[0]}”."
        )
    return config
