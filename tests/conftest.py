"""What every test relies on: files of its own."""

import pytest


@pytest.fixture(autouse=True)
def stored_files(settings, tmp_path):
    """Each test writes its files into a directory of its own, which pytest removes later."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.BATCH_DIR = tmp_path / "batch"
    return settings.MEDIA_ROOT
