"""Many files at once, without jobs or database: several sandboxes in threads, one manifest."""

import contextlib
import hashlib
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConversionError
from .formats import SUPPORTED_EXTENSIONS
from .options import ConversionOptions
from .pipeline import Conversion
from .sandbox.parent import Progress, Sandbox
from .scoring.quality import Thresholds, is_rag_ready

TICK_SECONDS = 0.2

Entry = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A file to convert, its name in the manifest, and the name of its Markdown file."""

    path: Path
    name: str
    output: str


@dataclass(frozen=True)
class Plan:
    """What to do with every file."""

    out: Path
    options: ConversionOptions
    thresholds: Thresholds
    timeout_seconds: float
    workers: int


class StoppedError(Exception):
    """The batch was stopped while a file was being converted."""


def find_sources(paths: Iterable[Path], out: Path) -> list[Source]:
    """Files named directly, and all files of supported formats in folders and below.

    `out` is left out of the search. Two files never get the same output name, also not on a disk
    that ignores case.
    """
    sources: list[Source] = []
    taken: set[str] = set()
    for path, name in _walk(paths, out.resolve()):
        output, number = f"{name}.md", 2
        while output.casefold() in taken:
            output, number = f"{name}-{number}.md", number + 1
        taken.add(output.casefold())
        sources.append(Source(path, name, output))
    return sources


def _walk(paths: Iterable[Path], out: Path) -> Iterator[tuple[Path, str]]:
    seen: set[Path] = set()
    for path in paths:
        found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in found:
            real = file.resolve()
            is_wanted = file == path or file.suffix.lower() in SUPPORTED_EXTENSIONS
            if not is_wanted or real in seen or out in real.parents:
                continue
            seen.add(real)
            yield file, file.name if file == path else file.relative_to(path).as_posix()


def convert_all(
    sources: list[Source], plan: Plan, stop: threading.Event, done: Callable[[Entry], None]
) -> list[Entry]:
    """Convert `sources` and write their Markdown under `plan.out`.

    `done` is called in this thread with the manifest entry of each file as it ends. Once `stop` is
    set, running conversions are killed; files that have not ended get the status "cancelled".

    Returns:
        One entry for each source, in their order.
    """
    waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Entry | BaseException] = queue.SimpleQueue()
    for source in sources:
        waiting.put(source)
    threads = [
        threading.Thread(target=_work, args=(waiting, ended, plan, stop))
        for _ in range(min(plan.workers, len(sources)))
    ]
    for thread in threads:
        thread.start()
    entries: dict[str, Entry] = {}
    try:
        for entry in _collected(ended, threads):
            entries[entry["output"]] = entry
            done(entry)
    finally:  # also after Ctrl-C in this thread
        stop.set()
        for thread in threads:
            thread.join()
    return [entries.get(source.output) or _unfinished(source) for source in sources]


def _collected(
    ended: queue.SimpleQueue[Entry | BaseException], threads: list[threading.Thread]
) -> Iterator[Entry]:
    while any(thread.is_alive() for thread in threads) or not ended.empty():
        with contextlib.suppress(queue.Empty):
            entry = ended.get(timeout=TICK_SECONDS)
            if isinstance(entry, BaseException):
                raise entry
            yield entry


def _work(
    waiting: queue.SimpleQueue[Source],
    ended: queue.SimpleQueue[Entry | BaseException],
    plan: Plan,
    stop: threading.Event,
) -> None:
    try:
        with Sandbox() as sandbox:
            while not stop.is_set():
                ended.put(_entry(waiting.get_nowait(), plan, sandbox, stop))
    except (queue.Empty, StoppedError):
        return
    except BaseException as problem:  # a full disk, for example: the batch ends with it
        stop.set()
        ended.put(problem)


def _entry(source: Source, plan: Plan, sandbox: Sandbox, stop: threading.Event) -> Entry:
    def tick(progress: Progress | None) -> None:
        if stop.is_set():
            raise StoppedError

    started = time.monotonic()
    entry: Entry = {"file": source.name, "sha256": _sha256(source.path.read_bytes())}
    try:
        conversion = sandbox.convert(
            source.path,
            filename=source.path.name,
            options=plan.options,
            timeout_seconds=plan.timeout_seconds,
            tick=tick,
            interval_seconds=TICK_SECONDS,
        )
    except ConversionError as problem:
        error = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        entry |= {"status": "failed", "error": error}
    else:
        entry |= {"status": "converted"} | _written(conversion, source, plan)
    seconds = round(time.monotonic() - started, 3)
    return {**entry, "seconds": seconds, "output": source.output}


def _written(conversion: Conversion, source: Source, plan: Plan) -> Entry:
    data = conversion.markdown.encode()
    target = plan.out / source.output
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(data)
    partial.replace(target)  # whoever reads the folder meanwhile never sees half a file
    return {
        "output_sha256": _sha256(data),
        "engine": conversion.engine,
        "media_type": conversion.media_type,
        "pages": conversion.page_count,
        "ocr_pages": conversion.ocr_page_count,
        "score": conversion.quality.conversion_score,
        "rag_ready": is_rag_ready(conversion.quality, plan.thresholds),
        "quality": conversion.quality.as_dict(),
        "warnings": list(conversion.warnings),
    }


def _unfinished(source: Source) -> Entry:
    return {"file": source.name, "output": source.output, "status": "cancelled"}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_manifest(out: Path, entries: list[Entry], options: Mapping[str, Any]) -> Path:
    """Write `manifest.json`: the options, and for each file what became of it."""
    path = out / "manifest.json"
    statuses = [entry["status"] for entry in entries]
    counts = {name: statuses.count(name) for name in ("converted", "failed", "cancelled")}
    for entry in entries:
        if entry["status"] != "converted":
            entry["output"] = None
    manifest = {"options": options, "counts": counts, "files": entries}
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def default_workers() -> int:
    return os.cpu_count() or 1
