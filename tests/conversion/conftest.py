"""One warm sandbox for all tests of this folder that do not break theirs."""

from pathlib import Path

import pytest

from documents.conversion import ConversionOptions, Sandbox
from documents.samples import BAD_FILES, SAMPLES


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def convert(sandbox):
    """convert(path, **options) -> Conversion, in the shared sandbox."""

    def convert(path, *, filename=None, password=None, **options):
        path = Path(path)
        return sandbox.convert(
            path,
            filename=filename or path.name,
            options=ConversionOptions(**options),
            timeout_seconds=120,
            tick=lambda progress: None,
            password=password,
        )

    return convert


@pytest.fixture(scope="session")
def convert_sample(convert):
    """convert_sample(name) -> Conversion with default options, each sample only once."""
    done = {}

    def convert_sample(name):
        if name not in done:
            done[name] = convert(SAMPLES[name].path)
        return done[name]

    return convert_sample


@pytest.fixture
def bad_file():
    return lambda name: BAD_FILES / name
