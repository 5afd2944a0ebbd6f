"""The sample job: what a newcomer finds on the first page."""

from django.core.files.base import File

from documents import uploads
from documents.samples import sample_files
from jobs import drafts
from jobs.models import Job, JobOrigin
from orgsettings.models import Organization, User


def start_job(organization: Organization, user: User) -> Job:
    """Start a job over the bundled sample documents."""
    documents = []
    for path in sample_files():
        with path.open("rb") as file:
            accepted = uploads.accept(
                File(file), filename=path.name, organization=organization, user=user
            )
        documents.append(accepted.document)
    return drafts.create_and_start(
        organization,
        user,
        documents=documents,
        name="Sample documents",
        description="A first look: one document of each main format, a scan among them.",
        origin=JobOrigin.SYSTEM,
    )
