"""What every test relies on: files of its own."""

import pytest

from curatore.core.files import StoredFile
from orgsettings import rate_limits


@pytest.fixture(autouse=True)
def counted_requests():
    """What this process counted for the people of one test is nothing to those of the next."""
    rate_limits.forget()


@pytest.fixture(autouse=True)
def stored_files(settings, tmp_path):
    """Each test writes its files into a directory of its own, which pytest removes later."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.BATCH_DIR = tmp_path / "batch"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def sent_files(monkeypatch):
    """Files that were answered to a test and not read by it are closed at its end."""
    make, files = StoredFile.__init__, []

    def remember(answer, file, *args, **kwargs):
        files.append(file)
        make(answer, file, *args, **kwargs)

    monkeypatch.setattr(StoredFile, "__init__", remember)
    yield
    for file in files:
        file.close()
