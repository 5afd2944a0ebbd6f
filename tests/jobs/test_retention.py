"""What ran out goes, with its files; nothing else does."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import Schedule

from documents import deletion, discards
from documents.models import Discard, Document
from jobs import drafts, starts
from jobs.models import Job, JobDocument, JobStatus
from jobs.upkeep import retention, schedules
from tests.factories import make_document, make_job, make_org, make_user

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(days=31)


def later():
    return timezone.now() + LATER


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def run(*arguments):
    out = StringIO()
    call_command("cleanup_jobs", *arguments, stdout=out)
    return out.getvalue()


def test_an_expired_job_goes_with_its_rows_log_results_and_old_uploads(stored_files):
    job = make_job(status=JobStatus.COMPLETED, rows=2)

    report = retention.clean_up(later())

    assert (report.jobs, report.results, report.uploads) == (1, 2, 2)
    assert not Job.objects.exists()
    assert not JobDocument.objects.exists()
    assert not Document.objects.exists()
    assert files(stored_files) == set()
    assert not Discard.objects.exists()
    assert job.logs.count() == 0


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_an_active_job_stays_however_old_it_is(status):
    make_job(status=status)

    assert retention.clean_up(later()).jobs == 0
    assert Job.objects.count() == 1


def test_drafts_expire_too():
    make_job(status=JobStatus.PENDING)

    assert retention.clean_up(later()).jobs == 1


def test_jobs_and_uploads_stay_for_ever_when_retention_is_indefinite():
    user = make_user(make_org(retention_days=0))
    make_job(user, status=JobStatus.COMPLETED)
    make_document(user)

    report = retention.clean_up(timezone.now() + timedelta(days=36_500))

    assert (report.jobs, report.uploads) == (0, 0)


def test_what_has_not_run_out_stays():
    make_job(status=JobStatus.COMPLETED)

    assert retention.clean_up(timezone.now() + timedelta(days=29)).jobs == 0


def test_an_upload_stays_as_long_as_a_job_refers_to_it(stored_files):
    gone = make_job(status=JobStatus.COMPLETED)
    document = gone.job_documents.get().document
    kept = make_job(gone.user, status=JobStatus.COMPLETED, expires_at=None)
    kept.job_documents.update(document=document)

    report = retention.clean_up(later())

    assert report.jobs == 1
    assert Document.objects.filter(pk=document.pk).exists()
    assert document.file.name in files(stored_files)
    assert kept.job_documents.get().result_file.name in files(stored_files)


def test_an_upload_stays_when_a_job_takes_it_while_the_clean_up_runs(monkeypatch):
    user = make_user()
    for _ in range(2):
        make_document(user)
    remove = deletion.remove

    def take_meanwhile(document):
        others = Document.objects.exclude(pk=document.pk)
        drafts.create(document.organization, user, documents=others)
        return remove(document)

    monkeypatch.setattr(deletion, "remove", take_meanwhile)
    report = retention.clean_up(later())

    assert report.uploads == 1
    assert JobDocument.objects.get().document == Document.objects.get()


def test_only_the_chosen_organization_is_cleaned_up():
    mine = make_job(status=JobStatus.COMPLETED)
    other = make_job(status=JobStatus.COMPLETED)

    retention.clean_up(later(), organization=mine.organization)

    assert list(Job.objects.all()) == [other]


def test_a_dry_run_tells_what_a_run_deletes_and_deletes_nothing(stored_files):
    make_job(status=JobStatus.COMPLETED, rows=3)
    make_document()
    before = files(stored_files)

    foretold = retention.preview(later())

    assert files(stored_files) == before
    assert foretold == retention.clean_up(later())
    assert foretold.jobs == 1
    assert foretold.uploads == 4


def test_files_left_by_an_interrupted_run_go_with_the_next(stored_files, monkeypatch):
    make_job(status=JobStatus.COMPLETED)
    with monkeypatch.context() as patch:
        patch.setattr(discards, "_remove", lambda entry: 0)  # killed right after the commit
        retention.clean_up(later())
    assert files(stored_files)
    assert not Job.objects.exists()

    retention.clean_up(later())

    assert files(stored_files) == set()


def test_a_job_renewed_by_a_retry_stays():
    job = make_job(status=JobStatus.FAILED, expires_at=timezone.now() - timedelta(days=1))

    starts.retry(job, by=job.user)
    retention.clean_up(timezone.now())

    assert Job.objects.filter(pk=job.pk).exists()


def test_the_command_reports_in_a_sentence():
    make_job(status=JobStatus.COMPLETED, rows=2, expires_at=timezone.now() - timedelta(seconds=1))

    assert run("--dry-run") == "Would delete 1 jobs, 2 results, 0 uploads (0.0 MiB).\n"
    assert Job.objects.count() == 1
    assert run() == "Deleted 1 jobs, 2 results, 0 uploads (0.0 MiB).\n"
    assert run() == "Deleted 0 jobs, 0 results, 0 uploads (0.0 MiB).\n"


def test_the_command_refuses_an_unknown_organization():
    with pytest.raises(CommandError, match="There is no organization “Nobody”"):
        run("--organization", "Nobody")


def the_schedules():
    return list(Schedule.objects.filter(name=schedules.CLEANUP))


def test_there_is_one_clean_up_schedule_however_often_it_is_made():
    for _ in range(3):
        schedules.ensure(timezone.now())

    (schedule,) = the_schedules()
    assert schedule.cron == "0 3 * * *"
    assert (schedule.next_run.hour, schedule.next_run.minute) == (3, 0)


def test_the_schedule_follows_the_environment(settings):
    schedules.ensure(timezone.now())
    settings.JOB_CLEANUP_SCHEDULE_CRON = "30 4 * * *"
    schedules.ensure(timezone.now())

    (schedule,) = the_schedules()
    assert schedule.cron == "30 4 * * *"
    assert (schedule.next_run.hour, schedule.next_run.minute) == (4, 30)

    settings.JOB_CLEANUP_ENABLED = False
    schedules.ensure(timezone.now())
    assert the_schedules() == []


def test_doubles_of_the_schedule_are_removed():
    schedules.ensure(timezone.now())
    (schedule,) = the_schedules()
    schedule.pk = None
    schedule.save()

    schedules.ensure(timezone.now())

    assert len(the_schedules()) == 1
