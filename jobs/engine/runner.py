"""A worker's work: take documents, have them converted, bring them to an end.

The conversion runs in a child process of its own (documents/conversion/sandbox); this process never
parses a document. While it waits it keeps the leases, and looks whether the job is being cancelled,
the worker is to stop, or another organization waits in vain.
"""

import logging
import time
from collections.abc import Callable
from functools import cache, partial
from multiprocessing.sharedctypes import RawValue
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from curatore.core.db import CONNECTION_ERRORS, retrying
from documents.conversion import Conversion, ConversionError, ConversionOptions, Progress
from documents.conversion.sandbox.parent import Sandbox
from documents.files import local_file
from jobs import file_passwords, queue, results, reuse
from jobs.engine import attempts, claims, sharing, workers
from jobs.engine.attempts import Attempt, AttemptLost

logger = logging.getLogger(__name__)

# When the grace of a stop request ends, in seconds of the monotonic clock; 0: no stop requested.
# Shared with the supervisor through fork, and without a lock: whoever dies leaves nothing locked.
_stop_at = RawValue("d", 0.0)


class Cancelled(Exception):
    """The job is being cancelled: the running conversion was killed."""


class Stopped(Exception):
    """The worker has to stop and its grace is over: the running conversion was killed."""


class GaveWay(Exception):
    """Another organization waits for a worker: the running conversion was killed."""


def request_stop(grace_seconds: float) -> None:
    """Tell all workers forked from this process to take nothing more, and end within the grace."""
    _stop_at.value = time.monotonic() + grace_seconds


def is_stopping() -> bool:
    return bool(_stop_at.value)


def run_slice() -> None:
    """Convert documents for a slice of time; leave a wakeup if some still wait.

    The slice ends before a claim, never inside one: a long document is no reason to stop it.
    """
    worker = workers.this_process()
    ends_at = time.monotonic() + settings.TOKEN_SLICE_SECONDS
    while not is_stopping() and time.monotonic() < ends_at:
        batch = retrying(lambda: claims.claim(worker, timezone.now()))
        if not batch:
            return
        _work(batch)
    retrying(queue.top_up)


def close() -> None:
    """End the conversion child of this process."""
    _sandbox().close()


@cache
def _sandbox() -> Sandbox:
    return Sandbox(
        memory_bytes=settings.CONVERSION_MEMORY_MB * 1024 * 1024,
        fault_injection=settings.CONVERSION_FAULT_INJECTION,
    )


def _work(batch: list[Attempt]) -> None:
    """Convert the documents of a batch one by one; release what remains when that must stop."""
    remaining = list(batch)
    heartbeat = _Heartbeat(remaining)
    try:
        while remaining:
            _work_on(remaining, heartbeat)
            remaining.pop(0)
    except Stopped:
        _release(remaining, "the worker was told to stop")
    except Cancelled:
        _release(remaining, "the job is being cancelled")
    except GaveWay:
        _release(remaining, "it takes long, and another organization waits", behind=True)
    except AttemptLost:
        logger.warning("A document was taken away from this worker; its result is not used.")
        _release(remaining, "the worker lost a document of the same batch")


def _work_on(remaining: list[Attempt], heartbeat: "_Heartbeat") -> None:
    """Convert the first of `remaining` and write its end, which begins the second."""
    attempt = remaining[0]
    try:
        reused = retrying(lambda: reuse.find(attempt.job, attempt.row, attempt.options))
        password = retrying(lambda: file_passwords.take(attempt.row.pk, timezone.now()))
        conversion = reused.conversion if reused else _convert(attempt, password, heartbeat)
        stored = results.write(
            attempt.row,
            attempt.id,
            conversion.markdown,
            source_words=conversion.source_words,
            document=conversion.document,
        )
    except ConversionError as error:
        failure = error  # the name of an except clause ends with it
        if error.detail:
            level = logging.ERROR if error.code == "conversion_failed" else logging.INFO
            logger.log(level, "Document %s: %s: %s", attempt.row.pk, error.code, error.detail)
    except OSError as trouble:
        logger.exception("The storage failed while document %s was converted.", attempt.row.pk)
        failure = _storage_failed(attempt, trouble)
    else:
        outcome = partial(
            attempts.succeed,
            attempt,
            conversion,
            stored,
            reused=reused.source if reused else None,
            needed_password=password is not None,
            then=_second(remaining),
        )
        _succeed(attempt, outcome)
        return
    then = _second(remaining)
    retrying(lambda: attempts.fail(attempt, failure, timezone.now(), then=then))


