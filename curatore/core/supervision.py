"""Parts of an installation under one command: each a process that is started anew when it dies."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from django.conf import settings
from django.core.management.base import CommandError

from curatore.core.processes import die_with_parent, kill_descendants

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.4, 30  # seconds; each death in a row doubles the pause
_WELL_AFTER = 60  # seconds; who lived so long was well, and its next death is a first one again
_LOOK_EVERY = 0.1  # seconds


class FirstSign:
    """A pipe through which processes say that they work; heard once, it counts for good."""

    def __init__(self) -> None:
        self._heard = False
        self._read, self.write = os.pipe()  # file descriptors, open as long as this process lives
        os.set_blocking(self._read, False)

    def was_heard(self) -> bool:
        if not self._heard:
            with suppress(BlockingIOError):
                self._heard = bool(os.read(self._read, 1))
        return self._heard


@dataclass
class Part:
    """A process, by its command; it runs in a session of its own.

    Ctrl-C therefore reaches only the supervising process, which passes it on once.
    """

    name: str  # as in “The worker was killed”
    command: list[str]
    inherited: Sequence[int] = ()  # file descriptors
    sign: FirstSign | None = None  # if it fails before this was heard of any part, all ends
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started_at: float = field(default=0, init=False)  # time.monotonic()
    _due_at: float = field(default=0, init=False)
    _deaths: int = field(default=0, init=False)  # in a row

    def look(self) -> None:
        """Start the process if it is due; tell of its death and decide when it is due again.

        Raises:
            CommandError
        """
        now = time.monotonic()
        if self._process is None:
            if now >= self._due_at:
                self._start(now)
        elif (code := self._process.poll()) is not None:
            self._process = None
            lived = now - self._started_at
            if self.sign and code > 0 and not self.sign.was_heard():
                raise CommandError(f"The {self.name} cannot start; what it says is above.")
            self._deaths = 1 if lived > _WELL_AFTER else self._deaths + 1
            pause = min(_FIRST_PAUSE * 2 ** (self._deaths - 1), _LONGEST_PAUSE)
            self._due_at = now + pause
            how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            logger.error("The %s %s; restarting in %g s.", self.name, how, pause)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end of the process, at most until this time.monotonic()."""
        if self._process is not None:
            try:
                self._process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _start(self, now: float) -> None:
        self._started_at = now
        self._process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=settings.BASE_DIR,
            pass_fds=[*self.inherited, *([self.sign.write] if self.sign else [])],
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),  # noqa: PLW1509
        )


def keep_alive(
    parts: Sequence[Part], *, stop_seconds: float, at_stop: Callable[[], object]
) -> None:
    """Run the parts until SIGTERM or SIGINT, then end them all.

    Args:
        stop_seconds: how long a part may take to end; then it is killed.
        at_stop: called before the parts are told to end.

    Raises:
        CommandError: a part failed before its first sign.
    """
    asked = _remember_signals()
    try:
        while not asked:
            for part in parts:
                part.look()
            time.sleep(_LOOK_EVERY)
    finally:
        at_stop()
        until = time.monotonic() + stop_seconds
        for part in parts:
            part.stop()
        for part in parts:
            part.wait(until)
        kill_descendants()


def _remember_signals() -> list[int]:
    """A list that SIGTERM and SIGINT will be added to."""
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return asked
