"""Settings from the environment: documented, checked, refused with a sentence."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from curatore.core import dotenv
from orgsettings.management.commands import bootstrap

EXAMPLE = (settings.BASE_DIR / ".env.example").read_text()


def manage(*arguments, **variables):
    """Run manage.py in a process of its own with these variables and nothing else."""
    environment = {"PATH": "/usr/bin:/bin", "CURATORE_ENV_FILE": "", "SECRET_KEY": "x"} | variables
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_is_documented_and_every_documented_one_is_read():
    documented = set(re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    sources = ["curatore/settings.py", "jobs/management/commands/serve.py"]
    code = "".join((settings.BASE_DIR / source).read_text() for source in sources)
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code)) | {bootstrap.PASSWORD_VARIABLE}

    assert documented == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DEFAULT_JOB_CONCURRENCY_LIMIT", "11"),
        ("DEFAULT_JOB_RETENTION_DAYS", "14"),
        ("JOB_STATUS_POLL_INTERVAL", "soon"),
        ("JOB_WORKER_HEALTH_TIMEOUT", "0"),
        ("PROCESS_PAGE_MODE", "gone"),
        ("DATA_DIR", "/proc/nowhere"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence_that_names_it(name, value):
    result = manage("check", **{name: value})

    assert result.returncode != 0
    assert result.stderr.startswith(f"Curatore cannot start: {name} ")
    assert "Traceback" not in result.stderr


def test_a_good_environment_starts(tmp_path):
    result = manage("check", DATA_DIR=str(tmp_path))

    assert result.returncode == 0, result.stderr


def test_a_fresh_env_file_has_a_key_of_its_own_and_is_not_overwritten(tmp_path):
    first, second = tmp_path / "one", tmp_path / "two"
    example = settings.BASE_DIR / ".env.example"

    assert dotenv.write(first, example)
    assert dotenv.write(second, example)
    assert not dotenv.write(first, example)

    keys = [re.search(r"^SECRET_KEY=(.+)$", path.read_text(), re.M)[1] for path in (first, second)]
    assert keys[0] != keys[1]
    assert len(keys[0]) >= 50
    assert first.stat().st_mode & 0o077 == 0