def _second(remaining: list[Attempt]) -> Attempt | None:
    """The next document of the batch: none if the first took so long that the others were freed."""
    return remaining[1] if len(remaining) > 1 else None


def _convert(attempt: Attempt, password: str | None, heartbeat: "_Heartbeat") -> Conversion:
    document = attempt.row.document
    if document is None:
        raise ConversionError(
            "source_missing",
            f"The document “{attempt.row.filename}” was deleted.",
            "Upload it again and create a new job.",
        )
    options = attempt.options
    with local_file(document) as path:
        return _sandbox().convert(
            path,
            filename=attempt.row.filename,
            options=ConversionOptions.from_processing_options(options.as_dict()),
            timeout_seconds=options.processing_settings.timeout_seconds,
            tick=heartbeat,
            password=password,
        )


def _succeed(attempt: Attempt, write: Callable[..., None]) -> None:
    try:
        retrying(lambda: write(now=timezone.now()))
    except AttemptLost:
        results.remove_lost(attempt.row, attempt.id)
        raise


def _release(remaining: list[Attempt], reason: str, *, behind: bool = False) -> None:
    retrying(lambda: attempts.release(remaining, timezone.now(), reason, behind=behind))


def _storage_failed(attempt: Attempt, trouble: OSError) -> ConversionError:
    return ConversionError(
        "storage_failed",
        f"The result of “{attempt.row.filename}” could not be stored: {trouble.strerror}.",
        "Ask the operator to check the disk, then retry the document.",
        permanent=False,
    )


class _Heartbeat:
    """Called about every second while a conversion runs; what it raises kills the conversion.

    One for a whole batch, so that leases are renewed in time however its seconds are spread;
    `held` is the list of what remains of the batch.
    """

    def __init__(self, held: list[Attempt]) -> None:
        self.held = held
        self.taken_at = time.monotonic()
        self.renew_every = settings.JOB_WORKER_HEALTH_TIMEOUT / 4  # seconds
        self.renewed_at = time.monotonic()
        self.noted: tuple[Attempt, Progress] | None = None
        self.waiting: dict[UUID, int] = {}  # see sharing.kept_waiting

    def __call__(self, progress: Progress | None) -> None:
        if is_stopping() and time.monotonic() > _stop_at.value:
            raise Stopped
        try:
            self._look()
            self._note(progress)
        except CONNECTION_ERRORS as trouble:
            # The leases outlast a short absence of the database; the next look reconnects.
            logger.warning("The database did not answer during a conversion: %s", trouble)
            connection.close()

    def _look(self) -> None:
        if attempts.is_being_cancelled(self.held[0].job):
            raise Cancelled
        self._share()
        if time.monotonic() - self.renewed_at >= self.renew_every:
            attempts.renew(self.held, timezone.now())
            self.renewed_at = time.monotonic()

    def _share(self) -> None:
        """Keep nobody waiting: neither the rest of the batch, nor another organization."""
        if time.monotonic() - self.taken_at < sharing.PATIENCE.total_seconds():
            return
        if rest := self.held[1:]:
            attempts.release(rest, timezone.now(), "the document before it takes long")
            del self.held[1:]
            queue.top_up()  # for workers that went idle meanwhile
        now = timezone.now()
        self.waiting = sharing.kept_waiting(self.held[0], self.waiting, now)
        if sharing.must_give_way(self.waiting, now):
            raise GaveWay

    def _note(self, progress: Progress | None) -> None:
        """Write down what is new. A document that is done within a second writes nothing."""
        if progress and self.noted != (self.held[0], progress):
            attempts.note_progress(self.held[0], progress)
            self.noted = self.held[0], progress
