"""One warm conversion child: whatever a document does to it, the worker lives on."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from .. import errors
from ..errors import ConversionError
from ..options import ConversionOptions
from ..pipeline import Conversion
from . import memory
from .wire import CHUNK_BYTES, FrameBuffer, write_frame

PROJECT = Path(__file__).resolve().parents[3]
CHILD = "documents.conversion.sandbox.child"
DEFAULT_MEMORY_BYTES = 2 * 1024**3
DEFAULT_MAX_DOCUMENTS = 200
START_SECONDS = 60.0
STDERR_BYTES = 4096
GONE_SECONDS = 10.0
# All the child sees of the worker's environment: no secret key, no database, no tokens.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
# One thread each, as there are as many children as workers. The memory limit counts addresses: two
# arenas, and no gigabyte that an engine sets aside in advance. What allocators say goes to stderr.
ONE_THREAD = {
    "OMP_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MIMALLOC_ARENA_RESERVE": "32768",  # KB
    "MIMALLOC_SHOW_ERRORS": "1",
}
LOOK_SECONDS = 0.1  # between two looks at the memory of a child


@dataclass(frozen=True)
class Progress:
    """What the child is doing: a stage, and pages done of a total where there are pages."""

    stage: str
    done: int | None
    total: int | None


Tick = Callable[[Progress | None], None]


@dataclass
class _Child:
    """A running child, the parent's ends of its pipes, and who started it."""

    process: subprocess.Popen[bytes]
    requests: int
    replies: int
    home: Path
    owner: tuple[int, threading.Thread]  # process, thread
    frames: FrameBuffer
    documents: int = 0
    peak: int = 0  # bytes of memory, as far as the parent has seen

    @property
    def stderr(self) -> Path:
        return self.home / "stderr"


