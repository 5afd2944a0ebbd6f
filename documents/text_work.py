"""Work on texts and files of people, done in children with limits.

A web thread only waits, and not for long.

A child dies with the thread that started it, and threads of requests come and go. So each process
has a few threads of its own for this, each with a child, started when they are first needed. There
is a place less in front of them than the process has threads for requests: one always answers those
that need no such work, /healthz among them.
"""

import atexit
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTimeError
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from curatore.core.errors import DomainError
from documents.conversion import ConversionError, Quality, Sandbox
from documents.conversion.chunking import Cut, Section
from documents.conversion.exports.boxes import Boxed

WORK_SECONDS = 5.0  # for one piece of work; honest texts of some megabytes take less
WAIT_SECONDS = 10.0  # of a request, for its turn and the work
STREAM_SECONDS = 30.0  # of a stream, for a place: what is being sent cannot be refused any more
CHILDREN = 2  # of one process, at most
RETRY_SECONDS = 10
PLACE_SECONDS = 0.1  # of a request, for a place; an ordinary text gives it free in a tenth of that
# The same for files: a screen asks for several pages at once, each of which takes longer.
FILE_PLACE_SECONDS = 0.5
TEXTS_OF_A_CHILD = 2000


class TakesTooLong(DomainError):
    """A text or file that could not be worked on in time, or no time for it now."""

    code = "takes_too_long"
    status = 503


def score(
    markdown: str, *, before: str | None = None, source_words: str | None = None
) -> tuple[Quality, int]:
    """What an edited text is worth, and how many tokens it has.

    Args:
        before: the text that the conversion made; what `markdown` lost of it costs.
        source_words: the words of the source, as the conversion packed them; used instead.

    Raises:
        TakesTooLong
    """
    arguments = {"text": markdown, "before": before, "source_words": source_words}
    answer = _done("score", arguments)
    return Quality.from_dict(answer["quality"]), answer["tokens"]


def compare(before: str, text: str) -> dict[str, Any]:
    """The differences of two texts; see conversion.differences.compare.

    Raises:
        TakesTooLong
    """
    answer: dict[str, Any] = _done("compare", {"before": before, "text": text})
    return answer


def render(markdown: str, page_label: str) -> str:
    """A text as HTML that is not to be believed; see preview.to_html.

    Raises:
        TakesTooLong
    """
    html: str = _done("render", {"text": markdown, "page_label": page_label})
    return html


def cut(section: Section, *, size: int, overlap: int) -> list[Cut]:
    """The chunks of one section for a stream of them; see chunking.cut.

    It waits longer for a place than the others do, and leaves one to them.

    Raises:
        TakesTooLong
    """
    arguments = {"section": asdict(section), "size": size, "overlap": overlap}
    answer = _children(os.getpid()).done_for_stream("cut", arguments)
    return [Cut(**values) for values in answer]


def boxes(markdown: str, document: str) -> list[Boxed]:
    """Where the blocks of a text stand, for a stream; see conversion.exports.boxes.boxes_of.

    Raises:
        TakesTooLong
    """
    arguments = {"markdown": markdown, "document": document}
    answer = _children(os.getpid()).done_for_stream("boxes", arguments)
    return [Boxed(*values) for values in answer]


def export(
    form: str,
    *,
    markdown: str,
    document: str | None,
    original: dict[str, str],
    facts: dict[str, Any] | None = None,
    is_streamed: bool = False,
) -> str:
    """A result in one of its forms; see conversion.exports.making.made.

    Args:
        is_streamed: it is part of what is being sent, and can wait longer for a place.

    Raises:
        TakesTooLong
    """
    arguments: dict[str, Any] = {"form": form, "markdown": markdown, "document": document}
    arguments |= {"original": original, "facts": facts}
    text: str = (
        _children(os.getpid()).done_for_stream("export", arguments)
        if is_streamed
        else _done("export", arguments)
    )
    return text


def on_file(verb: str, path: Path, **arguments: Any) -> Any:
    """The answer of one of conversion.verbs.VERBS about a file.

    Raises:
        TakesTooLong
        ConversionError: whatever else kept the child from it; see Sandbox.work.
    """
    try:
        return _children(os.getpid()).done(
            verb, arguments | {"path": str(path.resolve())}, FILE_PLACE_SECONDS
        )
    except ConversionError as problem:
        if problem.code == "conversion_timeout":
            raise _too_long_to_read() from problem
        raise
    except TakesTooLong as problem:
        raise _too_long_to_read() from problem


def warm_up() -> None:
    """Start a child and let it load what draws pages; returns at once."""
    _children(os.getpid()).start("warm_up")


class _Children:
    """The threads of one process, with a child each; more work than they can do is refused."""

    def __init__(self) -> None:
        places = max(1, settings.WEB_THREADS - 1)
        self._threads = ThreadPoolExecutor(min(CHILDREN, places), "text-work")
        self._places = threading.BoundedSemaphore(places)
        self._places_of_streams = threading.BoundedSemaphore(max(1, places - 1))
        self._own = threading.local()
        self._sandboxes: list[Sandbox] = []
        atexit.register(self.close)

    def done(self, verb: str, arguments: dict[str, Any], patience: float) -> Any:
        if not self._places.acquire(timeout=patience):
            raise too_long()
        work: Future[Any] = self._threads.submit(self._work, verb, arguments)
        work.add_done_callback(lambda _: self._places.release())
        try:
            return work.result(timeout=WAIT_SECONDS)
        except NotInTimeError as problem:
            work.cancel()
            raise too_long() from problem

    def start(self, verb: str) -> None:
        """Have it done, and forget the answer."""
        self._threads.submit(self._work, verb, {})

    def done_for_stream(self, verb: str, arguments: dict[str, Any]) -> Any:
        if not self._places_of_streams.acquire(timeout=STREAM_SECONDS):
            raise too_long()
        try:
            return self.done(verb, arguments, STREAM_SECONDS)
        except ConversionError as problem:
            raise too_long() from problem
        finally:
            self._places_of_streams.release()

    def _work(self, verb: str, arguments: dict[str, Any]) -> Any:
        if not hasattr(self._own, "sandbox"):
            memory = settings.CONVERSION_MEMORY_MB * 1024**2
            self._own.sandbox = Sandbox(
                memory_bytes=memory,
                max_documents=TEXTS_OF_A_CHILD,
                fault_injection=settings.CONVERSION_FAULT_INJECTION,
            )
            self._sandboxes.append(self._own.sandbox)
        return self._own.sandbox.work(verb, arguments, timeout_seconds=WORK_SECONDS)

    def close(self) -> None:
        for sandbox in self._sandboxes:
            sandbox.close()


@lru_cache(maxsize=1)
def _children(process: int) -> _Children:
    # Whoever was forked has none of the threads, and begins anew.
    return _Children()


def _done(verb: str, arguments: dict[str, Any]) -> Any:
    try:
        return _children(os.getpid()).done(verb, arguments, PLACE_SECONDS)
    except ConversionError as problem:
        raise too_long() from problem


def too_long() -> TakesTooLong:
    return TakesTooLong(
        "Working on this text takes too long, or too many texts wait. Nothing was changed. Try"
        " again in a moment; if that does not help, shorten the text or part it.",
        retry_after=RETRY_SECONDS,
    )


def _too_long_to_read() -> TakesTooLong:
    return TakesTooLong(
        "Reading this document takes too long, or too many pages wait. Try again in a moment; if"
        " that does not help, open the original.",
        retry_after=RETRY_SECONDS,
    )
