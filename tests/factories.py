"""Builders: plain functions that make one row each, with whatever it needs around it.

Every argument has a default, so that a test names only what it is about.
"""

import hashlib
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from rest_framework.test import APIClient

from documents.conversion import Conversion, Quality
from documents.models import Document, StoredFile
from jobs import results
from jobs.engine import attempts, claims
from jobs.models import (
    DocumentStatus,
    Job,
    JobDocument,
    JobLog,
    JobStatus,
    LogLevel,
    Worker,
    expiry,
)
from orgsettings import invitations, options, tokens
from orgsettings.models import (
    ApiToken,
    Invitation,
    Membership,
    OptionPreset,
    Organization,
    OrgSettings,
    Role,
    User,
)

PASSWORD = "correct horse battery staple"  # of every user made here

_serial = count(1)

_USUAL_SCORE = 95  # of a document that is completed, unless a test says another

# What the documents of a job are like when a test does not say: (first, all others).
_USUAL_ROWS = {
    JobStatus.PENDING: (DocumentStatus.PENDING, DocumentStatus.PENDING),
    JobStatus.QUEUED: (DocumentStatus.PENDING, DocumentStatus.PENDING),
    JobStatus.RUNNING: (DocumentStatus.RUNNING, DocumentStatus.PENDING),
    JobStatus.COMPLETED: (DocumentStatus.COMPLETED, DocumentStatus.COMPLETED),
    JobStatus.FAILED: (DocumentStatus.FAILED, DocumentStatus.FAILED),
    JobStatus.CANCELLED: (DocumentStatus.CANCELLED, DocumentStatus.CANCELLED),
}

# States of documents in short, for rows of them.
C, F, R, P, X = (
    DocumentStatus.COMPLETED,
    DocumentStatus.FAILED,
    DocumentStatus.RUNNING,
    DocumentStatus.PENDING,
    DocumentStatus.CANCELLED,
)


def make_org(
    name="",
    *,
    limit=None,
    retention_days=None,
    default_options=None,
    storage_mb=None,
    members_see="own",
    **fields,
):
    """An organization with its settings; None follows the server's defaults."""
    number = next(_serial)
    org = Organization.objects.create(
        name=name or f"Organization {number}", slug=f"organization-{number}", **fields
    )
    OrgSettings.objects.create(
        organization=org,
        job_concurrency_limit=limit,
        job_retention_days=retention_days,
        default_processing_options=default_options or {},
        storage_limit_mb=storage_mb,
        members_see=members_see,
    )
    return org


def make_user(org=None, *, role=Role.MEMBER, username="", **fields):
    """A person of `org`, or of an organization of their own; the password is PASSWORD."""
    username = username or f"user{next(_serial)}"
    fields.setdefault("email", f"{username}@example.org")
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    Membership.objects.create(
        organization=org or make_org(),
        user=user,
        role=role,
        last_seen_at=timezone.now(),  # so that looking at a page writes nothing
    )
    return user


def make_preset(org=None, *, name="", options=None):
    """A preset of the organization's own."""
    return OptionPreset.objects.create(
        organization=org or make_org(),
        name=name or f"Preset {next(_serial)}",
        options={"auto_optimize": False} if options is None else options,
    )


def make_token(user=None, **fields):
    """An API token and its secret; already used a moment ago, so that using it writes nothing."""
    token, secret = tokens.create(user or make_user(), name="Test")
    ApiToken.objects.filter(pk=token.pk).update(**({"last_used_at": timezone.now()} | fields))
    token.refresh_from_db()
    return token, secret


def make_invitation(admin=None, *, role=Role.MEMBER, **fields):
    """An open invitation into the admin's organization, and its secret."""
    admin = admin or make_user(role=Role.ADMIN)
    invitation, secret = invitations.create(
        admin.membership.organization, role=role, note="Frida", by=admin, now=timezone.now()
    )
    Invitation.objects.filter(pk=invitation.pk).update(**({"role": role} | fields))
    invitation.refresh_from_db()
    return invitation, secret


def make_api_client(user=None):
    """A client of the API that sends a token of `user`."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(user)[1]}")
    return client


def make_document(user=None, *, filename="", content=None, **fields):
    """A file of the user's organization; a text that no other document has, unless told."""
    user = user or make_user()
    number = next(_serial)
    content = content or f"Document {number}: enough words to make a sentence.\n".encode()
    return Document.objects.create(
        organization=user.membership.organization,
        uploaded_by=user,
        stored=make_stored_file(user.membership.organization, content),
        filename=filename or f"document-{number}.txt",
        **({"media_type": "text/plain"} | fields),
    )


def make_stored_file(org, content):
    """These bytes of `org`, which may have them already."""
    sha256 = hashlib.sha256(content).hexdigest()
    stored = StoredFile.objects.filter(organization=org, sha256=sha256).first()
    if stored is None:
        stored = StoredFile(organization=org, sha256=sha256, file_size=len(content))
        stored.file.save("", ContentFile(content))
    return stored


