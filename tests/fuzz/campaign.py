"""Makes damaged files from seeds and converts them in sandboxes, several side by side."""

import contextlib
import queue
import re
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psutil

from documents.conversion import ConversionError, ConversionOptions, Sandbox
from documents.samples import SAMPLES, bad_files

from .mutations import mutate

OFFENCES = frozenset({"conversion_crashed", "conversion_timeout", "conversion_failed"})
# The time limit is one of processor time; by the clock, other work may make it this much longer.
BUSY_MACHINE = 20
LARGEST = re.compile(r"VmHWM:\s+(\d+) kB")
# What a child keeps in its home from one document to the next.
KEPT = re.compile(r"stderr$|tessdata-")


@dataclass(frozen=True)
class Seed:
    """A sound document that damaged ones are made from; `format` is its name's ending."""

    name: str
    data: bytes

    @property
    def format(self) -> str:
        return Path(self.name).suffix.lower().lstrip(".")


@dataclass(frozen=True)
class Result:
    """What became of one damaged file; `code` is empty where it was converted."""

    number: int
    name: str
    format: str
    code: str
    seconds: float  # of processor time
    memory_bytes: int  # largest resident size of the child meanwhile
    left_files: int
    detail: str = ""

    @property
    def offends(self) -> bool:
        return self.code in OFFENCES or self.left_files > 0


def load_seeds(more: Path | None = None) -> list[Seed]:
    """All samples, the bad ones too, and the documents in the folder `more`, sorted by name."""
    paths = [sample.path for sample in SAMPLES.values()] + bad_files()
    if more is not None:
        paths += [path for path in more.iterdir() if path.suffix not in {".py", ".toml"}]
    seeds = [Seed(path.name, path.read_bytes()) for path in paths if path.is_file()]
    return sorted(seeds, key=lambda seed: (seed.name, seed.data))


class Campaign:
    """Damaged files by number; the same seed gives the same files."""

    def __init__(
        self,
        seeds: list[Seed],
        *,
        seed: int,
        timeout_seconds: float,
        memory_bytes: int,
        out: Path,
    ) -> None:
        self.seeds = seeds
        self.seed = seed
        self.timeout_seconds = timeout_seconds
        self.memory_bytes = memory_bytes
        self.out = out

    def input(self, number: int) -> tuple[Seed, bytes]:
        """The seed and the bytes of a damaged file."""
        random = Random(f"{self.seed}-{number}")
        # Each format as often as any other, whatever the number of its samples.
        formats = sorted({seed.format for seed in self.seeds})
        wanted = random.choice(formats)
        seed = random.choice([seed for seed in self.seeds if seed.format == wanted])
        other = random.choice(self.seeds)
        return seed, mutate(seed.name, seed.data, other.data, random)

    def run(self, numbers: Iterable[int], workers: int, scratch: Path) -> list[Result]:
        """Convert all `numbers`; `scratch` is a folder for temporary files."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in numbers:
            waiting.put(number)
        results: list[Result] = []
        threads = [
            threading.Thread(target=self._work, args=(waiting, results, scratch))
            for _ in range(workers)
        ]
        before = tempfile.tempdir
        tempfile.tempdir = str(scratch)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            tempfile.tempdir = before
        return sorted(results, key=lambda result: result.number)

    def _work(self, waiting: queue.SimpleQueue[int], results: list[Result], scratch: Path) -> None:
        with (
            tempfile.TemporaryDirectory(dir=scratch) as folder,
            Sandbox(memory_bytes=self.memory_bytes) as sandbox,
            contextlib.suppress(queue.Empty),
        ):
            while True:
                result = self.convert(waiting.get_nowait(), sandbox, Path(folder))
                results.append(result)

    def convert(self, number: int, sandbox: Sandbox, folder: Path) -> Result:
        """Convert one damaged file, and keep it if it offends."""
        seed, data = self.input(number)
        path = folder / "input"
        path.write_bytes(data)
        watch = _Watch(sandbox, self.timeout_seconds)
        code = detail = ""
        try:
            sandbox.convert(
                path,
                filename=seed.name,
                options=ConversionOptions(),
                timeout_seconds=BUSY_MACHINE * self.timeout_seconds,
                tick=watch.tick,
                interval_seconds=0.1,
            )
        except ConversionError as problem:
            code, detail = problem.code, problem.detail
        except _TooSlow:
            code = "conversion_timeout"
        watch.look()
        result = Result(
            number,
            seed.name,
            seed.format,
            code,
            watch.seconds,
            watch.memory_bytes,
            watch.left(),
            detail,
        )
        if result.offends:
            self._keep(result, data)
        return result

    def _keep(self, result: Result, data: bytes) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        stem = f"{result.code or 'left-files'}-{self.seed}-{result.number}"
        (self.out / f"{stem}-{result.name}").write_bytes(data)
        (self.out / f"{stem}.txt").write_text(result.detail, encoding="utf-8")


class _TooSlow(Exception):
    pass


class _Watch:
    """Looks at the child of a sandbox during one conversion (Linux only)."""

    def __init__(self, sandbox: Sandbox, limit: float) -> None:
        self.sandbox = sandbox
        self.limit = limit
        self.memory_bytes = 0
        self.seconds = 0.0
        self.child = sandbox._child
        self.files = set(self.child.home.iterdir()) if self.child else set()
        self.used_before = _processor_time(self.child) if self.child else 0.0
        if self.child:  # 5 resets the largest resident size; see proc(5)
            Path(f"/proc/{self.child.process.pid}/clear_refs").write_text("5")

    def tick(self, progress: object) -> None:
        self.look()
        if self.seconds > self.limit:
            raise _TooSlow

    def look(self) -> None:
        child = self.sandbox._child
        if child is None:
            return
        if child is not self.child:  # it is a new one
            self.child, self.files, self.used_before = child, set(), 0.0
        with contextlib.suppress(OSError, psutil.Error):
            self.seconds = _processor_time(child) - self.used_before
            status = Path(f"/proc/{child.process.pid}/status").read_text()
            if found := LARGEST.search(status):
                self.memory_bytes = max(self.memory_bytes, int(found[1]) * 1024)

    def left(self) -> int:
        child = self.sandbox._child
        if child is None:
            return 0
        new = set(child.home.iterdir()) - self.files
        return sum(not KEPT.match(path.name) for path in new)


def _processor_time(child: Any) -> float:
    times = psutil.Process(child.process.pid).cpu_times()
    return times.user + times.system
