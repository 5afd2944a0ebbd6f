"""The conversion child: `python -m documents.conversion.sandbox.child`, started by Sandbox only.

Takes requests from one pipe and writes progress and results to another. It limits itself before
it reads anything foreign, and it dies with its parent.
"""

import argparse
import contextlib
import ctypes
import gc
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from ..errors import ConversionError
from ..options import ConversionOptions
from ..pipeline import convert
from .wire import read_frame, write_frame

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
MAX_FILE_BYTES = 1024**3
MAX_OPEN_FILES = 256
PROGRESS_INTERVAL = 0.1  # seconds
CPU_MARGIN = 5  # seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("requests", type=int)
    parser.add_argument("replies", type=int)
    parser.add_argument("parent", type=int)
    parser.add_argument("memory", type=int)
    arguments = parser.parse_args()
    _die_with_parent(arguments.parent, arguments.requests)
    _limit(arguments.memory)
    # The documents' own objects are many and hold no cycles: looking for some would take a third of
    # the time of a large workbook.
    gc.set_threshold(200_000, 20, 50)
    # Libraries print to standard output; nothing but frames may reach the parent.
    os.dup2(2, 1)
    write_frame(arguments.replies, {"kind": "ready"})
    while (request := read_frame(arguments.requests)) is not None:
        _answer(request, arguments.replies)


def _die_with_parent(parent: int, requests: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    threading.Thread(target=_watch, args=(requests,), daemon=True).start()


def _watch(requests: int) -> None:
    """Where the kernel does not tell: the parent's end of the pipe closes when it is gone."""
    poll = select.poll()
    poll.register(requests, 0)  # hang-ups are always reported
    poll.poll()
    with contextlib.suppress(OSError):
        os.killpg(0, signal.SIGKILL)


def _limit(memory: int) -> None:
    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": MAX_FILE_BYTES,
        "RLIMIT_NOFILE": MAX_OPEN_FILES,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        # A system may not know a limit, or may already have a lower one.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            _, hard = resource.getrlimit(getattr(resource, name))
            soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (soft, hard))


def _limit_cpu(seconds: float) -> None:
    """Let this document use `seconds` of processor time, twice over for engines with threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + 2 * seconds) + CPU_MARGIN
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _answer(request: dict[str, Any], replies: int) -> None:
    _limit_cpu(request["timeout_seconds"])
    try:
        answer = _worked(request) if "verb" in request else _converted(request, replies)
    except ConversionError as problem:
        answer = {"kind": "error", "error": problem.as_dict()}
    except MemoryError:  # a traceback may need more than there is
        answer = {"kind": "bug", "detail": "MemoryError"}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # engines written in Rust raise panics outside Exception
        detail = "".join(traceback.format_exception(problem))
        answer = {"kind": "bug", "detail": detail}
    write_frame(replies, answer)


def _worked(request: dict[str, Any]) -> dict[str, Any]:
    from .verbs import VERBS

    arguments = dict(request["arguments"])
    if "path" in arguments:
        arguments["path"] = Path(arguments["path"])
        _misbehave(arguments["path"])
    return {"kind": "value", "value": VERBS[request["verb"]](**arguments)}


def _converted(request: dict[str, Any], replies: int) -> dict[str, Any]:
    path = Path(request["path"])
    _misbehave(path)
    options = ConversionOptions(**request["options"])
    report = _Reporter(replies)
    conversion = convert(
        path,
        filename=request["filename"],
        options=options,
        report=report,
        password=request["password"],
    )
    return {"kind": "done", "conversion": conversion.as_dict()}


def _misbehave(path: Path) -> None:
    if os.environ.get("CURATORE_FAULT_INJECTION") == "1":
        from .faults import misbehave

        misbehave(path)


class _Reporter:
    """Sends progress on: every change of stage, and within one at most ten times a second."""

    def __init__(self, replies: int) -> None:
        self.replies = replies
        self.stage = ""
        self.sent_at = 0.0

    def __call__(self, stage: str, done: int | None, total: int | None) -> None:
        now = time.monotonic()
        if stage == self.stage and now - self.sent_at < PROGRESS_INTERVAL:
            return
        self.stage, self.sent_at = stage, now
        write_frame(
            self.replies, {"kind": "progress", "stage": stage, "done": done, "total": total}
        )


if __name__ == "__main__":
    main()
