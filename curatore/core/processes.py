"""Processes that must not outlive their parent."""

import ctypes
import os
import signal
import sys
import threading
import time

import psutil

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Have this process signalled when its parent, process `parent`, ends in whatever way.

    On Linux by the kernel, also over an exec; elsewhere a thread looks every half second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, how)
    else:
        threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def descendants() -> set[int]:
    """The ids of all processes below this one."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def kill_descendants() -> None:
    """Kill every process below this one, and see them dead."""
    below = psutil.Process().children(recursive=True)
    for process in below:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(below, timeout=5)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
