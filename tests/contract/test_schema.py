"""Schemathesis asks a live server for everything that its OpenAPI schema promises."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.site import running_site

pytestmark = pytest.mark.contract

ROLES = ["admin", "member", "viewer"]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
COMMAND = Path(sys.executable).with_name("st")
LONGEST_SECONDS = 900
UNLIMITED = {
    "API_RATE_LIMIT": "0",
    "API_ANONYMOUS_RATE_LIMIT": "0",
    "API_LOGIN_RATE_LIMIT": "0",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site"), **UNLIMITED) as site:
        yield site


@pytest.fixture(scope="module")
def prepared(site):
    """For each role an organization of its own: what one deletes the others do not miss."""
    code = (
        "import json; from tests.contract.preparation import prepare;"
        f"print(json.dumps({{role: prepare(role) for role in {ROLES}}}))"
    )
    return json.loads(site.manage("shell", "-v0", "-c", code).splitlines()[-1])


@pytest.fixture(scope="module")
def runs(site, prepared, tmp_path_factory):
    """One run of Schemathesis for each role, all at once, as they spend their time thinking."""
    runs = {}
    for role in ROLES:
        folder = tmp_path_factory.mktemp(role)
        runs[role] = start(site, prepared[role], folder), folder / "output"
    yield runs
    for process, _ in runs.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("role", ROLES)
def test_the_api_keeps_every_promise_of_its_schema(runs, role):
    process, output = runs[role]

    code = process.wait(timeout=LONGEST_SECONDS)

    print(output.read_text())
    if code:
        pytest.fail(output.read_text(), pytrace=False)


def start(site, known, folder):
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.read_text() + as_dictionaries(known["exists"]))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(settings.BASE_DIR),
        "TOKEN": known["token"],
        "TOKEN_ID": known["token_id"],
        "EXAMPLE_IDS": json.dumps(known["examples"]),
    }
    schema = f"{site.address}/api/v1/schema"
    with (folder / "output").open("w") as output:
        return subprocess.Popen(
            [COMMAND, "--config-file", configuration, "run", schema],
            cwd=folder, env=environment, stdout=output, stderr=output,
        )  # fmt: skip


def as_dictionaries(exists):
    """What exists, in the form that the configuration refers to."""
    tables = [f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n"
              for name, values in exists.items()]  # fmt: skip
    return "\n" + "\n".join(tables)
