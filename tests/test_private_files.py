"""What is stored can be read by the user alone who runs Curatore."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from curatore.core import dotenv, private_files
from documents.models import Document
from jobs.models import JobDocument
from tests.factories import make_api_client, make_job


@pytest.fixture
def generous():
    """Whoever makes a file lets everybody read and write it, unless it is closed on purpose."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(Path(path).stat().st_mode)


def modes(folder):
    return {
        entry.relative_to(folder).as_posix(): mode(entry)
        for entry in folder.rglob("*")
        if not entry.is_relative_to(folder / "batch")
    }


def migrate(folder, **variables):
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "CURATORE_ENV_FILE": "", "DATA_DIR": str(folder)} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.django_db
def test_uploads_and_results_are_closed_to_others(generous, stored_files):
    make_api_client().post(
        "/api/v1/documents", {"files": SimpleUploadedFile("a.txt", b"Some words.")}
    )
    make_job(status="COMPLETED")

    for stored in (Document.objects.first().file, JobDocument.objects.first().result_file):
        assert mode(stored.path) == 0o600
        folders = [path for path in Path(stored.path).parents if path.is_relative_to(stored_files)]
        assert {mode(path) for path in folders} == {0o700}


def test_a_new_database_is_closed_to_others(generous, tmp_path):
    told = migrate(tmp_path / "data")

    assert told == ""
    assert mode(tmp_path / "data") == 0o700
    assert modes(tmp_path / "data")["curatore.sqlite3"] == 0o600
    assert set(modes(tmp_path / "data").values()) <= {0o600, 0o700}


def test_what_an_earlier_version_left_open_is_closed_once(generous, tmp_path):
    data, env_file = tmp_path / "data", tmp_path / "env"
    (data / "files" / "documents" / "ab").mkdir(parents=True)
    (data / "files" / "documents" / "ab" / "1").write_text("private")
    for name in ("curatore.sqlite3", "curatore.sqlite3-wal", "curatore.sqlite3-shm"):
        (data / name).touch()
    (data / "batch").mkdir()
    env_file.write_text("")

    told = [migrate(data, CURATORE_ENV_FILE=str(env_file)) for _ in range(2)]

    assert "Other users of this machine could reach files and folders" in told[0]
    assert "9 are closed to them now." in told[0]
    assert told[1] == ""
    assert (mode(data), mode(env_file), mode(data / "batch")) == (0o700, 0o600, 0o777)
    assert set(modes(data).values()) <= {0o600, 0o700}


def test_files_are_closed_also_where_only_their_own_folder_is_open(settings, generous, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "elsewhere"
    settings.DATA_DIR.mkdir(0o700)
    (settings.MEDIA_ROOT / "documents").mkdir(parents=True)
    (settings.MEDIA_ROOT / "documents" / "1").touch()

    list(private_files.close())

    assert set(modes(settings.MEDIA_ROOT).values()) == {0o600, 0o700}
    assert not list(private_files.open_paths())


def test_a_folder_that_is_shared_on_purpose_stays_so(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o1777)

    list(private_files.close())

    assert mode(tmp_path) == 0o777 | stat.S_ISVTX


def test_links_are_not_followed(settings, generous, tmp_path):
    outside = tmp_path / "outside"
    outside.touch()
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    (settings.DATA_DIR / "link").symlink_to(outside)

    list(private_files.close())

    assert mode(outside) == 0o666


def test_the_env_file_of_make_run_is_closed_to_others(generous, tmp_path):
    dotenv.write(tmp_path / ".env", settings.BASE_DIR / ".env.example")

    assert mode(tmp_path / ".env") == 0o600
