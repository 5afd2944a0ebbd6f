"""The supervisor: runs a django-q2 cluster so that any crash is followed by a clean start.

A process of django-q2's pool that dies suddenly may die with a lock of the shared queues, and the
others then wait for ever while the cluster looks healthy. So the cluster is crash-only: when one of
its processes dies, all of them are killed and a new cluster starts. Every process asks the kernel
to die with its parent, so that none outlives the supervisor.

    supervisor (manage.py worker): watchdog, restart, bounded stop
      +- sentinel (django-q2): scheduler, recycling
           +- workers: jobs.engine.runner, each with one conversion child
           +- pusher, monitor (django-q2)
"""

import logging
import multiprocessing
import os
import signal
import time
import uuid
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_q.cluster import Sentinel
from django_q.worker import worker as run_worker

from curatore.core.db import CONNECTION_ERRORS, retrying
from curatore.core.processes import descendants, die_with_parent, kill_descendants
from jobs.engine import runner, watchdog, workers
from jobs.upkeep import schedules

logger = logging.getLogger(__name__)

# After SIGTERM workers have WORKER_STOP_TIMEOUT for the documents in hand; then so much longer for
# killing conversions and giving documents back, before everything is killed.
_MARGIN_SECONDS = 5
_LONGEST_PAUSE_SECONDS = 30
# So many looks of the watchdog in a row must find the queue standing still, or a worker frozen.
_STALLS = 3
_FREEZES = 2
_fork = multiprocessing.get_context("fork")


class CrashOnlySentinel(Sentinel):
    """django-q2's sentinel, which gives up when a process of its pool dies by itself."""

    def start(self) -> None:
        # A stop comes from the supervisor alone: a SIGTERM to the whole process group, as service
        # managers send it, must not kill workers that could finish.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().start()

    def reincarnate(self, process: Any) -> None:
        """Replace a worker that was recycled or ran into its time-out; else end everything."""
        timer = getattr(process, "timer", None)
        if timer is not None and timer.value in {0, -2}:  # time-out, recycled
            super().reincarnate(process)
            process.kill()  # it may ignore the SIGTERM that a time-out sends
            return
        logger.error("Process %s of the queue died; the queue is restarting.", process.pid)
        kill_descendants()
        os._exit(1)

    def spawn_process(self, target: Callable[..., Any], *args: Any) -> Any:
        process = _fork.Process(
            target=_run_guarded,
            args=(os.getpid(), target, *args),
            name=f"Process-{uuid.uuid4().hex}",
        )
        process.daemon = True
        if target is run_worker:
            process.timer = args[2]  # type: ignore[attr-defined]
            self.pool.append(process)
        process.start()
        return process


def run() -> int:
    """Run clusters until a stop is asked for by SIGTERM or SIGINT; returns the exit code."""
    stopping = _StopSignal()
    retrying(lambda: schedules.ensure(timezone.now()))
    deaths = 0
    while not stopping.asked:
        started_at = time.monotonic()
        _Cluster(stopping).run()
        if stopping.asked:
            break
        # A cluster that lived for a minute was well: the next death is a first one again.
        deaths = 1 if time.monotonic() - started_at > 60 else deaths + 1
        pause = min(0.2 * 2**deaths, _LONGEST_PAUSE_SECONDS)
        logger.error("The queue's processes died; restarting them in %.1f s.", pause)
        stopping.wait(pause)
    return 0


class _StopSignal:
    """Remembers SIGTERM and SIGINT; a second one is for the impatient and stops at once."""

    def __init__(self) -> None:
        self.asked = False
        self.owner = os.getpid()
        signal.signal(signal.SIGTERM, self._note)
        signal.signal(signal.SIGINT, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self.owner:
            return  # a child between its fork and its own handlers
        if self.asked:
            kill_descendants()
            os._exit(1)
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a stop is asked for."""
        until = time.monotonic() + seconds
        while not self.asked and time.monotonic() < until:
            time.sleep(0.1)


class _Cluster:
    """One life of a django-q2 cluster, under the eyes of the watchdog."""

    def __init__(self, stopping: _StopSignal) -> None:
        self.stopping = stopping
        self.stop_event = _fork.Event()
        self.sentinel: ForkProcess = _fork.Process(
            target=_run_sentinel,
            args=(os.getpid(), self.stop_event, _fork.Event(), uuid.uuid4()),
            name="sentinel",
        )

    def run(self) -> None:
        """Start, watch until the cluster dies or a stop is asked for, then leave no process."""
        _watch()  # before the fork: what died with the last cluster is taken back at once
        connections.close_all()  # a connection must not be shared with a child
        self.sentinel.start()
        try:
            self._guard()
            if self.stopping.asked:
                self._stop()
        finally:
            kill_descendants()
            self.sentinel.join()

    def _guard(self) -> None:
        """Return when the sentinel died, the queue or a worker stands still, or at a stop."""
        stalls = freezes = 0
        watch_at = time.monotonic() + watchdog.INTERVAL_SECONDS
        while self.sentinel.is_alive() and not self.stopping.asked:
            self.stopping.wait(0.2)
            if time.monotonic() < watch_at:
                continue
            is_stalled, has_frozen_worker = _watch()
            stalls = stalls + 1 if is_stalled else 0
            freezes = freezes + 1 if has_frozen_worker else 0
            watch_at = time.monotonic() + watchdog.INTERVAL_SECONDS
            if freezes == _FREEZES:
                logger.error(
                    "A worker is frozen, and may keep the others waiting; restarting the queue."
                )
                return
            if stalls == _STALLS:
                logger.error("The queue stands still although workers are idle; restarting it.")
                return

    def _stop(self) -> None:
        runner.request_stop(settings.WORKER_STOP_TIMEOUT)
        self.stop_event.set()
        self.sentinel.join(settings.WORKER_STOP_TIMEOUT + _MARGIN_SECONDS)
        if self.sentinel.is_alive():
            logger.error("The workers did not stop in time; killing them.")


def _watch() -> tuple[bool, bool]:
    """Let the watchdog look: whether the queue seems to stand still, whether a worker is frozen."""
    try:
        watchdog.look(timezone.now())
        below = descendants()
        return watchdog.is_stalled(below, timezone.now()), watchdog.has_frozen_worker(below)
    except CONNECTION_ERRORS as trouble:
        logger.warning("The watchdog could not reach the database: %s", trouble)
        connections.close_all()
        return False, False


def _run_sentinel(parent: int, stop_event: Any, start_event: Any, cluster_id: uuid.UUID) -> None:
    die_with_parent(parent)
    connections.close_all()
    CrashOnlySentinel(stop_event, start_event, cluster_id)


def _run_guarded(parent: int, target: Callable[..., Any], *args: Any) -> None:
    """A process of the pool: dies with the sentinel; a worker also signs on and off."""
    die_with_parent(parent)
    if target is not run_worker:
        target(*args)
        return
    workers.this_process()
    try:
        target(*args)
    finally:
        runner.close()
        workers.sign_off()
