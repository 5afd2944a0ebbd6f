"""Bytes are stored once; the documents that have them keep names, and lives, of their own."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import RestrictedError
from django.utils import timezone

from documents import deletion, storage, uploads
from documents.models import Document, StoredFile
from jobs.models import JobStatus
from jobs.upkeep import retention
from tests.factories import make_document, make_job, make_org, make_user

pytestmark = pytest.mark.django_db

CONTENT = b"The minutes of the meeting.\n"


def bring(user, filename, content=CONTENT, **fields):
    organization = user.membership.organization
    source = ContentFile(content)
    return uploads.accept(source, filename=filename, organization=organization, user=user, **fields)


def stored_paths(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def org():
    return make_org()


@pytest.fixture
def ada(org):
    return make_user(org)


@pytest.fixture
def ben(org):
    return make_user(org)


def test_two_people_give_the_same_bytes_names_of_their_own(ada, ben, stored_files):
    first, second = bring(ada, "minutes.txt"), bring(ben, "Protokoll.txt")

    assert (first.document.filename, first.document.uploaded_by) == ("minutes.txt", ada)
    assert (second.document.filename, second.document.uploaded_by) == ("Protokoll.txt", ben)
    assert first.document.stored == second.document.stored
    assert (first.duplicate, second.duplicate) == (False, True)
    assert len(stored_paths(stored_files)) == 1


def test_what_somebody_brings_again_under_its_name_is_the_document_that_is_there(ada):
    first, again = bring(ada, "minutes.txt"), bring(ada, "minutes.txt")

    assert again.document == first.document
    assert (again.duplicate, again.already_exists) == (True, True)
    assert not first.already_exists


@pytest.mark.parametrize("change", ["name", "person", "bytes"])
def test_what_differs_in_name_person_or_bytes_is_another_document(ada, ben, change):
    first = bring(ada, "minutes.txt")

    other = bring(
        ben if change == "person" else ada,
        "other.txt" if change == "name" else "minutes.txt",
        b"Other bytes.\n" if change == "bytes" else CONTENT,
    )

    assert other.document != first.document
    assert not other.already_exists


def test_another_organization_has_the_bytes_for_itself(ada, stored_files):
    bring(ada, "minutes.txt")

    assert not bring(make_user(), "minutes.txt").duplicate
    assert len(stored_paths(stored_files)) == 2


def test_the_database_keeps_one_document_for_what_is_all_the_same(ada):
    document = make_document(ada, filename="a.txt", content=CONTENT)

    with pytest.raises(IntegrityError, match=r"document_once_per_name|UNIQUE"):
        Document.objects.create(
            organization=document.organization, uploaded_by=ada, stored=document.stored,
            filename="a.txt", media_type="text/plain",
        )  # fmt: skip


def test_the_database_keeps_bytes_that_a_document_uses(ada):
    with pytest.raises(RestrictedError):
        make_document(ada).stored.delete()


def test_an_organization_goes_with_its_documents_and_their_bytes(ada, org):
    make_document(ada)

    org.delete()

    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


def test_deleting_one_document_keeps_the_bytes_for_the_others(
    ada, ben, django_capture_on_commit_callbacks
):
    mine, theirs = bring(ada, "mine.txt").document, bring(ben, "theirs.txt").document
    name = mine.file.name

    with django_capture_on_commit_callbacks(execute=True):
        deletion.delete(mine)
    with theirs.file.open() as file:
        assert file.read() == CONTENT
    with django_capture_on_commit_callbacks(execute=True):
        deletion.delete(theirs)

    assert not default_storage.exists(name)
    assert not StoredFile.objects.exists()


def test_a_document_can_be_deleted_while_a_job_uses_its_bytes_under_another_name(ada, ben):
    mine, theirs = bring(ada, "mine.txt").document, bring(ben, "theirs.txt").document
    job = make_job(ben, status=JobStatus.RUNNING)
    job.job_documents.update(document=theirs)

    deletion.delete(mine)

    with pytest.raises(deletion.DocumentInUse):
        deletion.delete(theirs)


def test_the_limit_counts_bytes_once_and_again_when_the_last_document_is_gone(org):
    org.settings.storage_limit_mb = 1
    org.settings.save()
    ada = make_user(org)
    first, second = bring(ada, "a.txt").document, bring(ada, "b.txt").document

    def used():
        return storage.usage(org, timezone.now()).used

    assert used() == len(CONTENT)
    deletion.delete(first)
    assert used() == len(CONTENT)
    deletion.delete(second)
    assert used() == 0


def test_retention_frees_bytes_with_the_last_of_their_documents(ada, ben, org):
    old, young = bring(ada, "old.txt").document, bring(ben, "young.txt").document
    now = timezone.now()
    Document.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=31))

    foretold = retention.preview(now, organization=org)
    report = retention.clean_up(now, organization=org)

    assert foretold == report
    assert (report.uploads, report.bytes) == (1, 0)
    Document.objects.filter(pk=young.pk).update(created_at=now - timedelta(days=31))
    foretold = retention.preview(now, organization=org)
    assert foretold == retention.clean_up(now, organization=org)
    assert (foretold.uploads, foretold.bytes) == (1, len(CONTENT))


def test_retention_foretells_bytes_once_of_documents_that_go_together(ada, ben, org):
    bring(ada, "a.txt")
    bring(ben, "b.txt")
    later = timezone.now() + timedelta(days=31)

    foretold = retention.preview(later, organization=org)

    assert (foretold.uploads, foretold.bytes) == (2, len(CONTENT))
    assert foretold == retention.clean_up(later, organization=org)


# --- from one version to the next ------------------------------------------------------------

BEFORE, AFTER = ("documents", "0003_discard"), ("documents", "0006_page_counts")


def migrate(*target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.fixture
def before():
    """The models of the version before, on a database of that version."""
    yield migrate(*BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def make_document_of_before(apps, org_id, number):
    model = apps.get_model("documents", "Document")
    document = model(
        organization_id=org_id, filename=f"{number}.txt", file_size=number + 1,
        sha256=f"{number:064}", media_type="text/plain", file=f"documents/{number}",
    )  # fmt: skip
    document.save()
    model.objects.filter(pk=document.pk).update(created_at=timezone.now() - timedelta(days=number))
    return document.pk


@pytest.mark.django_db(transaction=True)
def test_documents_of_before_keep_all_they_had(before, monkeypatch):
    monkeypatch.setattr("documents.migrations.0004_stored_files.AT_ONCE", 2)
    org = make_org()
    known = [make_document_of_before(before, org.pk, number) for number in range(5)]

    migrate(*AFTER)

    assert StoredFile.objects.count() == 5
    for number, pk in enumerate(known):
        document = Document.objects.get(pk=pk)
        stored = document.stored
        assert (document.filename, document.path) == (f"{number}.txt", "")
        assert (stored.sha256, stored.file_size) == (f"{number:064}", number + 1)
        assert (stored.file.name, stored.organization) == (f"documents/{number}", org)
        assert stored.created_at == document.created_at


@pytest.mark.django_db(transaction=True)
def test_the_way_back_to_the_version_before_is_open_as_long_as_no_bytes_are_shared(before):
    org = make_org()
    pk = make_document_of_before(before, org.pk, 7)
    migrate(*AFTER)
    document = Document.objects.get(pk=pk)
    Document.objects.create(
        organization=org, stored=document.stored, filename="b.txt", media_type="text/plain"
    )

    with pytest.raises(RuntimeError, match="1 documents share their bytes"):
        migrate(*BEFORE)
    Document.objects.get(filename="b.txt").delete()
    old = migrate(*BEFORE).get_model("documents", "Document").objects.get(pk=pk)

    assert (old.sha256, old.file_size, old.file.name) == (f"{7:064}", 8, "documents/7")
