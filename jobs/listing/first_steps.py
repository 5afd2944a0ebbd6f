"""What an admin does first in a new organization: shown above the jobs until it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.models import Job, JobOrigin
from orgsettings.models import User

# Who is here longer knows the way.
NEW_FOR = timedelta(days=30)


@dataclass(frozen=True)
class FirstSteps:
    sample: Job | None  # the sample job, to see what results look like
    has_own_job: bool
    has_colleagues: bool

    @property
    def are_done(self) -> bool:
        return self.has_own_job and self.has_colleagues


def of(user: User, now: datetime) -> FirstSteps | None:
    """For an admin who is new; None for others, and when all is done. Three queries at most."""
    membership = user.membership
    if not membership.is_admin or user.date_joined < now - NEW_FOR:
        return None
    jobs = Job.objects.for_org(membership.organization)
    steps = FirstSteps(
        sample=jobs.filter(origin=JobOrigin.SYSTEM).order_by("created_at").first(),
        has_own_job=jobs.exclude(origin=JobOrigin.SYSTEM).exists(),
        has_colleagues=membership.organization.memberships.exclude(user=user).exists(),
    )
    return None if steps.are_done else steps
