"""Kept pictures of pages: drawn once, private, bounded, and gone with their document."""

import contextlib
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from documents import deletion, discards, page_cache, pictures, storage
from documents.models import Discard, Document, StoredFile
from jobs.upkeep import retention
from jobs.upkeep.storage_check import GRACE
from tests.factories import make_document, make_org, make_user
from tests.page_files import page, pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def document():
    return make_document(filename="report.pdf", content=pdf(page(), page()))


@pytest.fixture
def kept(stored_files):
    """kept() -> the names of all files below the folder of pictures, and their paths."""

    def kept():
        files = (path for path in (stored_files / "pages").rglob("*") if path.is_file())
        return {path.name: path for path in files}

    return kept


def draw(document, number=1, width=160):
    with pictures.picture(document, number, width) as file:
        return file.read()


def age(path, seconds):
    past = time.time() - seconds
    os.utime(path, (past, past))


def test_a_page_is_drawn_once(document, kept):
    first = draw(document)
    (path,) = kept().values()
    path.write_bytes(b"as it was kept")

    assert first.startswith(b"\x89PNG")
    assert draw(document) == b"as it was kept"


def test_sizes_are_kept_beside_the_pictures(document, kept):
    draw(document, width=160)
    draw(document, number=2, width=100)
    draw(document, number=2, width=320)

    sizes = [pictures.page_sizes(document) for _ in range(2)]

    assert sizes[0] == sizes[1]
    assert sizes[0].pages[0] == pictures.PageSize(595, 842, 0)
    assert set(kept()) == {"1-1-160.png", "1-2-160.png", "1-2-320.png", "1-pages.json"}
    assert len({path.parent for path in kept().values()}) == 1


def test_what_is_kept_is_for_the_user_alone_who_runs_curatore(document, stored_files):
    before = os.umask(0o000)
    try:
        draw(document)
    finally:
        os.umask(before)

    found = list((stored_files / "pages").rglob("*"))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [*found, stored_files / "pages"]}
    assert modes == {0o600, 0o700}


def test_nothing_is_kept_of_a_page_that_cannot_be_drawn(document, kept):
    with pytest.raises(pictures.PageNotFound):
        draw(document, number=3)

    assert kept() == {}


def test_everybody_who_asks_at_the_same_moment_gets_the_whole_picture(document, kept):
    together = Barrier(3)

    def ask(_):
        together.wait()
        try:
            return draw(document, width=1000)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(ask, range(3)))

    assert len(set(answers)) == 1
    assert set(kept()) == {"1-1-1000.png"}


def test_each_organization_has_pictures_of_its_own(document, kept):
    other = make_document(filename="report.pdf", content=pdf(page(), page()))
    assert other.sha256 == document.sha256

    draw(document)
    (path,) = kept().values()
    path.write_bytes(b"of the first organization")

    assert draw(other) != draw(document) == b"of the first organization"


def test_pictures_go_with_their_document(document, kept):
    draw(document)
    other = make_document(filename="other.pdf", content=pdf(page()))
    draw(other)

    deletion.delete(document)

    assert [str(other.sha256) in str(path) for path in kept().values()] == [True]
    assert not Discard.objects.exists()


def test_pictures_of_a_document_that_ran_out_go_with_it(document, kept):
    draw(document)

    retention.clean_up(timezone.now() + timedelta(days=31))

    assert not Document.objects.exists()
    assert kept() == {}


def test_pictures_whose_removal_was_interrupted_go_with_the_next_clean_up(
    document, kept, monkeypatch
):
    draw(document)
    with monkeypatch.context() as patch:
        patch.setattr(discards, "_remove", lambda entry: 0)  # killed right after the commit
        deletion.delete(document)
    assert kept()

    retention.clean_up(timezone.now())

    assert kept() == {}


def test_a_page_drawn_while_its_document_is_deleted_is_not_kept(document, kept):
    def delete_meanwhile(path):
        path.write_bytes(b"drawn")
        deletion.delete(Document.objects.get(pk=document.pk))

    with page_cache.make(document, "x.png", delete_meanwhile) as file:
        assert file.read() == b"drawn"

    assert kept() == {}


def test_a_document_that_nobody_looked_at_is_deleted_as_before(document):
    deletion.delete(document)

    assert not Document.objects.exists()
    assert not Discard.objects.exists()


def test_the_oldest_pictures_go_when_all_are_too_much(document, kept, settings):
    for seconds, number in ((300, 1), (200, 2)):
        draw(document, number)
        age(kept()[f"1-{number}-160.png"], seconds)
    pictures.page_sizes(document)  # the youngest file
    sizes = {name: path.stat().st_size for name, path in kept().items()}
    settings.PAGE_CACHE_SIZE = sum(sizes.values()) - 1

    assert page_cache.trim() == 1

    assert set(kept()) == {"1-2-160.png", "1-pages.json"}
    assert page_cache.trim() == 0


def test_empty_folders_go_with_the_last_picture(document, stored_files, settings):
    draw(document)
    settings.PAGE_CACHE_SIZE = 0

    page_cache.trim()

    assert list((stored_files / "pages").iterdir()) == []
    assert draw(document).startswith(b"\x89PNG")  # drawn anew


def test_the_scheduled_clean_up_keeps_the_bound(document, kept, settings):
    draw(document)
    settings.PAGE_CACHE_SIZE = 0

    retention.clean_up(timezone.now())

    assert kept() == {}


def test_drawing_keeps_the_bound_without_a_clean_up(kept, settings):
    document = make_document(filename="x.pdf", content=pdf(*[page()] * 40))
    draw(document)
    settings.PAGE_CACHE_SIZE = 10 * sum(path.stat().st_size for path in kept().values())

    for number in range(1, 41):
        draw(document, number)

    assert sum(path.stat().st_size for path in kept().values()) <= 1.2 * settings.PAGE_CACHE_SIZE
    assert "1-40-160.png" in kept()


def test_pictures_are_no_concern_of_the_storage_limit(kept):
    user = make_user(make_org(storage_mb=1))
    document = make_document(user, filename="x.pdf", content=pdf())
    organization = user.membership.organization
    before = storage.stored_bytes(organization)

    draw(document, width=2400)

    assert kept()
    assert storage.stored_bytes(organization) == before


def verify(*arguments):
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("verify_storage", *arguments, stdout=out)
    return out.getvalue()


def test_the_storage_check_takes_pictures_for_what_they_are(document, kept):
    draw(document)
    age(*kept().values(), GRACE.total_seconds() + 10)

    assert verify() == "Every row has its file, and every file its row.\n"


def test_the_storage_check_finds_pictures_of_no_document(document, kept, stored_files):
    draw(document)
    broken_off = stored_files / "pages" / "0123.part"
    broken_off.write_bytes(b"half a picture")
    Document.objects.all().delete()
    StoredFile.objects.all().delete()  # as when an organization is removed by hand
    for path in kept().values():
        age(path, GRACE.total_seconds() + 10)

    assert verify().count("file without row: pages/") == 2
    verify("--fix")
    assert kept() == {}


def test_an_upload_whose_bytes_are_lost_is_forgotten_with_its_pictures(document, kept):
    draw(document)
    Path(document.file.path).unlink()

    verify("--fix")

    assert not Document.objects.exists()
    assert kept() == {}
