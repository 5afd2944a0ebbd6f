"""Real misbehaviour on command, to test what surrounds a conversion.

Reachable only in a child whose Sandbox was made with fault_injection=True, for a file that begins
with a line such as `#!curatore-fault sleep 30`.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

MARK = b"#!curatore-fault "
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


_kept: list[bytearray] = []  # what never goes back while the child lives


def misbehave(path: Path) -> None:
    """Do what the first line of the file asks for; nothing without such a line."""
    with path.open("rb") as file:
        line = file.readline(200)
    if not line.startswith(MARK):
        return
    name, *arguments = line.removeprefix(MARK).decode().split()
    FAULTS[name](*arguments)


def _segfault() -> None:
    ctypes.string_at(0)


def _loop() -> None:
    while True:
        pass


def _memory() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(64 * 1024**2))


def _keep(megabytes: str) -> None:
    _kept.append(bytearray(int(megabytes) * 1024**2))


def _need(megabytes: str) -> None:
    bytearray(int(megabytes) * 1024**2)


def _sleep(seconds: str) -> None:
    time.sleep(float(seconds))


def _hold(seconds: str) -> None:
    # Without releasing the interpreter's lock: no other thread of the child can run.
    ctypes.PyDLL(None).sleep(int(seconds))


def _exit(status: str) -> None:
    sys.stderr.write("leaving early\n")
    sys.stderr.flush()
    os._exit(int(status))


def _panic() -> None:
    raise BaseException("a panic of an engine")


def _stubborn_child() -> None:
    subprocess.Popen([sys.executable, "-c", STUBBORN])  # noqa: S603 - a fixed program
    time.sleep(600)


FAULTS: dict[str, Callable[..., None]] = {
    "segfault": _segfault,
    "loop": _loop,
    "memory": _memory,
    "keep": _keep,
    "need": _need,
    "sleep": _sleep,
    "hold": _hold,
    "exit": _exit,
    "panic": _panic,
    "stubborn-child": _stubborn_child,
}
