"""Real worker commands against the test database: started, watched, killed."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, connections

from documents import uploads
from jobs import drafts
from jobs.models import DocumentStatus, JobDocument
from tests.factories import make_user


@pytest.fixture
def start_worker(transactional_db, tmp_path):
    """A function that starts `manage.py worker` on the test's database and files."""
    started = []

    def start(*, project=settings.BASE_DIR, **variables):
        log_path = tmp_path / f"worker-{len(started)}.log"
        with log_path.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=project,
                env=environment(tmp_path) | variables,
                stdout=log,
                stderr=log,
            )
        started.append(RunningWorker(process, log_path))
        return started[-1]

    yield start
    for worker in started:
        worker.end()
        print(f"--- {worker.log.name}\n{worker.output()}")  # shown when the test failed
    connections.close_all()


class RunningWorker:
    """A running `manage.py worker` and the processes below it."""

    def __init__(self, process, log):
        self.process = process
        self.root = psutil.Process(process.pid)
        self.log = log

    def sentinel(self):
        (sentinel,) = wait_for(self.root.children, "the sentinel")
        return sentinel

    def pool(self):
        """Workers first, then monitor and pusher: the order in which the sentinel makes them."""
        pool = wait_for(
            lambda: len(self.sentinel().children()) >= 4 and self.sentinel().children(),
            "the pool",
        )
        return sorted(pool, key=lambda process: process.pid)

    def everything(self):
        return [self.root, *self.root.children(recursive=True)]

    def member(self, role):
        """The process of this role: main, sentinel, worker, monitor, pusher or child."""
        match role:
            case "main":
                return self.root
            case "sentinel":
                return self.sentinel()
            case "worker":
                return self.pool()[0]
            case "monitor":
                return self.pool()[2]
            case "pusher":
                return self.pool()[3]
            case "child":
                return wait_for(
                    lambda: [c for worker in self.pool()[:2] for c in worker.children()],
                    "a conversion child",
                )[0]

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def end(self):
        members = [self.root, *self.root.children(recursive=True)] if self.is_alive() else []
        self.process.kill()
        self.process.wait()
        for member in members:
            if member.is_running():
                member.kill()
        psutil.wait_procs(members, timeout=5)

    def is_alive(self):
        return self.process.poll() is None

    def output(self):
        return self.log.read_text()


def environment(tmp_path):
    """The environment in which a command sees what the test sees."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else ""
        user = f"{database['USER']}@" if database["USER"] else ""
        url = f"postgres://{user}{host}/{database['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "CURATORE_ENV_FILE": "",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "CONVERSION_FAULT_INJECTION": "true",
        "JOB_WORKER_HEALTH_TIMEOUT": "5",
    }


def wait_for(condition, what, seconds=60):
    """The first true value of `condition`; fails the test after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (psutil.NoSuchProcess, ValueError):
            pass  # a process ended between two looks
        time.sleep(0.05)
    pytest.fail(f"Waited {seconds} s in vain for {what}.")


def start_job(*contents, options=None, user=None):
    """A started job over text documents with these contents."""
    user = user or make_user()
    organization = user.membership.organization
    documents = [
        uploads.accept(
            ContentFile(content.encode()),
            filename=f"{number:04}.txt",
            organization=organization,
            user=user,
        ).document
        for number, content in enumerate(contents)
    ]
    return drafts.create_and_start(organization, user, documents=documents, options=options)


def texts(count, *, start=0):
    return [f"Report {n}\n\nSome words about it.\n" for n in range(start, start + count)]


def slow(seconds, number=0):
    """A document whose conversion takes so many seconds."""
    return f"#!curatore-fault sleep {seconds}\nSlow words {number}.\n"


def running(job):
    """How many documents of the job are being converted."""
    return job.job_documents.running().filter(started_at__isnull=False).count()


def ended(job):
    job.refresh_from_db()
    return job.is_terminal


def assert_invariants(job, files):
    """What holds of every ended job, whatever happened while it ran."""
    job.refresh_from_db()
    rows = list(JobDocument.objects.filter(job=job))
    statuses = [row.status for row in rows]
    assert job.is_terminal
    assert job.completed_documents == statuses.count(DocumentStatus.COMPLETED)
    assert job.failed_documents == statuses.count(DocumentStatus.FAILED)
    assert job.cancelled_documents == statuses.count(DocumentStatus.CANCELLED)
    assert job.total_documents == len(rows) == job.ended_documents
    ends = ["job.completed", "job.failed", "job.cancelled"]
    assert job.logs.filter(event__in=ends).count() == 1
    for row in rows:
        assert row.attempt_id is None
        assert bool(row.result_file) == (row.status == DocumentStatus.COMPLETED)
        endings = ["document.completed", "document.failed", "document.cancelled"]
        assert row.logs.filter(event__in=endings).count() <= 1
        if row.result_file:
            assert (files / row.result_file.name).stat().st_size == row.result_size