def batch_file(org, name, content=b"Some words.\n"):
    """A file in the organization's batch directory; returns its path."""
    path = Path(settings.BATCH_DIR) / org.slug / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def make_job(user=None, *, status=JobStatus.PENDING, rows=1, **fields):
    """A job of `user` in any state, its counters and times as the life cycle leaves them.

    `rows` is the number of its documents, or the status of each; see also `make_row`.
    """
    user = user or make_user()
    now = timezone.now()
    statuses = _row_statuses(JobStatus(status), rows)
    retention = user.membership.organization.settings.retention_days
    values = {
        "organization": user.membership.organization,
        "user": user,
        "name": f"Job {next(_serial)}",
        "status": status,
        "total_documents": len(statuses),
        "completed_documents": statuses.count(DocumentStatus.COMPLETED),
        "failed_documents": statuses.count(DocumentStatus.FAILED),
        "cancelled_documents": statuses.count(DocumentStatus.CANCELLED),
        "processing_options": options.defaults(),
        "retention_days": retention,
        "created_at": now,
        "expires_at": expiry(now, retention),
    } | _times(JobStatus(status), now)
    values |= fields
    completed = values["completed_documents"]
    summed_up = {"score_sum": _USUAL_SCORE * completed, "score_bands": [0] * 9 + [completed]}
    job = Job.objects.create(**(summed_up | values))
    for row_status in statuses:
        make_row(job, status=row_status)
    return job


def make_waiting(user=None, *, status=JobStatus.PENDING, **fields):
    """A job at the end of its organization's line, put there by its owner; see `make_job`."""
    user = user or make_user()
    values = {"waiting_since": timezone.now(), "waiting_by": user}
    if status != JobStatus.PENDING:
        values["waiting_retry"] = {"rows": None, "options": options.defaults()}
    return make_job(user, status=status, **(values | fields))


def make_row(job, *, status=DocumentStatus.PENDING, document=None, markdown="", **fields):
    """One document of `job`, without touching the job's counters; a completed one has a result."""
    document = document or make_document(job.user)
    now = timezone.now()
    row = JobDocument(
        job=job,
        document=document,
        position=JobDocument.objects.filter(job=job).count(),
        filename=document.filename,
        file_size=document.file_size,
        status=status,
        created_at=now,
        **({"path": document.path} | _row_values(DocumentStatus(status), now) | fields),
    )
    if status == DocumentStatus.COMPLETED:
        markdown = markdown or f"# {document.filename}\n\nConverted.\n"
        stored = results.write(row, uuid4(), markdown)
        row.result_file, row.result_size = stored.name, stored.size
        row.result_sha256 = stored.sha256
    row.save(force_insert=True)
    return row


def make_poor(job, *positions):
    """Let these documents of `job` miss a threshold, and the job count them."""
    poor = job.job_documents.filter(position__in=positions).update(is_rag_ready=False)
    Job.objects.filter(pk=job.pk).update(not_ready_documents=poor)
    job.refresh_from_db()


def take_document():
    """The attempt of a new worker at the next document."""
    return claims.claim(make_worker(), timezone.now())[0]


def succeed(attempt, **fields):
    """Let an attempt end with `make_conversion(**fields)`; returns what was stored."""
    conversion = make_conversion(**fields)
    stored = results.write(attempt.row, attempt.id, conversion.markdown)
    attempts.succeed(attempt, conversion, stored, timezone.now())
    return stored


def make_log(job, message="", *, level=LogLevel.INFO, **fields):
    fields = {"timestamp": timezone.now(), "event": "test.happened"} | fields
    message = message or f"Something happened for the time number {next(_serial)}"
    return JobLog.objects.create(job=job, message=message, level=level, **fields)


def make_worker(**fields):
    """A worker process that gave a sign of life this moment."""
    now = timezone.now()
    values = {"host": "localhost", "pid": next(_serial), "pid_started": "1"}
    return Worker.objects.create(**(values | {"started_at": now, "last_seen_at": now} | fields))


def make_conversion(*, markdown="# Title\n\nSome words.\n", score=95, **fields):
    """What a conversion child delivers."""
    quality = Quality(conversion_score=score, parts=(), clarity=9, completeness=9, markdown=9)
    values = {
        "markdown": markdown,
        "engine": "text",
        "media_type": "text/plain",
        "page_count": None,
        "ocr_page_count": 0,
        "quality": quality,
        "warnings": (),
    }
    return Conversion(**(values | fields))


def _row_statuses(status, rows):
    if not isinstance(rows, int):
        return [DocumentStatus(row) for row in rows]
    first, others = _USUAL_ROWS[status]
    return [first, *[others] * (rows - 1)] if rows else []


def _times(status, now):
    times = {}
    if status != JobStatus.PENDING:
        times["queued_at"] = now
    if status in {JobStatus.RUNNING, JobStatus.COMPLETED, JobStatus.FAILED}:
        times["started_at"] = now
    if status in {JobStatus.COMPLETED, JobStatus.FAILED}:
        times["completed_at"] = now
    if status == JobStatus.CANCELLED:
        times |= {"cancel_requested_at": now, "cancelled_at": now}
    return times


def _row_values(status, now):
    """The columns that the database's constraints ask for in this state."""
    match status:
        case DocumentStatus.RUNNING:
            lease = now + timedelta(minutes=1)
            return {
                "attempt_id": uuid4(),
                "attempts": 1,
                "started_at": now,
                "lease_expires_at": lease,
            }
        case DocumentStatus.COMPLETED:
            return {
                "attempts": 1,
                "started_at": now,
                "completed_at": now,
                "processing_time_seconds": 0.5,
                "engine": "text",
                "page_count": 1,
                "conversion_score": _USUAL_SCORE,
                "quality_scores": {"conversion_score": _USUAL_SCORE},
                "is_rag_ready": True,
            }
        case DocumentStatus.FAILED:
            return {
                "attempts": 1,
                "started_at": now,
                "completed_at": now,
                "error_code": "corrupt_file",
                "error_message": "The file is damaged.",
            }
        case DocumentStatus.CANCELLED:
            return {"completed_at": now}
        case _:
            return {}
