"""What long answers cost in memory: python -m benchmarks.streaming [DATABASE_URL ...]

On a fresh SQLite database and on each empty PostgreSQL database given, makes a job of 200 documents
and one of 10,000, each document with a result file and three lines in the log, and reads every
answer that is made while it is sent: archives, log, chunks. For each it prints the bytes of the
answer, the highest memory that Python took meanwhile (tracemalloc), the queries, and two ratios:
of the memory, which should stay near 1, and of the bytes.
"""

import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 200, 10_000  # documents
THIS = [sys.executable, "-W", "ignore", "-m", "benchmarks.streaming"]
PASSAGE = "The harbour office counts every ship that comes in. "
MARKDOWN = "".join(f"# Chapter {n}\n\n{PASSAGE * 8}\n\n" for n in range(8))  # 3 KB


class Question(NamedTuple):
    url: str
    accept: str = "*/*"
    form: dict[str, str] | None = None  # of a page


class Answer(NamedTuple):
    size: int  # bytes
    peak: int  # bytes
    queries: int


def set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "curatore.settings")
    django.setup()


def make_person() -> tuple[Any, str]:
    from orgsettings import accounts, tokens

    organization, _ = accounts.ensure_organization("benchmark")
    user, _ = accounts.ensure_user(
        organization, username="benchmark", password="correct horse battery", role="admin"
    )
    return user, tokens.create(user, name="benchmark")[1]


def make_job(user: Any, count: int) -> Any:
    """A completed job whose rows, logs and files are those of `count` converted documents."""
    from jobs import drafts
    from jobs.models import Job, JobDocument, JobLog

    job = drafts.create(user.membership.organization, user, name=f"{count} documents")
    for first in range(0, count, 500):
        rows = list(made_rows(job, user, range(first, min(first + 500, count))))
        JobDocument.objects.bulk_create(rows)
        JobLog.objects.bulk_create(made_lines(job, rows))
    now = job.created_at
    Job.objects.filter(pk=job.pk).update(
        status="COMPLETED",
        total_documents=count,
        completed_documents=count,
        queued_at=now,
        started_at=now,
        completed_at=now,
    )
    return job


def made_rows(job: Any, user: Any, positions: range) -> Iterator[Any]:
    from uuid import uuid4

    from documents.models import Document, StoredFile
    from jobs import results
    from jobs.models import JobDocument

    stored_files = StoredFile.objects.bulk_create(
        StoredFile(
            organization=user.membership.organization,
            file=f"benchmark/{job.pk}/{position}",
            file_size=len(MARKDOWN),
            sha256=f"{job.pk.hex}{position:032}",
        )
        for position in positions
    )
    documents = Document.objects.bulk_create(
        Document(
            organization=user.membership.organization,
            uploaded_by=user,
            stored=stored,
            filename=f"Report number {position} of the harbour office.txt",
            media_type="text/plain",
        )
        for position, stored in zip(positions, stored_files, strict=True)
    )
    for position, document in zip(positions, documents, strict=True):
        row = JobDocument(
            job=job,
            document=document,
            filename=document.filename,
            file_size=document.file_size,
            position=position,
            status="COMPLETED",
            attempts=1,
            created_at=job.created_at,
            started_at=job.created_at,
            completed_at=job.created_at,
            engine="text",
            conversion_score=90,
            is_rag_ready=True,
            quality_scores={
                "clarity": 9,
                "completeness": 9,
                "markdown": 8,
                "parts": [{"name": f"part {n}", "points": n, "reason": PASSAGE} for n in range(6)],
            },
        )
        stored = results.write(row, uuid4(), f"{MARKDOWN}The end of {position}.\n")
        row.result_file, row.result_size = stored.name, stored.size
        row.result_sha256 = stored.sha256
        yield row


