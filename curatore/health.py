"""Is the process up (/healthz), and can the installation do its work (/readyz)?"""

import logging
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.engine import workers

logger = logging.getLogger(__name__)


class NotReadyError(Exception):
    """The sentence tells an operator what is missing; it is shown to everybody."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok", "version": settings.VERSION})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check passes, else 503; `checks` has a sentence for each."""
    checks = {name: _outcome(name, check) for name, check in _CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks},
        status=200 if ready else 503,
    )


def _outcome(name: str, check: Callable[[], str]) -> dict[str, str | bool]:
    try:
        return {"ok": True, "detail": check()}
    except NotReadyError as missing:
        return {"ok": False, "detail": str(missing)}
    except Exception:  # whatever a database or storage raises: the log has it, visitors do not
        logger.exception("The readiness check “%s” failed", name)
        return {"ok": False, "detail": f"The {name} check failed. The server's log says why."}


def _check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "The database answers."


def _check_migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReadyError(f"Migrations to apply: {len(missing)}. Run manage.py migrate.")
    return "All migrations are applied."


def _check_storage() -> str:
    name = default_storage.save(f"checks/{uuid4()}", ContentFile(b"ready?"))
    default_storage.delete(name)
    return "Files can be written."


def _check_worker() -> str:
    alive = workers.alive(timezone.now()).count()
    if not alive:
        raise NotReadyError("No worker is alive. Start one with manage.py worker.")
    return f"Worker processes alive: {alive}."


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _check_database,
    "migrations": _check_migrations,
    "storage": _check_storage,
    "worker": _check_worker,
}
