"""What the queue costs: python -m benchmarks.queue [DATABASE_URL ...]

Measures, on a fresh SQLite database and on each PostgreSQL URL given:

- documents per second through claims, leases, results and logs, with a conversion that does
  nothing, for 1, 2 and 4 worker processes; beside it, in the same run, as many tasks that do
  nothing through django-q2 alone, one entry per document, as the ratio of the two;
- fairness: a job of 10 documents of 0.2 s beside one of 10,000 of another organization with two
  workers, and alone with one worker: the ratio is 1 when it gets half of the workers at once;
- the time from the start of a job to its first document, with an idle worker;
- transactions per second that an idle worker command costs (PostgreSQL only).

Figures are of the machine they were taken on; the ratios are what matters.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = 600
WORKERS = (1, 2, 4)
IDLE_SECONDS = 20
LARGE = 10_000  # documents
SLOW = 0.2  # seconds of a conversion
THIS = [sys.executable, "-m", "benchmarks.queue"]


def set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "curatore.settings")
    django.setup()


def run_worker(seconds: float) -> None:
    """The worker command, with a conversion that takes so many seconds and does nothing."""
    set_up_django()
    from documents.conversion import Conversion, Quality
    from jobs.engine import runner, supervisor

    done = Conversion(
        markdown="# Nothing\n",
        engine="none",
        media_type="text/plain",
        page_count=None,
        ocr_page_count=0,
        quality=Quality(conversion_score=100),
        warnings=(),
    )

    def convert(attempt: Any, heartbeat: Any) -> Conversion:
        time.sleep(seconds)
        return done

    runner._convert = convert
    sys.exit(supervisor.run())


@contextmanager
def worker(processes: int, folder: str, *, seconds: float = 0) -> Iterator[None]:
    with Path(folder, "worker.log").open("a") as log:
        running = subprocess.Popen(
            [*THIS, "--worker", str(seconds)],
            cwd=ROOT,
            env=os.environ | {"WORKER_PROCESSES": str(processes)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_workers(processes)
        yield
    finally:
        running.terminate()
        running.wait()


def wait_for(condition: Callable[[], bool], pause: float = 0.02) -> None:
    while not condition():
        time.sleep(pause)


def wait_for_workers(count: int) -> None:
    from jobs.models import Worker

    wait_for(lambda: Worker.objects.count() == count)


def make_job(user: Any, count: int) -> Any:
    """A draft over `count` documents that share one stored file."""
    from django.utils import timezone

    from jobs import drafts
    from jobs.models import Job, JobDocument

    job = drafts.create(user.membership.organization, user, name="Benchmark")
    document = user.membership.organization.documents.get()
    now = timezone.now()
    JobDocument.objects.bulk_create(
        JobDocument(
            job=job,
            document=document if position == 0 else None,
            filename=f"{position}.txt",
            file_size=document.file_size,
            position=position,
            created_at=now,
        )
        for position in range(count)
    )
    Job.objects.filter(pk=job.pk).update(total_documents=count)
    job.refresh_from_db()
    return job


def documents_per_second(user: Any) -> float:
    from jobs import starts

    job = make_job(user, DOCUMENTS)
    began = time.perf_counter()
    starts.start(job, by=user)
    wait_for(lambda: job.refresh_from_db() or job.is_terminal)
    return DOCUMENTS / (time.perf_counter() - began)


def tasks_per_second() -> float:
    from django.db import transaction
    from django_q.models import OrmQ
    from django_q.tasks import async_task

    began = time.perf_counter()
    with transaction.atomic():
        for _ in range(DOCUMENTS):
            async_task("jobs.queue.top_up")  # finds nothing to do: a query or two
    wait_for(lambda: not OrmQ.objects.exists())
    return DOCUMENTS / (time.perf_counter() - began)


def start_latency(user: Any, rounds: int = 9) -> float:
    from jobs import starts

    seconds = []
    for turn in range(rounds):
        job = make_job(user, 1)
        time.sleep(0.3 * (1 + turn % 3))  # so that the moments fall anywhere between two polls
        began = time.perf_counter()
        starts.start(job, by=user)
        wait_for(lambda job=job: job.refresh_from_db() or job.started_at is not None, 0.01)
        seconds.append(time.perf_counter() - began)
        wait_for(lambda job=job: job.refresh_from_db() or job.is_terminal)
    return statistics.median(seconds)


def seconds_of_small_job(user: Any) -> float:
    from jobs import starts

    job = make_job(user, 10)
    began = time.perf_counter()
    starts.start(job, by=user)
    wait_for(lambda: job.refresh_from_db() or job.is_terminal)
    return time.perf_counter() - began


def fairness(user: Any, other: Any, folder: str) -> tuple[float, float]:
    """Seconds of a small job beside a large one with two workers, and alone with one worker."""
    from django.db import connections

    from jobs import lifecycle, starts

    with worker(1, folder, seconds=SLOW):
        alone = seconds_of_small_job(user)
    connections.close_all()
    with worker(2, folder, seconds=SLOW):
        large = make_job(other, LARGE)
        starts.start(large, by=other)
        wait_for(lambda: large.refresh_from_db() or large.started_at is not None)
        beside = seconds_of_small_job(user)
        lifecycle.request_cancel(large, by=other)
        wait_for(lambda: large.refresh_from_db() or large.is_terminal)
    return beside, alone


def idle_transactions_per_second() -> float | None:
    from django.db import connection

    if connection.vendor != "postgresql":
        return None

    def transactions() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database"
                " WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])

    time.sleep(3)
    before = transactions()
    time.sleep(IDLE_SECONDS)
    return (transactions() - before) / IDLE_SECONDS


def measure(name: str, folder: str) -> None:
    set_up_django()
    from django.core.files.base import ContentFile
    from django.core.management import call_command
    from django.db import connections

    from documents import uploads
    from orgsettings import accounts

    call_command("migrate", verbosity=0)
    users = []
    for who in ("benchmark", "other"):
        owner, _ = accounts.ensure_organization(who)
        user, _ = accounts.ensure_user(
            owner, username=who, password="correct horse battery", role="admin"
        )
        uploads.accept(ContentFile(b"words"), filename="a.txt", organization=owner, user=user)
        users.append(user)
    user, other = users
    write = sys.stdout.write
    write(f"{name}\n  workers   documents/s   one entry each   ratio\n")
    for count in WORKERS:
        connections.close_all()
        with worker(count, folder):
            ours, plain = documents_per_second(user), tasks_per_second()
        write(f"  {count:7}   {ours:11.0f}   {plain:14.0f}   {ours / plain:5.2f}\n")
        sys.stdout.flush()
    beside, alone = fairness(user, other, folder)
    write(
        f"  10 documents beside {LARGE}: {beside:.1f} s, alone with half of the workers:"
        f" {alone:.1f} s, ratio {beside / alone:.2f}\n"
    )
    connections.close_all()
    with worker(2, folder):
        write(f"  start to first document, median: {start_latency(user):.2f} s\n")
        idle = idle_transactions_per_second()
    if idle is not None:
        write(f"  idle: {idle:.1f} transactions/s for one command with 2 workers\n")
    sys.stdout.flush()


def measure_all(urls: list[str]) -> None:
    """Each database in a process of its own, since settings are read once."""
    with tempfile.TemporaryDirectory() as folder:
        for url in [f"sqlite:///{folder}/benchmark.sqlite3", *urls]:
            environment = os.environ | {
                "CURATORE_ENV_FILE": "",
                "SECRET_KEY": "benchmark",
                "DATABASE_URL": url,
                "DATA_DIR": folder,
                "LOG_LEVEL": "WARNING",
            }
            name = url.split(":")[0]
            subprocess.run(
                [*THIS, "--measure", name, folder], cwd=ROOT, env=environment, check=True
            )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--worker", seconds]:
            run_worker(float(seconds))
        case ["--measure", name, folder]:
            measure(name, folder)
        case urls:
            measure_all(urls)
