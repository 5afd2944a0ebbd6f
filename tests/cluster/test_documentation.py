"""The lines that README and docs/api.md offer to copy do what they say, on a running Curatore."""

import json
import re
import sys

import pytest
from django.conf import settings

from orgsettings import options
from tests.cluster.copied_lines import API, BASH, README, blocks, results_in, run
from tests.site import PASSWORD, running_site

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Curatore with an organization that may have one active job, as its admin chose."""
    folder = tmp_path_factory.mktemp("site")
    variables = {"ADMIN_USERNAME": "admin", "DEFAULT_JOB_CONCURRENCY_LIMIT": "1"}
    with running_site(folder, **variables) as site:
        yield site


@pytest.fixture
def newcomer(site, tmp_path):
    """A function that runs a script as somebody in the project's folder; gives what it prints."""
    # A folder that looks like the project's, so that what the lines write stays out of it.
    for entry in settings.BASE_DIR.iterdir():
        (tmp_path / entry.name).symlink_to(entry)
    if not (tmp_path / ".venv").exists():
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    def as_newcomer(*command, script, **variables):
        return run(
            *command,
            script=script.replace("http://localhost:8000", site.address),
            folder=tmp_path,
            environment=site.environment | {"PASSWORD": PASSWORD} | variables,
        )

    as_newcomer.folder = tmp_path
    return as_newcomer


def test_the_lines_of_the_readme_lead_from_files_to_markdown(newcomer):
    script = "\n".join(block for block in blocks(README, "bash") if "TOKEN" in block)

    newcomer(*BASH, script=script)

    assert results_in(newcomer.folder / "results.zip") == [
        "processed_documents/report.md",
        "processed_documents/scan.md",
    ]


def test_the_shell_lines_of_the_api_page_do_what_they_say(newcomer):
    script = "\n".join(block for block in blocks(API, "bash") if not block.startswith("make "))

    printed = newcomer(*BASH, script=script)

    assert len(results_in(newcomer.folder / "results.zip")) == 2
    assert len(results_in(newcomer.folder / "latest.zip")) == 2
    assert len(results_in(newcomer.folder / "combined.zip")) == 2
    assert "processed_documents/notes.md" in results_in(newcomer.folder / "ready.zip")
    assert printed.count('"name":"Once"') == 2
    assert len(set(re.findall(r'"id":"([^"]+)"[^}]*"name":"Once"', printed))) == 1
    assert (newcomer.folder / "report.md").read_text().startswith("# ")
    for promised in (
        '"access_token":"cur_',
        '"name":"Nightly import"',
        '"role":"org_admin"',
        "Idempotent-Replayed: true",
        "304\n",
        '"status":"CANCELLED"',
        "Job completed: 2 succeeded, 0 failed",
        '"token_count":',
        '"concurrency_limit":1',
        '"job_retention_days":90',
        "Deprecation: @1795996800",
        "Sunset: ",
        '</api/v1/jobs>; rel="successor-version"',
    ):
        assert promised in printed


def test_the_python_of_the_api_page_waits_follows_and_tries_again(newcomer, site):
    token = site.manage("create_api_token", "admin", "--name=Python").strip()

    printed = newcomer(sys.executable, "-", script="\n".join(blocks(API, "python")), TOKEN=token)

    assert "concurrency_limit_reached: trying again in " in printed
    assert "Scans: success, 2 converted" in printed
    assert "Reports: success, 2 converted" in printed
    assert "422 validation_error /document_ids/0" in printed
    assert "encrypted.pdf encrypted_file" in printed
    assert "200 success" in printed
    assert "INFO Job queued" in printed
    assert "admin org_admin Northwind" in printed
    assert re.search(r"^revoked cur_\w+ 204$", printed, re.M)
    assert re.search(r"^report.docx \d+ (True|False)$", printed, re.M)
    assert re.search(r"^mended 200 \d+$", printed, re.M)
    assert "200 CANCELLED The job was cancelled." in printed
    assert "Last success" in printed
    assert "409 job_not_waiting" in printed
    assert re.search(r"^report.docx 0 .* \d+$", printed, re.M)
    assert len(results_in(newcomer.folder / "reports.zip")) == 2
    assert re.search(r"^\d+ jobs today; 0 of 1 active$", printed, re.M)
    assert "kept for 30 days" in printed


def test_the_json_of_the_api_page_is_what_the_server_says(newcomer, site):
    token = site.manage("create_api_token", "admin", "--name=JSON").strip()
    problem, defaults = (json.loads(block) for block in blocks(API, "json"))
    script = blocks(API, "python")[0] + (
        'print(json.dumps(call("POST", "/jobs", {"document_ids": ["doc-123"]})[2]))'
    )

    told = json.loads(newcomer(sys.executable, "-", script=script, TOKEN=token))

    assert defaults == options.defaults()
    assert told | {"request_id": ""} == problem | {"request_id": ""}
