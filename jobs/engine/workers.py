"""Worker processes and whether they live, as rows that every host and page can see."""

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import psutil
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jobs.engine import recovery
from jobs.models import Worker

_this: Worker | None = None


def this_process() -> Worker:
    """The row of this process, made at the first call (again after a fork)."""
    global _this  # noqa: PLW0603
    pid = os.getpid()
    if _this is None or _this.pid != pid:
        now = timezone.now()
        _this = Worker.objects.create(
            host=socket.gethostname(),
            place=place(),
            pid=pid,
            pid_started=_start_of(pid),
            started_at=now,
            last_seen_at=now,
        )
    return _this


def sign_off() -> None:
    """Remove the row of this process as it ends."""
    if _this is not None and _this.pid == os.getpid():
        Worker.objects.filter(pk=_this.pk).delete()


def reap_dead(now: datetime) -> int:
    """See which workers of this host live; take the documents of those that died.

    Rows of other hosts that were silent for JOB_WORKER_HEALTH_TIMEOUT seconds are removed; their
    documents come back when the leases run out. Returns how many documents were reclaimed.
    """
    alive: list[Worker] = []
    dead: list[Worker] = []
    for worker in Worker.objects.filter(place=place()):
        (alive if _lives(worker) else dead).append(worker)
    Worker.objects.filter(pk__in=[worker.pk for worker in alive]).update(last_seen_at=now)
    taken = recovery.reclaim_from(dead, now) if dead else 0
    Worker.objects.filter(pk__in=[worker.pk for worker in dead]).delete()
    Worker.objects.filter(last_seen_at__lt=oldest_sign(now), holds=None).delete()
    return taken


def alive(now: datetime) -> QuerySet[Worker]:
    """Workers that gave a sign of life lately."""
    return Worker.objects.filter(last_seen_at__gte=oldest_sign(now))


def is_alive(worker: Worker, now: datetime) -> bool:
    """The same of one."""
    return worker.last_seen_at >= oldest_sign(now)


def oldest_sign(now: datetime) -> datetime:
    """Workers last seen before this moment count as dead."""
    return now - timedelta(seconds=settings.JOB_WORKER_HEALTH_TIMEOUT)


def _lives(worker: Worker) -> bool:
    return _start_of(worker.pid) == worker.pid_started


def _start_of(pid: int) -> str:
    """When the process started, which tells it from a later one of the same number; "" if gone."""
    try:
        process = psutil.Process(pid)
        gone = process.status() == psutil.STATUS_ZOMBIE
        return "" if gone else f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return ""


@cache
def place() -> str:
    """Where this process runs: whoever is at the same place can see its workers' processes."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    parts = [
        socket.gethostname(),
        boot.read_text().strip() if boot.exists() else "",
        str(namespace.readlink()) if namespace.exists() else "",
    ]
    return "/".join(parts)
