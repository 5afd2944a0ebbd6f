"""What there is to ask for: run inside the site's own process by `manage.py shell`."""

from documents.api.examples import DOCUMENT_ID, JOB_ID, ROW_ID
from jobs.models import JobStatus
from jobs.review import edits
from orgsettings.models import Role
from tests.factories import (
    PASSWORD,
    batch_file,
    make_document,
    make_job,
    make_log,
    make_org,
    make_token,
    make_user,
)

COPIES = 4  # of everything, since some of it will be deleted


def prepare(role):
    """An organization with a person of this role and a colleague, and what they have."""
    org = make_org(f"Contract {role}", limit=10)
    person = make_user(org, role=Role(role))
    colleague = make_user(org)
    batch_file(org, "quarterly.txt", b"Revenue rose by four percent in the third quarter.\n")
    # Nothing of `kept` is given to operations that delete.
    kept = _finished(person)
    drafts = [make_job(person, status=JobStatus.PENDING) for _ in range(COPIES)]
    row = kept.job_documents.order_by("position").first()
    jobs = [job for who in (person, colleague) for _ in range(COPIES) for job in _jobs(who)]
    documents = [make_document(person) for _ in range(COPIES)]
    token, secret = make_token(person)
    exists = {
        "usernames": [person.username],
        "passwords": [PASSWORD],
        "filenames": ["quarterly.txt"],
        "edited_job_ids": [str(kept.pk)],
        "edited_row_ids": [str(row.pk)],
        "draft_job_ids": [str(job.pk) for job in drafts],
        "kept_document_ids": [str(row.document_id) for row in kept.job_documents.all()]
        + [str(make_document(person).pk) for _ in range(2 * COPIES)],
        "job_ids": [str(job.pk) for job in jobs],
        "document_ids": [str(document.pk) for document in documents]
        + [str(row.document_id) for job in jobs for row in job.job_documents.all()],
    }
    examples = {JOB_ID: kept.pk, ROW_ID: row.pk, DOCUMENT_ID: row.document_id}
    return {
        "token": secret,
        "token_id": str(token.pk),
        "exists": exists,
        "examples": {example: str(real) for example, real in examples.items()},
    }


def _jobs(user):
    draft = make_job(user, status=JobStatus.PENDING)
    cancelled = make_job(user, status=JobStatus.CANCELLED, rows=["COMPLETED", "CANCELLED"])
    return [_finished(user), draft, cancelled]


def _finished(user):
    """A job with an edited result and a failed document."""
    job = make_job(user, status=JobStatus.COMPLETED, rows=["COMPLETED", "FAILED"])
    make_log(job)
    edits.save(job.job_documents.order_by("position").first(), "# Better\n\nWords.\n", user)
    return job
