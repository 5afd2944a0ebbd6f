"""Static files are collected when something changed, and only then."""

import os
import re

import pytest
from django.conf import settings
from django.core.management import call_command

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


def test_a_stylesheet_is_served_with_those_that_it_imports_in_their_order(source, settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "curatore.core.static_storage.StaticFiles"}
    }
    (source.parent / "css").mkdir()
    for name, text in {
        "all.css": '/* All. */\n@import "b.css";\n@import "a.css";\n',
        "a.css": "a { color: red }\n",
        "b.css": "b { color: blue }\n",
    }.items():
        (source.parent / "css" / name).write_text(text)

    for _ in range(2):  # what was collected before is no hindrance
        call_command("collectstatic", interactive=False, verbosity=0)

        (served,) = (settings.STATIC_ROOT / "css").glob("all.*.css")
        assert served.read_text() == ("/* All. */\nb { color: blue }\n\na { color: red }\n\n")


def test_every_stylesheet_is_on_every_page_but_those_of_one_page():
    folder = settings.BASE_DIR / "static" / "css"
    imported = set(re.findall(r'^@import "(.+)";$', (folder / "curatore.css").read_text(), re.M))

    assert {file.name for file in folder.iterdir()} - imported == {
        "curatore.css", "panes.css", "docs.css",
    }  # fmt: skip


def change(file):
    file.write_text("b {}")
    later = file.stat().st_mtime + 60
    os.utime(file, (later, later))


def interrupted(*args, **kwargs):
    raise KeyboardInterrupt
