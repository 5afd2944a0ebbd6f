"""Static files are collected when something changed, and only then."""

import os

import pytest

from curatore.core import static_files


@pytest.fixture
def source(settings, tmp_path):
    """A style sheet that is the only file to be collected."""
    folder = tmp_path / "source"
    folder.mkdir()
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [folder]
    settings.STATIC_ROOT = tmp_path / "collected"
    sheet = folder / "page.css"
    sheet.write_text("a {}")
    return sheet


def test_nothing_is_collected_when_nothing_changed(source):
    assert static_files.collect() is True

    assert static_files.collect() is False


def test_files_are_collected_anew_when_one_changed(source, settings):
    static_files.collect()
    change(source)

    assert static_files.collect() is True
    assert (settings.STATIC_ROOT / "page.css").read_text() == "b {}"


def test_files_are_collected_anew_when_there_is_a_new_one(source, settings):
    static_files.collect()
    source.with_name("more.css").write_text("c {}")

    assert static_files.collect() is True
    assert (settings.STATIC_ROOT / "more.css").exists()


def test_files_are_collected_anew_when_collecting_was_interrupted(source, settings):
    static_files.collect()
    change(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static_files, "call_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            static_files.collect()

    assert static_files.collect() is True


def change(file):
    file.write_text("b {}")
    later = file.stat().st_mtime + 60
    os.utime(file, (later, later))


def interrupted(*args, **kwargs):
    raise KeyboardInterrupt
