"""What pages and polls of a job cost: python -m benchmarks.pages

Fills a fresh SQLite database with running jobs of 10, 300 and 10,000 documents and asks for the
list of jobs, the page of the job, its log, one result, and the poll of the page: unchanged, and
after one document went a page further, as a browser asks that shows the page already. Printed are
the fastest of five answers in milliseconds, and the bytes of the answer, compressed as browsers
take them.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10, 300, 10_000)
ROUNDS = 5
THIS = [sys.executable, "-m", "benchmarks.pages"]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": f"sqlite:///{folder}/pages.sqlite3",
            "PYTHONWARNINGS": "ignore",
            "ALLOWED_HOSTS": "testserver",
        }
        told = subprocess.run(
            [*THIS, "--measure"], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    figures: dict[str, dict[str, list[float]]] = json.loads(told.stdout.splitlines()[-1])
    print("| | " + " | ".join(f"{size:,} documents" for size in SIZES) + " |")
    print("|---|" + "--:|" * len(SIZES))
    for page, of_sizes in figures.items():
        cells = (f"{ms:.0f} ms, {size / 1000:.1f} KB" for ms, size in of_sizes.values())
        print(f"| {page} | " + " | ".join(cells) + " |")


def measure() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    figures: dict[str, dict[str, tuple[float, int]]] = {}
    for size in SIZES:
        job, row = _make_job(size)
        browser = Client()
        browser.force_login(job.user)
        for page, ask in _asked(browser, job, row).items():
            figures.setdefault(page, {})[str(size)] = _fastest(ask)
    print(json.dumps(figures))


def _make_job(size: int) -> tuple[Any, Any]:
    """A running job, and a document of it with a result. Rows share one stored file."""
    from jobs.models import DocumentStatus, JobDocument, JobStatus
    from tests.factories import make_job

    job = make_job(status=JobStatus.RUNNING, rows=["COMPLETED"] * 7 + ["RUNNING"] * 2 + ["PENDING"])
    first = job.job_documents.filter(status=DocumentStatus.COMPLETED).first()
    template = {
        field.attname: getattr(first, field.attname)
        for field in JobDocument._meta.concrete_fields
        if field.name not in {"id", "document", "position"}
    }
    JobDocument.objects.bulk_create(
        JobDocument(position=position, **template) for position in range(10, size)
    )
    type(job).objects.filter(pk=job.pk).update(
        total_documents=size,
        completed_documents=size - 3,
        score_sum=(size - 3) * (first.conversion_score or 0),
    )
    job.refresh_from_db()
    return job, first


def _asked(browser: Any, job: Any, row: Any) -> dict[str, Callable[[], Any]]:
    page = browser.get(f"/jobs/{job.pk}").content.decode()
    (live,) = re.findall(r'hx-get="(/jobs/[^"]+/live[^"]+)"', page)
    live = live.replace("&amp;", "&")
    known = " ".join(re.findall(r'data-version="([^"]+)"', page))
    at_work = job.job_documents.filter(status="RUNNING").first()

    def changed() -> Any:
        pages = (at_work.pages_done or 0) + 1
        at_work.pages_done, at_work.pages_total, at_work.stage = pages, 1000, "OCR"
        at_work.save()
        type(job).objects.filter(pk=job.pk).update(version=job.version + pages)
        return browser.get(live, headers={"X-Known-Rows": known, "HX-Request": "true"})

    return {
        "list of jobs": lambda: browser.get("/jobs"),
        "job": lambda: browser.get(f"/jobs/{job.pk}"),
        "log": lambda: browser.get(f"/jobs/{job.pk}?tab=logs"),
        "result": lambda: browser.get(f"/jobs/{job.pk}/documents/{row.pk}"),
        "poll, unchanged": lambda: browser.get(live),
        "poll, one document changed": changed,
    }


def _fastest(ask: Callable[[], Any]) -> tuple[float, int]:
    best, size = float("inf"), 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = ask()
        best = min(best, 1000 * (time.perf_counter() - begun))
        assert answer.status_code in {200, 204}, answer.status_code
        size = len(gzip.compress(answer.content, 6)) if answer.content else 0
    return best, size


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
