"""How to tell that memory ran out, whichever engine needed it and however that engine ended."""

import re
import resource
import signal
import sys
from pathlib import Path

# A conversion that came this near to its limit and then failed, failed for want of memory: engines
# call a refused allocation by many names, such as a damaged file.
NEAR = 0.9
# What engines, allocators and Python write when they are refused memory.
SIGNS = re.compile(
    r"memory allocation of \d+ bytes failed|unable to allocate memory|bad_alloc|MemoryError"
    r"|out of memory|no memory|cannot allocate memory|memory allocation failed",
    re.I,
)
PEAK = re.compile(r"^VmPeak:\s+(\d+) kB", re.M)  # in /proc/<pid>/status
# PDFium ends itself without a word then; other engines say why they abort.
SILENT_ENDS = frozenset({signal.SIGABRT, signal.SIGTRAP, signal.SIGILL})


def peak_bytes(pid: int) -> int:
    """The most addresses a process has used at once; 0 if it is gone or the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = PEAK.search(status)
    return int(found[1]) * 1024 if found else 0


def room() -> int:
    """How many bytes of addresses this process may still take."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or sys.platform != "linux":
        return sys.maxsize
    return limit - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def ran_out(text: str, peak: int, limit: int) -> bool:
    """Whether a failure was one of memory: by the engine's words, or by the memory in use."""
    return peak >= NEAR * limit or SIGNS.search(text) is not None


def is_silent_end(status: int | None, text: str) -> bool:
    """Whether a program ended itself as those do that cannot even say that memory ran out."""
    return status is not None and -status in SILENT_ENDS and not text.strip()
