"""What the list of jobs costs: python -m benchmarks.job_list [--plans] [DATABASE_URL ...]

Fills a fresh SQLite database, and each empty PostgreSQL database given, with an organization of
1,000 jobs and one of 1,000,000, one document each, and asks for the list as an admin of either, in
the ways that people do. Printed are the fastest of seven answers and their ratio; what the list of
the large one costs more is bounded by listing.CAP, so it does not go on growing. `--plans` adds how
the database finds what took it longest.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 1_000, 1_000_000
ROUNDS = 7
THIS = [sys.executable, "-m", "benchmarks.job_list"]

PAGES = {
    "first page": "/jobs",
    "page 300": "/jobs?page=300",
    "page of 100": "/jobs?size=100",
    "needs attention": "/jobs?status=attention",
    "running": "/jobs?status=running",
    "cancelled (none)": "/jobs?status=cancelled",
    "own (none)": "/jobs?owner=me",
    "own, failed (none)": "/jobs?owner=me&status=failed",
    "last 7 days": "/jobs?created=7d",
    "oldest first": "/jobs?sort=created",
    "by name": "/jobs?sort=name",
    "by duration": "/jobs?sort=-duration",
    "by quality": "/jobs?sort=quality",
    "search, hits": "/jobs?search=quarter",
    "search, no hit": "/jobs?search=nothing+of+this",
    "search by file": "/jobs?search=file-77",
    "search by id": "/jobs?search=deadbeef",
    "live, unchanged": "live",
}

# Numbered from 1; every 7th job failed, every 5th has a failure, two run. One a minute.
COLUMNS = """organization_id, user_id, name, description, status, total_documents,
    completed_documents, failed_documents, cancelled_documents, score_sum, score_bands,
    processing_options, retention_days,
    error_message, created_at, queued_at, started_at, completed_at, version"""
VALUES = """'{org}', '{user}', 'Job ' || (n * 419) % 1000003, 'Report of a quarter, number ' || n,
    CASE WHEN n <= 2 THEN 'RUNNING' WHEN n % 7 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
    3, {completed},
    CASE WHEN n % 7 = 0 THEN 3 WHEN n % 5 = 0 THEN 1 ELSE 0 END, 0,
    (50 + n % 50) * {completed}, '[0, 0, 0, 0, 0, 1, 0, 1, 0, 1]', '{options}', 30, '',
    {moment}, {moment}, {moment}, CASE WHEN n <= 2 THEN NULL ELSE {later} END, 1"""
COMPLETED = "CASE WHEN n % 7 = 0 THEN 0 WHEN n % 5 = 0 THEN 2 WHEN n <= 2 THEN 1 ELSE 3 END"
DOCUMENTS = """INSERT INTO jobs_jobdocument (id, job_id, position, filename, file_size, status,
    attempts, engine, media_type, ocr_page_count, is_rag_ready, warnings, result_file,
    result_sha256, error_code, error_message, error_hint, created_at, conversion_score)
    SELECT {uuid}, id, 0, 'file-' || SUBSTR(name, 5) || '.pdf', 1000, 'COMPLETED', 1,
    'text', 'text/plain', 0, {true}, '[]', 'x', '', '', '', '', created_at, 90 FROM jobs_job"""

DIALECTS = {
    "sqlite": {
        "rows": "WITH RECURSIVE numbers(n) AS"
        " (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})",
        "from": "numbers",
        "uuid": "lower(hex(randomblob(16)))",
        "moment": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || n || ' minutes')",
        "later": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || n || ' minutes',"
        " '+' || (n % 600) || ' seconds')",
        "true": "1",
    },
    "postgresql": {
        "rows": "",
        "from": "generate_series({first}, {last}) AS n",
        "uuid": "gen_random_uuid()",
        "moment": "now() - n * interval '1 minute'",
        "later": "now() - n * interval '1 minute' + (n % 600) * interval '1 second'",
        "true": "TRUE",
    },
}


def fill(name: str, jobs: int) -> Any:
    """An organization with so many jobs; returns a client signed in as an admin who owns none."""
    from django.db import connection
    from django.test import Client

    from orgsettings import accounts
    from orgsettings import options as processing_options

    org, _ = accounts.ensure_organization(name)
    owner, reader = (
        accounts.ensure_user(org, username=who, password="correct horse battery", role="admin")[0]
        for who in (f"owner-{name}", f"reader-{name}")
    )
    words = DIALECTS[connection.vendor]
    options = json.dumps(processing_options.defaults())
    values = VALUES.format(
        org=org.pk.hex, user=owner.pk, options=options, completed=COMPLETED, **words
    )
    head, source = (words[part].format(first=1, last=jobs) for part in ("rows", "from"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO jobs_job (id, {COLUMNS}) {head}"
            f" SELECT {words['uuid']}, {values} FROM {source}"
        )
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    return client


def add_documents() -> None:
    """One for each job; and let the database learn how its tables look."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(DOCUMENTS.format(**DIALECTS[connection.vendor]))
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE jobs_job, jobs_jobdocument")