class Sandbox:
    """Converts documents in a child process with limits. One per worker; not thread-safe.

    The child is started by the first document, and anew after a failure, after `max_documents`,
    and for another thread: the kernel would kill it when the thread that started it ends.
    """

    def __init__(
        self,
        *,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
        max_documents: int = DEFAULT_MAX_DOCUMENTS,
        fault_injection: bool = False,
    ) -> None:
        self.memory_bytes = memory_bytes
        self.max_documents = max_documents
        self.fault_injection = fault_injection
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def convert(
        self,
        path: Path,
        *,
        filename: str,
        options: ConversionOptions,
        timeout_seconds: float,
        tick: Tick,
        interval_seconds: float = 1.0,
        password: str | None = None,
    ) -> Conversion:
        """Convert one file; `tick` is called with the last progress once in every interval.

        `password` opens a protected file; it goes to the child with this request and nowhere else.

        Whatever `tick` raises kills the child with all its descendants and then goes on to the
        caller. Raises ConversionError: those of the document itself, out_of_memory, and
        conversion_timeout and conversion_crashed, which are not permanent.
        """
        request = {
            "path": str(Path(path).resolve()),
            "filename": filename,
            "options": options.as_dict(),
            "timeout_seconds": timeout_seconds,
            "password": password,
        }
        answer = self._asked(request, filename, tick, interval_seconds)
        return Conversion.from_dict(answer["conversion"])

    def work(self, verb: str, arguments: Mapping[str, Any], *, timeout_seconds: float) -> Any:
        """The answer of one of verbs.VERBS to JSON values; a `path` among them is one of a file.

        Raises ConversionError: those of the file, out_of_memory, conversion_timeout,
        conversion_crashed, and conversion_failed for a fault of ours.
        """
        request = {"verb": verb, "arguments": arguments, "timeout_seconds": timeout_seconds}
        filename = arguments.get("filename", "text")
        return self._asked(request, filename, _no_tick, timeout_seconds)["value"]

    def _asked(
        self, request: dict[str, Any], filename: str, tick: Tick, interval: float
    ) -> Mapping[str, Any]:
        while True:
            child = self._ready_child(tick, interval)
            child.documents += 1
            try:
                return self._answered(child, request, filename, tick, interval)
            except ConversionError as problem:
                is_judged = problem.code != "out_of_memory" or child.documents == 1
                if is_judged or not problem.permanent:
                    raise
            # What earlier documents left in its memory may be to blame: a fresh child decides.

    def _answered(
        self, child: _Child, request: dict[str, Any], filename: str, tick: Tick, interval: float
    ) -> Mapping[str, Any]:
        try:
            self._send(child, request)
            answer = self._wait(child, request["timeout_seconds"], tick, interval)
            self._require_success(child, answer, filename)
        except ConversionError as problem:
            if not problem.permanent or problem.code == "out_of_memory":
                self.kill()
            raise
        except BaseException:
            self.kill()
            raise
        return answer

    def kill(self) -> None:
        """Kill the child and its whole process group; return when all of it is gone."""
        child, self._child = self._child, None
        if child is None:
            return
        for descriptor in (child.requests, child.replies):
            os.close(descriptor)
        if child.owner[0] == os.getpid():  # after a fork the child belongs to the other process
            _kill_group(child.process)
            shutil.rmtree(child.home, ignore_errors=True)

    def close(self) -> None:
        """End the child; it keeps nothing that would need a farewell."""
        self.kill()

    def _ready_child(self, tick: Tick, interval: float) -> _Child:
        child = self._child
        # The thread itself, not its number: numbers of threads that have ended are used again.
        me = (os.getpid(), threading.current_thread())
        if child is not None:
            is_worn = child.documents >= self.max_documents or child.owner != me
            if not is_worn and child.process.poll() is None:
                return child
            self.kill()
        self._child = self._start(me)
        try:
            self._wait(self._child, START_SECONDS, tick, interval)
        except BaseException:
            self.kill()
            raise
        return self._child

    def _start(self, owner: tuple[int, threading.Thread]) -> _Child:
        home = Path(tempfile.mkdtemp(prefix="curatore-"))
        request_end, requests = os.pipe()
        replies, reply_end = os.pipe()
        os.set_blocking(replies, False)
        arguments = [request_end, reply_end, os.getpid(), self.memory_bytes]
        try:
            with (home / "stderr").open("ab") as stderr:
                process = subprocess.Popen(  # noqa: S603 - our own module, numbers as arguments
                    [
                        sys.executable,
                        "-m",
                        "documents.conversion.sandbox.child",
                        *map(str, arguments),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=stderr,
                    stderr=stderr,
                    cwd=home,
                    env=self._environment(home),
                    pass_fds=(request_end, reply_end),
                    start_new_session=True,
                )
        except BaseException:
            os.close(requests)
            os.close(replies)
            shutil.rmtree(home, ignore_errors=True)
            raise
        finally:
            os.close(request_end)
            os.close(reply_end)
        return _Child(process, requests, replies, home, owner, FrameBuffer())

    def _environment(self, home: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        own = {
            "HOME": str(home),
            "TMPDIR": str(home),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUTF8": "1",
        }
        faults = {"CURATORE_FAULT_INJECTION": "1"} if self.fault_injection else {}
        return {**kept, **ONE_THREAD, **own, **faults}

    def _send(self, child: _Child, request: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            os.truncate(child.stderr, 0)  # what earlier documents caused is of no interest
        try:
            write_frame(child.requests, request)
        except BrokenPipeError as problem:
            raise self._death(child) from problem

    def _wait(
        self, child: _Child, seconds: float, tick: Tick, interval: float
    ) -> Mapping[str, Any]:
        """The next message that is no progress; ticks while it waits."""
        deadline = time.monotonic() + seconds
        next_tick = time.monotonic() + interval
        progress: Progress | None = None
        poll = select.poll()
        poll.register(child.replies, select.POLLIN)
        while True:
            now = time.monotonic()
            if now >= next_tick:
                tick(progress)
                next_tick = time.monotonic() + interval
            if now >= deadline:
                raise _timeout(seconds, _tail(child.stderr))
            pause = min(next_tick, deadline) - time.monotonic()
            poll.poll(1000 * max(0.0, min(pause, LOOK_SECONDS)) + 1)
            child.peak = max(child.peak, memory.peak_bytes(child.process.pid))
            for message in self._receive(child):
                if message["kind"] != "progress":
                    return message
                progress = Progress(message["stage"], message["done"], message["total"])

    def _receive(self, child: _Child) -> list[Mapping[str, Any]]:
        """Messages that have arrived; raises conversion_crashed if the child is gone or raves."""
        messages: list[Mapping[str, Any]] = []
        try:
            data = os.read(child.replies, CHUNK_BYTES)
        except BlockingIOError:
            return messages
        if not data:
            raise self._death(child)
        child.frames.feed(data)
        try:
            while child.frames.has_frame():
                messages.append(child.frames.take())
        except ValueError as problem:
            raise _crash(str(problem)) from problem
        return messages

    def _death(self, child: _Child) -> ConversionError:
        """Why a child that closed its pipe has died."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=GONE_SECONDS)
        status = child.process.returncode
        last_words = _tail(child.stderr)
        detail = f"{_status_name(status)}\n{last_words}"
        if status == -signal.SIGXCPU:
            return _timeout(None, detail)
        if status == -signal.SIGKILL:  # not by us: we ask no more of a child that we killed
            return _killed(detail)
        is_silent = memory.is_silent_end(status, last_words)
        if is_silent or memory.ran_out(detail, child.peak, self.memory_bytes):
            return _out_of_memory(self.memory_bytes, detail)
        return _crash(detail)

    def _require_success(self, child: _Child, answer: Mapping[str, Any], filename: str) -> None:
        if answer["kind"] in {"done", "value"}:
            return
        if answer["kind"] == "error":
            problem = ConversionError.from_dict(answer["error"])
        else:
            problem = errors.own_fault(filename, answer["detail"])
        words = f"{problem.detail}\n{_tail(child.stderr)}"
        if memory.ran_out(words, child.peak, self.memory_bytes):
            raise _out_of_memory(self.memory_bytes, words)
        raise problem


def _no_tick(progress: Progress | None) -> None:
    """Nobody looks at the progress of a short piece of work."""


def _timeout(seconds: float | None, detail: str) -> ConversionError:
    allowed = "the time allowed" if seconds is None else f"{seconds:g} seconds"
    return ConversionError(
        "conversion_timeout",
        f"The conversion took longer than {allowed} and was stopped.",
        "Allow more time in the options, or split the document into smaller files.",
        permanent=False,
        detail=detail,
    )


def _crash(detail: str) -> ConversionError:
    return ConversionError(
        "conversion_crashed",
        "The conversion program crashed on this document.",
        "Try again; if it happens again, save the document in another format, such as PDF.",
        permanent=False,
        detail=detail,
    )


def _out_of_memory(limit: int, detail: str) -> ConversionError:
    # All workers of a site have the same limit: none of them could do better.
    return ConversionError(
        "out_of_memory",
        f"The conversion needed more than {limit // 1024**2} MB of memory and was stopped.",
        "Split the document into smaller files, or ask an administrator to allow more memory.",
        detail=detail,
    )


def _killed(detail: str) -> ConversionError:
    # As systems do when the machine has no memory left; another machine may have.
    return ConversionError(
        "out_of_memory",
        "The conversion was killed from outside, most likely because the machine had no memory"
        " left.",
        "Try again when the machine has less to do, or split the document into smaller files.",
        permanent=False,
        detail=detail,
    )


def _status_name(status: int | None) -> str:
    if status is None:
        return "still running"
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


def _tail(path: Path) -> str:
    """The last of what was written to a file, as text."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - STDERR_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process group that `process` leads; return when nothing of it lives."""
    deadline = time.monotonic() + GONE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.poll()
        if not _lives(process.pid):
            process.wait()
            return
        time.sleep(0.005)


def _lives(group: int) -> bool:
    """Whether a process group has members that are more than zombies."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS answers so for a group of zombies
        pass
    return any(_is_member(process, group) for process in psutil.process_iter())


def _is_member(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.Error):
        return False