def made_lines(job: Any, rows: list[Any]) -> Iterator[Any]:
    from jobs.models import JobLog

    for row in rows:
        for event in ("document.started", "document.read", "document.completed"):
            yield JobLog(
                job=job,
                job_document=row,
                timestamp=job.created_at,
                level="INFO",
                event=event,
                message=f"{event}: {row.filename}",
                metadata={"conversion_score": 90, "engine": "text"},
            )


def read_answers(job: Any, secret: str) -> dict[str, Answer]:
    return {name: read(job, secret, question) for name, question in questions_about(job).items()}


def questions_about(job: Any) -> dict[str, Question]:
    """What is answered while the answer is made."""
    base = f"/api/v1/jobs/{job.pk}"
    return {
        "ZIP": Question(f"{base}/download?type=individual"),
        "ZIP, combined": Question(f"{base}/download?type=combined"),
        "log as text": Question(f"{base}/logs", "text/plain"),
        "log as NDJSON": Question(f"{base}/logs", "application/x-ndjson"),
        "chunks": Question(f"{base}/chunks"),
        "all RAG-ready": Question("/api/v1/documents/download/rag-ready"),
        "ZIP of jobs": Question("/jobs/bulk/download", form={"job": str(job.pk)}),
    }


def read(job: Any, secret: str, question: Question) -> Answer:
    """The answer as a server reads it, piece by piece; nothing of it is kept."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    headers = {"Accept": question.accept}
    if question.form is None:
        ask = partial(client.get, question.url)
        headers["Authorization"] = f"Bearer {secret}"
    else:  # a page: it wants a session instead of a token
        ask = partial(client.post, question.url, question.form)
        client.force_login(job.user)
    client.get("/healthz")  # middleware loads what it keeps, such as the list of static files
    with CaptureQueriesContext(connection) as queries:
        tracemalloc.start()
        answer = ask(headers=headers)
        if answer.status_code != 200:
            sys.exit(f"{question.url} answered {answer.status_code}: {answer.content.decode()}")
        size = sum(len(piece) for piece in answer.streaming_content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return Answer(size, peak, len(queries))


def measure(name: str) -> None:
    set_up_django()
    from django.core.management import call_command

    from documents.models import Document, StoredFile
    from jobs.models import Job

    call_command("migrate", verbosity=0)
    user, secret = make_person()
    found = {}
    for count in (SMALL, SMALL, LARGE):  # the first time imports what it needs
        job = make_job(user, count)
        found[count] = read_answers(job, secret)
        Job.objects.all().delete()
        Document.objects.all().delete()
        StoredFile.objects.all().delete()
    write = sys.stdout.write
    write(f"{name}\n{'':16}{SMALL:>11} documents{LARGE:>17} documents{'ratio of':>12}{'':>8}\n")
    write(f"{'':16}{'MB':>7}{'peak MB':>9}{'queries':>9}{'MB':>8}{'peak MB':>9}{'queries':>9}")
    write(f"{'peak':>9}{'bytes':>8}\n")
    for what, small in found[SMALL].items():
        large = found[LARGE][what]
        write(
            f"{what:16}{small.size / 1e6:7.2f}{small.peak / 1e6:9.2f}{small.queries:9}"
            f"{large.size / 1e6:8.1f}{large.peak / 1e6:9.2f}{large.queries:9}"
            f"{large.peak / small.peak:9.2f}{large.size / small.size:8.1f}\n"
        )


def measure_all(urls: list[str]) -> None:
    """Each database in a process of its own, since settings are read once."""
    with tempfile.TemporaryDirectory() as folder:
        for url in [f"sqlite:///{folder}/benchmark.sqlite3", *urls]:
            environment = os.environ | {
                "CURATORE_ENV_FILE": "",
                "SECRET_KEY": "benchmark",
                "DATABASE_URL": url,
                "DATA_DIR": folder,
                "API_RATE_LIMIT": "0",
                "LOG_LEVEL": "ERROR",
            }
            command = [*THIS, "--measure", url.split(":")[0]]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--measure", name]:
            measure(name)
        case urls:
            measure_all(urls)
