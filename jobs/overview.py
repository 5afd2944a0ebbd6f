"""How much of what it may an organization does at once."""

from dataclasses import dataclass

from jobs.models import ACTIVE, Job
from orgsettings.models import OrgSettings, User


@dataclass(frozen=True)
class Capacity:
    """The active jobs of an organization against its limit."""

    active: int
    limit: int
    jobs: list[Job]  # those of the active jobs that the asking user may see, oldest first

    @property
    def is_full(self) -> bool:
        return self.active >= self.limit

    @property
    def level(self) -> str:
        """How it is coloured: full, high (from 80 %), or free."""
        if self.is_full:
            return "full"
        return "high" if self.active * 10 >= self.limit * 8 else "free"

    @property
    def version(self) -> str:
        """Changes whenever something that is shown of it changes."""
        jobs = ",".join(f"{job.pk.hex[:8]}:{job.version}" for job in self.jobs)
        return f"{self.active}/{self.limit};{jobs}"


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
    return Capacity(len(active), limit, seen)
