"""Doing one thing with many jobs: each is asked for permission and moved by itself.

What cannot be done with one job keeps nothing from being done with the others; the outcome counts
both, with the sentence that said no. To read, no job needs to be asked: `visible` ones can be.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from curatore.core.errors import DomainError, PermissionRefused
from curatore.core.ids import as_uuid
from jobs import access, lifecycle, starts
from jobs.listing import listing
from jobs.listing.list_query import TABS, ListQuery
from jobs.models import Job, JobQuerySet
from orgsettings.models import User

# So many jobs at once: each takes a transaction, and somebody waits for the answer.
LIMIT = 500

VERBS: Mapping[str, Callable[..., Any]] = {
    "cancel": lifecycle.request_cancel,
    "retry": partial(starts.retry, or_wait=True),  # of many, few find a place at once
    "withdraw": starts.withdraw,
    "delete": lifecycle.delete,
}


@dataclass
class Choice:
    """Jobs that somebody chose, parted by what the verb can do with them as they are now."""

    possible: list[Job] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # why not -> how many
    is_cut: bool = False  # more were chosen than LIMIT: these are the newest


@dataclass(frozen=True)
class Visible:
    """Jobs that somebody chose to read, the newest first."""

    jobs: list[Job]
    is_cut: bool  # more were chosen than LIMIT: these are the newest


@dataclass
class Outcome:
    done: int = 0
    waiting: int = 0  # of those, jobs that joined the line
    refused: Counter[str] = field(default_factory=Counter)  # why not -> how many


def refusal(user: User, verb: str, job: Job) -> str | None:
    """Why `verb` cannot be done with `job`; None if, as far as the row says, it can."""
    if not access.can_manage(user, job):
        return _("Only the owner of the job or an admin may do this.")
    if verb == "delete" and not access.can_delete(user, job):
        return _("Only an admin may delete a job that was started.")
    return _unfit(verb, job)


def _unfit(verb: str, job: Job) -> str | None:
    """Why the state of `job` does not let anybody do `verb`."""
    match verb:
        case "cancel" if not job.is_active or job.is_cancelling:
            return _("The job is not running or waiting to run.")
        case "retry" if job.is_in_line:
            return _("The job waits for a place already.")
        case "retry" if not job.is_terminal or not job.failed_documents + job.cancelled_documents:
            return _("There is no failed or cancelled document to run again.")
        case "withdraw" if not job.is_in_line:
            return _("The job does not wait for a place.")
        case "delete" if job.is_active:
            return _("The job is active. Cancel it first, then delete it.")
    return None


def allowed(user: User, job: Job) -> set[str]:
    """The verbs that can be done with `job`."""
    return {verb for verb in VERBS if refusal(user, verb, job) is None}


def choose(user: User, verb: str, ids: Iterable[str]) -> Choice:
    """The jobs with these ids, parted.

    Raises:
        Http404: none of them exists in the user's organization.
        PermissionRefused: all that exist belong to somebody else.
    """
    jobs = _chosen(Job.objects.for_org(user.membership.organization), ids)
    choice = _part(user, verb, jobs)
    if not choice.possible and not choice.refused:
        raise Http404("None of these jobs exists any more.")
    if not any(access.can_manage(user, job) for job in jobs):
        raise PermissionRefused("These jobs belong to someone else in your organization.")
    return choice


def choose_matching(user: User, verb: str, query: ListQuery, now: datetime) -> Choice:
    """All jobs that `query` lists, parted; the newest LIMIT of them."""
    return _part(user, verb, _matching(user, query, now))


def visible(user: User, ids: Iterable[str]) -> Visible:
    """The jobs with these ids that `user` may see.

    Raises:
        Http404: there is none.
    """
    jobs = _chosen(Job.objects.for_user(user), ids)
    if not jobs:
        raise Http404("None of these jobs exists any more.")
    return Visible(jobs[:LIMIT], is_cut=len(jobs) > LIMIT)


def visible_matching(user: User, query: ListQuery, now: datetime) -> Visible:
    """All jobs that `query` lists; the newest LIMIT of them."""
    jobs = _matching(user, query, now)
    return Visible(jobs[:LIMIT], is_cut=len(jobs) > LIMIT)


def apply(user: User, verb: str, jobs: Iterable[Job]) -> Outcome:
    """Do it with each of `jobs`, whatever becomes of the others."""
    outcome = Outcome()
    for job in jobs:
        try:
            VERBS[verb](job, by=user)
        except DomainError as refused:
            outcome.refused[str(refused)] += 1
        else:
            outcome.done += 1
            outcome.waiting += job.is_in_line
    return outcome


def _chosen(jobs: JobQuerySet, ids: Iterable[str]) -> list[Job]:
    """Those of `jobs` with these ids, the newest first; LIMIT and one more."""
    wanted = [job_id for job_id in map(as_uuid, ids) if job_id]
    return list(jobs.filter(pk__in=wanted[: LIMIT + 1]).select_related("user"))


def _matching(user: User, query: ListQuery, now: datetime) -> list[Job]:
    """The newest jobs that `query` lists; LIMIT and one more."""
    jobs = listing.selected(user, query, now)
    if query.search:
        jobs, _reach = listing.found(jobs, query.search)
    rows = (
        jobs.filter(TABS[query.status].jobs).select_related("user").order_by("-created_at", "-pk")
    )
    return list(rows[: LIMIT + 1])


def _part(user: User, verb: str, jobs: list[Job]) -> Choice:
    choice = Choice(is_cut=len(jobs) > LIMIT)
    for job in jobs[:LIMIT]:
        why = refusal(user, verb, job)
        if why is None:
            choice.possible.append(job)
        else:
            choice.refused[why] += 1
    return choice
