"""How much of what it may an organization does at once."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from curatore.core.htmx import version_of
from jobs.models import ACTIVE, Job, JobStatus
from orgsettings.models import OrgSettings, User


@dataclass(frozen=True)
class Capacity:
    """The active jobs of an organization against its limit."""

    active: int
    running: int  # of the active ones; the others are queued
    limit: int
    jobs: list[Job]  # those of the active jobs that the asking user may see, oldest first

    @property
    def queued(self) -> int:
        return self.active - self.running

    @property
    def is_full(self) -> bool:
        return self.active >= self.limit

    @property
    def level(self) -> str:
        """How it is colored: full, high (from 80 %), or free."""
        if self.is_full:
            return "full"
        return "high" if self.active * 10 >= self.limit * 8 else "free"

    @property
    def words(self) -> str:
        """“3 of 3 active: 1 running, 2 queued”."""
        told = _("%(active)d of %(limit)d active") % {"active": self.active, "limit": self.limit}
        kinds = [
            words % count
            for words, count in ((_("%d running"), self.running), (_("%d queued"), self.queued))
            if count
        ]
        return f"{told}: {', '.join(kinds)}" if kinds else told

    @property
    def version(self) -> str:
        """Changes whenever something that is shown of it changes."""
        jobs = [(job.pk.hex, job.version) for job in self.jobs]
        return version_of((self.active, self.running, self.limit, jobs))


def capacity(user: User) -> Capacity:
    """Two queries, whatever the number of jobs: at most ten can be active at once."""
    membership = user.membership
    active = list(
        Job.objects.for_org(membership.organization)
        .filter(status__in=ACTIVE)
        .order_by("queued_at", "pk")
    )
    limit = OrgSettings.objects.get(organization=membership.organization_id).concurrency_limit
    seen = [job for job in active if membership.sees_all_jobs or job.user_id == user.pk]
    running = sum(job.status == JobStatus.RUNNING for job in active)
    return Capacity(len(active), running, limit, seen)
