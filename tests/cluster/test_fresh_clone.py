"""The lines of the README work in a clone where nothing ran before, in an empty environment."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.cluster.copied_lines import BASH, README, blocks, results_in, run
from tests.site import free_port, wait_until_ready

pytestmark = pytest.mark.cluster

LINES = blocks(README, "bash")


@pytest.fixture
def clone(tmp_path):
    """A clone of what is committed; its .venv is installed already, nothing else is there."""
    folder = tmp_path / "curatore"
    subprocess.run(["git", "clone", "-q", settings.BASE_DIR, folder], check=True)
    venv = folder / ".venv"
    venv.mkdir()
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith(".") and entry.name != "lib64":
            (venv / entry.name).symlink_to(entry)
    (venv / ".runtime-installed").touch()  # newer than the lists of packages
    documents = tmp_path / "home" / "Documents"
    documents.mkdir(parents=True)
    shutil.copy(settings.BASE_DIR / "documents/samples/files/report.docx", documents)
    assert not {".env", "data", "staticfiles"} & {entry.name for entry in folder.iterdir()}
    return folder


def environment(clone):
    return {"PATH": os.environ["PATH"], "HOME": str(clone.parent / "home")}


def run_in(clone, script):
    return run(*BASH, script=script, folder=clone, environment=environment(clone))


def line_with(words):
    (found,) = [block for block in LINES if words in block]
    return found


def test_files_are_converted_before_anything_else_was_run(clone):
    printed = run_in(clone, line_with("manage.py convert"))

    assert "1 of 1 files converted" in printed
    (markdown,) = (clone / "markdown").rglob("*.md")
    assert markdown.read_text().startswith("# ")
    assert not (clone / ".env").exists()


def test_the_lines_lead_in_their_order_from_make_run_to_markdown(clone):
    port = free_port()
    start, _, *others = LINES  # the second line runs these tests
    assert (start, LINES[1]) == ("make run\n", "make test\n")
    log = clone.parent / "run.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=clone, env=environment(clone),
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_ready(f"http://localhost:{port}", server, log)
        run_in(clone, "\n".join(others).replace("localhost:8000", f"localhost:{port}"))
    finally:
        os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does
        server.wait(timeout=60)

    assert "The password is shown only now: keep it." in log.read_text()
    assert len(results_in(clone / "results.zip")) == 2
    assert (clone / "markdown" / "manifest.json").is_file()
