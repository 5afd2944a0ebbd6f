"""Makes damaged files from seeds and converts them in sandboxes, several side by side."""

import contextlib
import queue
import re
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from documents.conversion import ConversionError, ConversionOptions, Sandbox
from documents.samples import SAMPLES, bad_files

from .mutations import mutate

OFFENCES = frozenset({"conversion_crashed", "conversion_timeout", "conversion_failed"})
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
    seconds: float
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
        watch = _Watch(sandbox)
        code = detail = ""
        started = time.monotonic()
        try:
            sandbox.convert(
                path,
                filename=seed.name,
                options=ConversionOptions(),
                timeout_seconds=self.timeout_seconds,
                tick=watch.tick,
                interval_seconds=0.1,
            )
        except ConversionError as problem:
            code, detail = problem.code, problem.detail
        seconds = time.monotonic() - started
        result = Result(
            number, seed.name, seed.format, code, seconds, watch.memory(), watch.left(), detail
        )
        if result.offends:
            self._keep(result, data)
        return result

    def _keep(self, result: Result, data: bytes) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        stem = f"{result.code or 'left-files'}-{self.seed}-{result.number}"
        (self.out / f"{stem}-{result.name}").write_bytes(data)
        (self.out / f"{stem}.txt").write_text(result.detail, encoding="utf-8")


class _Watch:
    """Looks at the child of a sandbox during one conversion (Linux only)."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.largest = 0
        child = sandbox._child
        self.before = set(child.home.iterdir()) if child else set()
        if child:  # 5 resets the largest resident size; see proc(5)
            Path(f"/proc/{child.process.pid}/clear_refs").write_text("5")

    def tick(self, progress: object) -> None:
        child = self.sandbox._child
        if child is None:
            return
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{child.process.pid}/status").read_text()
            if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                self.largest = max(self.largest, int(found[1]) * 1024)

    def memory(self) -> int:
        self.tick(None)
        return self.largest

    def left(self) -> int:
        child = self.sandbox._child
        if child is None:
            return 0
        new = set(child.home.iterdir()) - self.before
        return sum(not KEPT.match(path.name) for path in new)
