"""A server that other machines reach starts only with safe settings; commands need no key."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from curatore.core import safety
from tests.test_configuration import manage

KEY = "only-for-tests-and-therefore-worth-nothing-to-anybody"
DEPLOYMENT = (settings.BASE_DIR / "docs" / "deployment.md").read_text()


def documented(folder):
    """The settings that docs/deployment.md names first, with values for what it leaves open."""
    block = re.search(r"^```bash\n(SECRET_KEY=.*?)^```$", DEPLOYMENT, re.M | re.S)[1]
    variables = dict(re.findall(r"^([A-Z_]+)=(\S+)", block, re.M))
    return variables | {"SECRET_KEY": KEY, "DATA_DIR": str(folder / "data")}


def test_the_check_of_deployments_names_files_that_others_can_reach(tmp_path):
    variables = documented(tmp_path)
    manage("check", **variables)
    (tmp_path / "data").chmod(0o755)

    result = check_deploy(variables)

    assert result.returncode == 1
    assert (
        f"(curatore.W003) Other users of this machine can reach {tmp_path}/data." in result.stderr
    )


def check_deploy(variables):
    return manage("check", "--deploy", "--fail-level", "WARNING", **variables)


def test_the_documented_settings_pass_the_check_of_deployments(tmp_path):
    result = check_deploy(documented(tmp_path))

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("fault", "ids"),
    [
        ({"DEBUG": "true"}, {"security.W018"}),
        ({"SECRET_KEY": "x" * 60}, {"security.W009"}),
        ({"SECRET_KEY": KEY[:49]}, {"security.W009"}),
        ({"SECRET_KEY": ""}, {"security.W009"}),
        ({"ALLOWED_HOSTS": "*"}, {"curatore.W001"}),
        ({"CONVERSION_FAULT_INJECTION": "true"}, {"curatore.W002"}),
        (
            {"HTTPS_ONLY": "false"},
            {"security.W004", "security.W008", "security.W012", "security.W016"},
        ),
    ],
)
def test_the_check_of_deployments_names_each_fault(tmp_path, fault, ids):
    result = check_deploy(documented(tmp_path) | fault)

    assert result.returncode == 1
    assert set(re.findall(r"\w+\.[WE]\d+", result.stderr)) == ids


REACHABLE = [
    {"HTTPS_ONLY": "true"},
    {"HOST": "0.0.0.0"},
    {"ALLOWED_HOSTS": "localhost,curatore.example.org"},
]
FAULTS = [
    ({"DEBUG": "true"}, "DEBUG is on"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY can be guessed"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
]


@pytest.mark.parametrize("reachable", REACHABLE, ids=str)
@pytest.mark.parametrize(("fault", "told"), FAULTS)
def test_a_server_that_others_reach_does_not_start_with_a_fault(tmp_path, reachable, fault, told):
    variables = {"SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)} | reachable | fault

    result = manage("serve", "--port=0", **variables)

    assert result.returncode != 0
    assert result.stderr.startswith(f"Curatore cannot start: {told}")
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.glob("*.sqlite3"))  # it stopped before it touched anything


def test_the_address_given_to_serve_counts(tmp_path):
    variables = {"SECRET_KEY": "short", "DATA_DIR": str(tmp_path)}

    result = manage("serve", "--port=0", "--host=::", **variables)

    assert "Other machines can reach this server: it listens on ::." in result.stderr


@pytest.mark.parametrize("hosts", [["localhost", "127.0.0.1", "[::1]"], ["demo.localhost"]])
def test_on_ones_own_machine_everything_may_be_tried(settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    settings.DEBUG, settings.SECRET_KEY, settings.HOST = True, "short", "127.0.0.1"

    safety.require_safe_settings()


SERVERS = [
    ("manage.py", "serve", "--port=0"),
    ("manage.py", "worker"),
    ("manage.py", "runserver", "--noreload", "0"),
    ("-m", "curatore.web", "0"),
]


@pytest.mark.parametrize("command", SERVERS, ids=str)
def test_nothing_that_serves_or_works_starts_without_a_key(tmp_path, command):
    environment = {"PATH": "/usr/bin:/bin", "CURATORE_ENV_FILE": "", "DATA_DIR": str(tmp_path)}

    result = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode != 0
    assert "SECRET_KEY is not set. Set it in the environment or in .env" in result.stderr


COMMANDS = [
    ("help",),
    ("check",),
    ("makemigrations", "--check", "--dry-run"),
    ("collectstatic", "--no-input", "--dry-run"),
    ("convert", "documents/samples/files/notes.txt", "--out"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_commands_that_sign_nothing_run_without_a_key(tmp_path, command):
    out = [str(tmp_path / "out")] if command[0] == "convert" else []
    folders = {name: str(tmp_path / name) for name in ("DATA_DIR", "STATIC_ROOT")}

    result = manage(*command, *out, SECRET_KEY="", **folders)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "code",
    [
        "from django.core import signing; print(signing.dumps('x'))",
        "from django_q.signing import SignedPackage; print(SignedPackage.dumps('x'))",
        "from django.contrib.auth import get_user_model as u; print(u()().get_session_auth_hash())",
    ],
)
def test_nothing_is_signed_without_a_key(tmp_path, code):
    result = manage("shell", "-v0", "-c", code, SECRET_KEY="", DATA_DIR=str(tmp_path))

    assert result.returncode != 0
    assert "The SECRET_KEY setting must not be empty" in result.stderr
    assert result.stdout == ""
