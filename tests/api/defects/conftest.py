"""A worker at hand: documents are converted when a test says so, by the worker's own code."""

import pytest

from jobs import runner, workers


@pytest.fixture(scope="package")
def conversion_child():
    """One conversion child for all tests, which its documents can make misbehave."""
    runner._sandbox.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.CONVERSION_FAULT_INJECTION", True)
        runner._sandbox()
    yield
    runner.close()
    runner._sandbox.cache_clear()


@pytest.fixture
def work(conversion_child, monkeypatch):
    """What a worker does between two looks at the clock: converts until nothing waits."""
    monkeypatch.setattr(workers, "_this", None)  # its row is gone with the test before
    return runner.run_slice