def milliseconds(clients: list[Any], url: str) -> list[float]:
    """The fastest answer to each client; in turns, as other work on the machine comes and goes."""
    spent: list[list[float]] = [[] for _ in clients]
    for _ in range(ROUNDS):
        for client, times in zip(clients, spent, strict=True):
            address = live_address(client) if url == "live" else url
            began = time.perf_counter()
            answer = client.get(address)
            times.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == (204 if url == "live" else 200)
    return [min(times) for times in spent]


def live_address(client: Any) -> str:
    shown = client.get("/jobs").content.decode()
    return unescape(re.search('hx-get="(/jobs/live[^"]+)"', shown)[1])


def plans(client: Any, url: str) -> None:
    """Print the slowest query of an answer, and how the database goes about it."""
    from django.db import connection, reset_queries

    connection.force_debug_cursor = True
    reset_queries()
    client.get(url)
    slowest = max(connection.queries, key=lambda query: float(query["time"]))
    explain = "EXPLAIN ANALYZE" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    print(f"\n    {url}: {len(connection.queries)} queries, slowest {slowest['time']} s")
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {slowest['sql'].replace('%', '%%')}", [])
        for row in cursor.fetchall():
            print("      ", row[-1])
    connection.force_debug_cursor = False


def measure(name: str, with_plans: bool) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    clients = [fill("small", SMALL), fill("large", LARGE)]
    add_documents()
    print(f"{name}\n  {'':18}  {SMALL:>9,}  {LARGE:>9,}  ratio")
    for page, url in PAGES.items():
        small, large = milliseconds(clients, url)
        print(f"  {page:18}  {small:6.1f} ms  {large:6.1f} ms  {large / small:5.2f}")
        sys.stdout.flush()
    if with_plans:
        for url in PAGES.values():
            if url != "live":
                plans(clients[1], url)
    sys.stdout.flush()


def measure_all(arguments: list[str]) -> None:
    """Each database in a process of its own, since settings are read once."""
    flags = [argument for argument in arguments if argument == "--plans"]
    urls = [argument for argument in arguments if argument != "--plans"]
    with tempfile.TemporaryDirectory() as folder:
        for url in [f"sqlite:///{folder}/benchmark.sqlite3", *urls]:
            environment = os.environ | {
                "CURATORE_ENV_FILE": "",
                "DJANGO_SETTINGS_MODULE": "curatore.settings",
                "SECRET_KEY": "benchmark",
                "DATABASE_URL": url,
                "DATA_DIR": folder,
                "DEBUG": "true",  # static files need not be collected
                "LOG_LEVEL": "WARNING",
            }
            command = [*THIS, "--measure", url.split(":")[0], *flags]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--measure", name, *flags]:
            measure(name, bool(flags))
        case arguments:
            measure_all(arguments)
