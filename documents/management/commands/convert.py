"""`manage.py convert`: files to Markdown from the command line, without jobs or database."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.conversion import ConversionOptions
from documents.conversion.batch import (
    Entry,
    Plan,
    convert_all,
    default_workers,
    find_sources,
    write_manifest,
)
from orgsettings.options import OptionsError, ProcessingOptions, complete, normalize

SOME_FAILED = 2
INTERRUPTED = 130


class Command(BaseCommand):
    help = "Convert files and folders to Markdown. Needs no database and no worker."
    requires_system_checks: list[str] = []

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        # The parser would leave with 2, which here means that some files failed.
        parser = super().create_parser(*args, **kwargs)
        parser.called_from_command_line = False
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except CommandError as problem:
            self.stderr.write(str(problem))
            sys.exit(problem.returncode)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument("--out", type=Path, required=True, help="folder for the Markdown")
        parser.add_argument("--workers", type=int, default=default_workers(), help="processes")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="as in ocr_settings.language=deu or auto_optimize=false; may be repeated",
        )

    def handle(
        self, *args: Any, paths: list[Path], out: Path, workers: int, option: list[str], **_: Any
    ) -> None:
        if workers < 1:
            raise CommandError("--workers must be at least 1.")
        options = _options(option)
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"There is no file or folder {', '.join(missing)}.")
        sources = find_sources(paths, out)
        if not sources:
            raise CommandError("No files of a supported format were found.")
        plan = Plan(
            _folder(out),
            ConversionOptions.from_processing_options(options.as_dict()),
            options.quality_thresholds,
            options.processing_settings.timeout_seconds,
            workers,
        )
        stop = threading.Event()
        with self._display(len(sources)) as show, _stopping(stop):
            entries = convert_all(sources, plan, stop, show)
        manifest = write_manifest(out, entries, options.as_dict())
        self._finish(entries, manifest)

    @contextmanager
    def _display(self, total: int) -> Iterator[Callable[[Entry], None]]:
        """Shows each entry as it ends: beside a progress bar on a terminal, else as a line."""
        if not self.stdout.isatty():
            numbers = iter(range(1, total + 1))
            yield lambda entry: self.stdout.write(f"[{next(numbers)}/{total}] {_line(entry)}")
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns) as progress:
            task = progress.add_task("", total=total)

            def show(entry: Entry) -> None:
                progress.console.print(_line(entry), markup=False, highlight=False)
                progress.advance(task)

            yield show

    def _finish(self, entries: list[Entry], manifest: Path) -> None:
        """Report, and leave with the exit code that says how it went."""
        statuses = [entry["status"] for entry in entries]
        converted, cancelled = statuses.count("converted"), statuses.count("cancelled")
        self.stdout.write(f"{converted} of {len(entries)} files converted; see {manifest}.")
        if cancelled:
            raise CommandError(
                f"Stopped; {cancelled} files were not converted.", returncode=INTERRUPTED
            )
        if converted < len(entries):
            sys.exit(SOME_FAILED if converted else 1)


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C sets `stop`, and whoever waits for it ends in order; a second one interrupts."""
    import signal

    def handler(number: int, frame: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    # Outside the main thread there are no signals to handle.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CommandError(f"The folder {out} cannot be made: {problem.strerror}.") from problem
    return out


def _options(pairs: list[str]) -> ProcessingOptions:
    """The options from pairs such as `ocr_settings.psm=6`."""
    raw: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise CommandError(f"“{pair}” is no option; write it as key=value.")
        section, dot, name = key.partition(".")
        holder = raw.setdefault(section, {}) if dot else raw
        holder[name if dot else section] = _value(text)
    try:
        return ProcessingOptions.of(complete(normalize(raw)))
    except OptionsError as problem:
        raise CommandError(" ".join(error["detail"] for error in problem.errors)) from problem


def _value(text: str) -> bool | int | float | str:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _line(entry: Entry) -> str:
    if entry["status"] == "converted":
        ready = "" if entry["rag_ready"] else ", not RAG-ready"
        return f"{entry['file']}: score {entry['score']}{ready} ({entry['seconds']:.1f} s)"
    error = entry["error"]
    return f"{entry['file']}: failed ({error['code']}). {error['message']} {error['hint']}"
