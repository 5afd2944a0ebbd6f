"""/healthz and /readyz."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.factories import make_worker

pytestmark = pytest.mark.django_db


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, {n: c["ok"] for n, c in answer.json()["checks"].items()}


def test_the_process_is_up_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_the_installation_is_ready_when_everything_is_there(client):
    make_worker()

    assert ready(client) == (
        200,
        {"database": True, "migrations": True, "storage": True, "worker": True},
    )


def test_the_check_leaves_no_file_behind(client, stored_files):
    make_worker()

    assert ready(client)[0] == 200

    assert [path for path in stored_files.rglob("*") if path.is_file()] == []


def test_the_installation_is_not_ready_when_no_worker_is_alive(client, settings):
    silent = settings.JOB_WORKER_HEALTH_TIMEOUT + 1
    make_worker(last_seen_at=timezone.now() - timedelta(seconds=silent))

    status, checks = ready(client)

    assert (status, checks["worker"]) == (503, False)
    assert "manage.py worker" in client.get("/readyz").json()["checks"]["worker"]["detail"]


def test_the_installation_is_not_ready_when_files_cannot_be_written(client, settings, tmp_path):
    make_worker()
    (tmp_path / "not-a-folder").write_text("")
    settings.MEDIA_ROOT = tmp_path / "not-a-folder"

    status, checks = ready(client)

    assert (status, checks["storage"], checks["worker"]) == (503, False, True)


def test_the_installation_is_not_ready_when_migrations_are_missing(client, monkeypatch):
    make_worker()
    monkeypatch.setattr(
        "curatore.health.MigrationExecutor.migration_plan", lambda *args: ["a migration"]
    )

    assert ready(client)[0] == 503


def test_visitors_do_not_see_why_the_database_does_not_answer(client, monkeypatch, caplog):
    def fail(*args):
        raise OperationalError("no route to secret-host")

    monkeypatch.setattr("curatore.health.connection.cursor", fail)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"secret-host" not in answer.content
    assert "secret-host" in caplog.text
