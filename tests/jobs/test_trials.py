"""A trial converts a few documents of a draft; the draft waits."""

import pytest

from jobs import limit, starts, trials
from jobs.models import Job, JobDocument, JobStatus
from tests.factories import make_job, make_org, make_user

pytestmark = pytest.mark.django_db


def rows(*files):
    return [JobDocument(filename=name, file_size=size) for name, size in files]


def names(chosen):
    return [row.filename for row in chosen]


def test_a_trial_has_three_documents_and_the_options_of_the_draft():
    draft = make_job(rows=5)
    draft.processing_options["ocr_settings"]["language"] = "deu"
    draft.save()

    trial = trials.begin(draft, by=draft.user)

    assert (trial.status, trial.total_documents) == (JobStatus.QUEUED, 3)
    assert trial.processing_options["ocr_settings"]["language"] == "deu"
    assert trial.name == f"Trial: {draft.name}"
    draft.refresh_from_db()
    assert (draft.status, draft.total_documents) == (JobStatus.PENDING, 5)
    assert trials.draft_of(Job.objects.get(pk=trial.pk)) == draft


def test_a_trial_has_documents_of_the_common_types_of_middle_size():
    found = trials.sample(
        rows(
            ("1.pdf", 1), ("2.pdf", 2), ("3.pdf", 3), ("1.docx", 10), ("2.docx", 20),
            ("3.docx", 30), ("1.txt", 5), ("2.txt", 6), ("only.csv", 99),
        )
    )  # fmt: skip

    assert sorted(names(found)) == ["2.docx", "2.pdf", "2.txt"]


def test_a_trial_of_one_type_has_the_middle_the_smallest_and_the_largest():
    found = trials.sample(rows(*[(f"{size}.pdf", size) for size in (5, 1, 9, 3, 7)]))

    assert names(found) == ["5.pdf", "1.pdf", "9.pdf"]


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_trial_of_fewer_documents_has_all_of_them(length):
    assert len(trials.sample(rows(*[(f"{n}.pdf", n) for n in range(length)]))) == length


def test_a_trial_respects_the_limit_and_leaves_nothing_behind():
    user = make_user(make_org(limit=1))
    make_job(user, status=JobStatus.RUNNING)
    draft = make_job(user, rows=5)

    with pytest.raises(limit.ConcurrencyLimitReached):
        trials.begin(draft, by=user)

    assert Job.objects.count() == 2


def test_a_trial_stays_when_its_draft_is_started_or_deleted():
    draft = make_job(rows=5)
    trial = trials.begin(draft, by=draft.user)

    starts.start(draft, by=draft.user)
    assert trials.draft_of(Job.objects.get(pk=trial.pk)) is None
    Job.objects.filter(pk=draft.pk).delete()

    assert trials.draft_of(Job.objects.get(pk=trial.pk)) is None
