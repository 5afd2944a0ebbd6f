"""The sandbox: whatever a document does to the child, the caller gets an error and goes on."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from documents.conversion import ConversionError, ConversionOptions, Sandbox
from documents.conversion.sandbox.parent import PROJECT
from documents.samples import SAMPLES

MEMORY_BYTES = 768 * 1024**2


class WantsToStop(Exception):
    """What a worker raises when a job is cancelled."""


@pytest.fixture
def faulty():
    with Sandbox(fault_injection=True, memory_bytes=MEMORY_BYTES) as sandbox:
        yield sandbox


@pytest.fixture
def fault(tmp_path):
    def fault(name):
        path = tmp_path / "fault.txt"
        path.write_text(f"#!curatore-fault {name}\nSome harmless text.\n")
        return path

    return fault


def run(sandbox, path, *, tick=lambda progress: None, timeout_seconds=60, interval_seconds=0.05):
    return sandbox.convert(
        path,
        filename=path.name,
        options=ConversionOptions(),
        timeout_seconds=timeout_seconds,
        tick=tick,
        interval_seconds=interval_seconds,
    )


def group_of(leader):
    """Living members of the process group of the child `leader`."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == leader and lives(process):
                members.append(process)
    return members


def is_stubborn(process):
    with contextlib.suppress(psutil.Error):
        return "SIG_IGN" in " ".join(process.cmdline())
    return False


def lives(process):
    # Whoever adopts an orphan may take its time to bury it.
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def child_of(sandbox):
    return psutil.Process(sandbox._child.process.pid)


def until(condition):
    """Wait for something that another process is about to do."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "It did not happen."
        threading.Event().wait(0.01)


@pytest.mark.parametrize(
    ("name", "code", "detail", "permanent"),
    [
        ("segfault", "conversion_crashed", "SIGSEGV", False),
        ("exit 3", "conversion_crashed", "leaving early", False),
        ("memory", "out_of_memory", "", True),
    ],
)
def test_a_document_that_kills_the_child_costs_only_itself(
    name, code, detail, permanent, faulty, fault
):
    with pytest.raises(ConversionError) as failure:
        run(faulty, fault(name))

    assert failure.value.code == code
    assert failure.value.permanent == permanent
    assert detail in failure.value.detail
    assert run(faulty, SAMPLES["notes.txt"].path).engine == "text"


def test_memory_that_earlier_documents_kept_is_not_held_against_a_document(faulty, fault):
    run(faulty, fault("keep 400"))

    assert run(faulty, fault("need 300")).engine == "text"


def test_a_child_that_the_system_kills_may_have_more_memory_elsewhere(faulty, fault):
    with pytest.raises(ConversionError, match="machine had no memory left") as failure:
        run(faulty, fault("sleep 600"), tick=lambda progress: child_of(faulty).kill())

    assert failure.value.code == "out_of_memory"
    assert not failure.value.permanent


@pytest.mark.parametrize("name", ["loop", "sleep 600", "hold 600", "stubborn-child"])
def test_a_document_that_never_ends_is_killed_at_its_time_limit(name, faulty, fault):
    leaders = set()

    with pytest.raises(ConversionError, match=r"longer than 1 seconds") as failure:
        run(
            faulty,
            fault(name),
            timeout_seconds=1,
            tick=lambda progress: leaders.add(child_of(faulty).pid),
        )

    assert failure.value.code == "conversion_timeout"
    assert not failure.value.permanent
    assert [group_of(leader) for leader in leaders] == [[]]


def test_an_engine_that_panics_fails_the_document_for_good(faulty, fault):
    with pytest.raises(ConversionError) as failure:
        run(faulty, fault("panic"))

    assert failure.value.code == "conversion_failed"
    assert failure.value.permanent
    assert "a panic of an engine" in failure.value.detail


def test_what_tick_raises_kills_the_child_and_its_descendants(faulty, fault):
    leaders = set()

    def tick(progress):
        leaders.add(child_of(faulty).pid)
        if any(is_stubborn(process) for process in group_of(child_of(faulty).pid)):
            raise WantsToStop

    with pytest.raises(WantsToStop):
        run(faulty, fault("stubborn-child"), tick=tick)

    assert [group_of(leader) for leader in leaders] == [[]]
    assert run(faulty, SAMPLES["notes.txt"].path).engine == "text"


def test_tick_hears_of_the_pages_done():
    heard = []
    with Sandbox() as sandbox:
        run(sandbox, SAMPLES["scan.pdf"].path, tick=heard.append, interval_seconds=0.01)

    progress = [p for p in heard if p is not None]
    assert {(p.stage, p.total) for p in progress} >= {("ocr", 2)}
    assert all(p.done is None or 0 <= p.done <= p.total for p in progress)


def test_faults_cannot_be_reached_in_an_ordinary_sandbox(fault, monkeypatch):
    monkeypatch.setenv("CURATORE_FAULT_INJECTION", "1")

    with Sandbox() as ordinary:
        conversion = run(ordinary, fault("segfault"))

    assert "curatore-fault segfault" in conversion.markdown


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/name")
    with Sandbox() as sandbox:
        run(sandbox, SAMPLES["notes.txt"].path)

        assert "do-not-tell" not in str(child_of(sandbox).environ())
        assert "DATABASE_URL" not in child_of(sandbox).environ()


def test_the_child_leaves_no_files_behind():
    with Sandbox() as sandbox:
        run(sandbox, SAMPLES["scan.pdf"].path)
        home = Path(child_of(sandbox).cwd())
        assert home.is_dir()

    assert not home.exists()


def test_one_child_serves_many_documents_until_it_is_worn():
    with Sandbox(max_documents=2) as sandbox:
        pids = []
        for _ in range(3):
            run(sandbox, SAMPLES["notes.txt"].path)
            pids.append(child_of(sandbox).pid)

    assert pids[0] == pids[1] != pids[2]


def test_a_child_that_died_between_documents_is_replaced():
    with Sandbox() as sandbox:
        run(sandbox, SAMPLES["notes.txt"].path)
        child = child_of(sandbox)
        child.kill()
        child.wait()

        assert run(sandbox, SAMPLES["notes.txt"].path).engine == "text"


def test_a_sandbox_can_move_to_another_thread_when_the_first_has_ended():
    results = []

    def work():
        results.append(run(sandbox, SAMPLES["notes.txt"].path).engine)

    with Sandbox() as sandbox:
        for _ in range(2):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()

    assert results == ["text", "text"]


def test_permanent_errors_leave_the_child_alive():
    with Sandbox() as sandbox:
        run(sandbox, SAMPLES["notes.txt"].path)
        before = child_of(sandbox).pid
        with pytest.raises(ConversionError):
            run(sandbox, SAMPLES["notes.txt"].path.parent.parent / "bad" / "empty.txt")

        assert child_of(sandbox).pid == before


@pytest.mark.parametrize("name", ["sleep 600", "hold 600"])
def test_the_child_dies_when_its_parent_is_killed(name, fault):
    script = f"""
        from pathlib import Path
        from documents.conversion import ConversionOptions, Sandbox
        sandbox = Sandbox(fault_injection=True)
        path = Path({str(fault(name))!r})
        def convert(path, tick):
            sandbox.convert(path, filename="x.txt", options=ConversionOptions(),
                            timeout_seconds=600, tick=tick, interval_seconds=0.2)
        convert(Path({str(SAMPLES["notes.txt"].path)!r}), lambda progress: None)
        convert(path, lambda progress: print(sandbox._child.process.pid, flush=True))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=PROJECT, stdout=subprocess.PIPE
    )
    with parent:
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)

    until(lambda: not lives(child))
