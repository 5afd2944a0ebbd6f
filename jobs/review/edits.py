"""Editing results: people mend the Markdown of a document; every earlier state is kept.

A result file is never overwritten. An edit stores a new file and lets the row name it, in the
transaction that also scores it anew and writes the log line; going back names an earlier file.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from curatore.core.errors import DomainError, InvalidInput
from documents import storage, text_work
from documents.conversion import Quality, is_rag_ready
from jobs import lifecycle, logs, results
from jobs.locking import LockedJob, lock
from jobs.models import JobDocument, LogLevel, ResultVersion
from jobs.results import StoredResult
from jobs.review import reviews
from jobs.scores import Verdict
from orgsettings.models import User


class NotEditable(DomainError):
    code = "result_not_editable"


class EditedMeanwhile(DomainError):
    code = "result_changed"


def save(row: JobDocument, markdown: str, by: User | None, *, based_on: str = "") -> None:
    """Replace the Markdown of a converted document; scores and readiness follow the new text.

    What the new text lacks of the words of the source costs score. `row` is refreshed. The
    same text again changes nothing.

    Args:
        based_on: SHA-256 of the text that was edited; "" replaces whatever is there.

    Raises:
        InvalidInput: there is no text.
        NotEditable: the document has no result.
        EditedMeanwhile: the result is another than that which was edited.
        TakesTooLong: the text could not be scored in time.
        StorageLimitReached: the organization has no room for one more version.
    """
    text = normalized(markdown)
    if not text.strip():
        raise _empty()
    if hashlib.sha256(text.encode()).hexdigest() == row.result_sha256:
        return
    quality, tokens = text_work.score(text, **_to_compare_with(row))
    stored = results.write(row, uuid4(), text, tokens=tokens)
    try:
        _store(row, stored, quality, by, based_on)
    except BaseException:
        results.remove(stored.name)  # nobody names it
        raise
    row.refresh_from_db()


def normalized(markdown: str) -> str:
    """The text as it is stored: browsers send other ends of lines."""
    return markdown.replace("\r\n", "\n").replace("\r", "\n")


def judge(markdown: str, row: JobDocument) -> tuple[Quality, bool]:
    """The scores that `markdown` would get as `row`'s text, and whether it would be RAG-ready.

    Raises:
        TakesTooLong
    """
    quality, _ = text_work.score(normalized(markdown), **_to_compare_with(row))
    return quality, is_rag_ready(quality, row.job.options.quality_thresholds)


def versions(row: JobDocument) -> list[ResultVersion]:
    """All states of the result, newest first, the current one included; none before an edit.

    The current one is that whose `result_file` is the row's.
    """
    return list(ResultVersion.objects.filter(job_document=row).select_related("made_by"))


def find_version(row: JobDocument, number: int | str) -> ResultVersion:
    """Raises Http404 when the result has no such version."""
    found = None
    if str(number).isdecimal() and len(str(number)) < 10:
        found = row.versions.filter(number=int(number)).first()
    if found is None:
        raise Http404("This result has no such version.")
    return found


def read(version: ResultVersion, *, at_most: int | None = None) -> str:
    """The Markdown of one state of a result, or its first characters: see jobs.results.read_file.

    Raises:
        ResultMissing: its file is gone.
    """
    return results.read_file(version.result_file, version.job_document.filename, at_most=at_most)


def restore(version: ResultVersion, by: User | None) -> None:
    """Make an earlier state the current one, with the scores it had; nothing is lost.

    Raises:
        NotEditable: the document has no result any more, or the version's file is gone.
    """
    if not version.result_file.storage.exists(str(version.result_file.name)):
        raise NotEditable(f"Version {version.number} is missing from the storage.")
    now = timezone.now()
    with editable(version.job_document) as (job, row):
        if row.result_file.name == version.result_file.name:
            return
        _show(job, row, version, by, now)
        _tell(
            job,
            row,
            "document.restored",
            f"Version {version.number} of the result was restored by {logs.name_of(by)}:"
            f" {row.full_name}",
            now,
            version=version.number,
        )


def _to_compare_with(row: JobDocument) -> dict[str, str]:
    """What an edit is measured against: see text_work.score.

    The words of the source; where none were kept the text that the latest conversion made, and
    nothing if that is gone, too.
    """
    file = results.converted_file(row)
    if file is None:
        return {}
    if words := results.source_words(str(file.name)):
        return {"source_words": words}
    with suppress(results.ResultMissing):
        return {"before": results.read_file(file, row.filename)}
    return {}


def _store(
    row: JobDocument, stored: StoredResult, quality: Quality, by: User | None, based_on: str
) -> None:
    now = timezone.now()
    with editable(row) as (job, current):
        if based_on not in {"", current.result_sha256}:
            raise EditedMeanwhile(
                f"“{row.filename}” was changed by someone else since you opened it."
            )
        storage.claim(job.organization, row.filename, stored.size, now)
        newest = ResultVersion.objects.filter(job_document=current).first()
        if newest is None or not _is_known(current):
            newest = _keep_current(current, newest)
        version = ResultVersion.objects.create(
            job_document=current,
            number=newest.number + 1,
            made_at=now,
            made_by=by,
            result_file=stored.name,
            result_size=stored.size,
            result_tokens=stored.tokens,
            result_sha256=stored.sha256,
            conversion_score=quality.conversion_score,
            quality_scores=quality.as_dict(),
        )
        before = current.conversion_score
        _show(job, current, version, by, now)
        _tell(
            job,
            current,
            "document.edited",
            f"The result was edited by {logs.name_of(by)}: {current.full_name}"
            f" (score {quality.conversion_score}/100, before {before}/100)",
            now,
            version=version.number,
            conversion_score=quality.conversion_score,
        )


@contextmanager
def editable(row: JobDocument) -> Iterator[tuple[LockedJob, JobDocument]]:
    """The job, locked until the end of the block, and the row as it is now, with its result."""
    with transaction.atomic():
        job = lock(row.job)
        current = JobDocument.objects.filter(pk=row.pk).first()
        if current is None or not current.is_completed:
            raise NotEditable(f"“{row.filename}” has no result to edit.")
        yield job, current


def _is_known(row: JobDocument) -> bool:
    known = ResultVersion.objects.filter(job_document=row, result_file=row.result_file.name)
    return known.exists()


def _keep_current(row: JobDocument, newest: ResultVersion | None) -> ResultVersion:
    """Note what a conversion made before it is replaced for the first time."""
    return ResultVersion.objects.create(
        job_document=row,
        number=newest.number + 1 if newest else 1,
        made_at=results.converted_at(row),
        made_by=None,
        result_file=row.result_file.name,
        result_size=row.result_size or 0,
        result_document_size=row.result_document_size,
        result_tokens=row.result_tokens,
        result_sha256=row.result_sha256,
        conversion_score=row.conversion_score or 0,
        quality_scores=row.quality_scores,
    )


def _show(
    job: LockedJob, row: JobDocument, version: ResultVersion, by: User | None, now: datetime
) -> None:
    """Let the row name this version's file and scores."""
    ready = is_rag_ready(_quality(version), job.options.quality_thresholds)
    JobDocument.objects.filter(pk=row.pk).update(
        result_file=version.result_file.name,
        result_size=version.result_size,
        result_document_size=version.result_document_size,
        result_tokens=version.result_tokens,
        result_sha256=version.result_sha256,
        conversion_score=version.conversion_score,
        quality_scores=version.quality_scores,
        is_rag_ready=ready,
    )
    before = Verdict(row.conversion_score or 0, row.is_rag_ready)
    lifecycle.note_new_verdict(job, before, Verdict(version.conversion_score, ready))
    reviews.after_edit(job, row, by, now)


def _quality(version: ResultVersion) -> Quality:
    scores = version.quality_scores or {"conversion_score": version.conversion_score}
    return Quality.from_dict(scores)


def _tell(
    job: LockedJob, row: JobDocument, event: str, message: str, now: datetime, /, **metadata: Any
) -> None:
    logs.write(job, event, message, level=LogLevel.INFO, document=row, now=now, **metadata)


def _empty() -> InvalidInput:
    detail = "The text is empty. To give up a result, delete its job."
    return InvalidInput(
        "The text cannot be saved.",
        [{"pointer": "/content", "code": "blank", "detail": detail}],
    )
