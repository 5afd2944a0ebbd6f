"""The documents of one job as a queue to go through: filtered, ordered, counted, one by one.

Worst first means those that failed, then those that run, then results by what they miss: not
RAG-ready before RAG-ready, low scores before high ones; then the rest in its order. Each of these
parts is read in the order of an index, so a page of 10,000 documents is shown without sorting them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from curatore.core.url_query import UrlQuery, words
from jobs import partition
from jobs.models import IN_STATE, DocumentStatus, Job, JobDocument, Review
from jobs.review import judgement
from jobs.review.judgement import Measure

_RESULTS = IN_STATE[DocumentStatus.COMPLETED]


class Filter(NamedTuple):
    """Some of the documents of a job."""

    label: Any  # translated when it is shown
    documents: Q


# Under their names in the URL, as offered; “low” asks the job as well.
FILTERS: Mapping[str, Filter] = {
    "all": Filter(_("All"), Q()),
    "not_ready": Filter(_("Not RAG-ready"), _RESULTS & Q(is_rag_ready=False)),
    "low": Filter(_("Low score"), _RESULTS),
    "failed": Filter(_("Failed"), IN_STATE[DocumentStatus.FAILED]),
    "to_review": Filter(_("To review"), _RESULTS & Q(review=Review.NONE)),
    "reviewed": Filter(_("Reviewed"), _RESULTS & ~Q(review=Review.NONE)),
    "running": Filter(_("Running"), IN_STATE[DocumentStatus.RUNNING]),
    "waiting": Filter(_("Waiting"), IN_STATE[DocumentStatus.PENDING]),
    "completed": Filter(_("Completed"), _RESULTS),
    "rag_ready": Filter(_("RAG-ready"), _RESULTS & Q(is_rag_ready=True)),
    "cancelled": Filter(_("Cancelled"), IN_STATE[DocumentStatus.CANCELLED]),
}
SORTS = ("worst", "order")
# What waits or was cancelled: the end of the queue, and no filter.
_REST = "rest"
_OF_RESULTS = {"not_ready", "low", "to_review", "reviewed", "completed", "rag_ready"}

_BY_POSITION = ("position",)
_BY_QUALITY = ("is_rag_ready", "conversion_score", "position")
_RATINGS = ("clarity", "completeness", "relevance", "markdown")


@dataclass(frozen=True)
class QueueQuery(UrlQuery):
    """Which documents are shown in which order, as a URL says; what makes no sense is left out."""

    state: str = "all"  # one of FILTERS
    search: str = ""  # part of name or folder, any case
    sort: str = "worst"  # one of SORTS

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        """From a URL; in links of earlier days `state` may be called `filter`."""
        state = values.get("state", values.get("filter", "")).lower()
        sort = values.get("sort", "")
        return cls(
            state=state if state in FILTERS else cls.state,
            search=words(values, "search"),
            sort=sort if sort in SORTS else cls.sort,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.search) or self.state != "all"

    def parameters_with(self, **changes: str) -> str:
        """`parameters` with another state or order."""
        return replace(self, **changes).parameters

    @property
    def parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """What stands together, and in which order: names of filters, or _REST."""
        by_quality = self.sort == "worst"
        if self.state == "all" and by_quality:
            return [
                ("failed", _BY_POSITION),
                ("running", _BY_POSITION),
                ("completed", _BY_QUALITY),
                (_REST, _BY_POSITION),
            ]
        by_quality = by_quality and self.state in _OF_RESULTS
        return [(self.state, _BY_QUALITY if by_quality else _BY_POSITION)]


@dataclass(frozen=True)
class _Part:
    """Documents that stand together, in the order of one index."""

    name: str
    rows: QuerySet[JobDocument]
    order: tuple[str, ...]

    def ordered(self, *, forward: bool = True) -> QuerySet[JobDocument]:
        return self.rows.order_by(*(name if forward else f"-{name}" for name in self.order))

    def next_to(self, row: JobDocument, *, forward: bool) -> JobDocument | None:
        """The document after `row`, or before it; `row` need not be of the part itself."""
        beyond, same = Q(pk__in=[]), Q()
        for name in self.order:
            value = getattr(row, name)
            if value is None:  # without a result it stands before all of them
                return self.ordered().first() if forward else None
            beyond |= same & Q(**{f"{name}__{'gt' if forward else 'lt'}": value})
            same &= Q(**{name: value})
        return self.ordered(forward=forward).filter(beyond).first()


class Rows:
    """The documents of some parts, one after the other. Made for Paginator: a slice is a list."""

    def __init__(self, parts: list[_Part], lengths: Mapping[str, int]) -> None:
        self._parts = [(part, lengths[part.name]) for part in parts]

    def count(self) -> int:
        return sum(length for _, length in self._parts)

    @property
    def results(self) -> int:
        """How many of them have a result."""
        return sum(length for part, length in self._parts if part.name in _OF_RESULTS)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[JobDocument]:
        start, stop, _step = wanted.indices(self.count())
        found: list[JobDocument] = []
        for part, length in self._parts:
            if start < length and stop > 0:
                found += part.ordered()[max(start, 0) : min(stop, length)]
            start, stop = start - length, stop - length
        return found


def counts(job: Job, low: int = 0) -> dict[str, int]:
    """How many documents each of FILTERS has, and the rest; no query.

    Args:
        job: read with `partition.counted`.
        low: results below the conversion threshold, as `rows.totals` tells, where they matter.
    """
    parts = partition.of(job)
    return {
        "all": parts.total,
        "not_ready": job.not_ready_documents,
        "low": low,
        "failed": parts.failed,
        "to_review": job.unreviewed_documents,
        "reviewed": job.reviewed_documents,
        "running": parts.running,
        "waiting": parts.waiting,
        "completed": parts.completed,
        "rag_ready": job.ready_documents,
        "cancelled": parts.cancelled,
        _REST: parts.waiting + parts.cancelled,
    }


def listed(job: Job, query: QueueQuery, counts: Mapping[str, int]) -> Rows:
    """What `query` asks for, each with its reviewer and its ratings (see `missed`).

    Args:
        counts: those of this module; they spare a query as long as nothing is searched.
    """
    if query.search:
        counts = _counted(job, query)
    rated = {f"rated_{name}": F(f"quality_scores__{name}") for name in _RATINGS}
    rows = _found(job, query).defer("quality_scores").select_related("reviewed_by")
    return Rows(_parts(job, query, rows.annotate(**rated)), counts)


def results(job: Job, query: QueueQuery) -> QuerySet[JobDocument]:
    """The results among what `query` asks for, in no order."""
    return _found(job, query).filter(_condition(job, query.state) & _RESULTS).order_by()


def neighbors(
    job: Job, row: JobDocument, query: QueueQuery
) -> tuple[JobDocument | None, JobDocument | None]:
    """The documents before and after `row` in the queue of `query`.

    Two queries, and one more for each part that is looked at beyond that of `row`.

    Args:
        job: read with `partition.counted`.
    """
    rows = _found(job, query).only("pk", "filename", "path", "job_id")
    parts = _parts(job, query, rows)
    known = counts(job)
    place = _place(row, [part.name for part in parts])
    before = [part for part in reversed(parts[:place]) if known[part.name]]
    after = [part for part in parts[place + 1 :] if known[part.name]]
    own = parts[place]
    return (
        own.next_to(row, forward=False) or _first(part.ordered(forward=False) for part in before),
        own.next_to(row, forward=True) or _first(part.ordered() for part in after),
    )


def next_to_review(job: Job, row: JobDocument, query: QueueQuery) -> JobDocument | None:
    """The next result after `row`, which has one, that nobody reviewed; past the end the first.

    None if nothing of the queue of `query` is left. Two queries at most.
    """
    rows = _found(job, query).filter(FILTERS["to_review"].documents).exclude(pk=row.pk)
    parts = _parts(job, query, rows.only("pk", "job_id"))
    own = parts[_place(row, [part.name for part in parts])]
    return own.next_to(row, forward=True) or own.ordered().first()


def missed(row: Any, job: Job) -> list[Measure]:
    """The ratings of a document of `listed` that keep it from being RAG-ready."""
    if not row.is_completed or row.is_rag_ready:
        return []
    ratings = {name: getattr(row, f"rated_{name}") for name in _RATINGS}
    return [measure for measure in judgement.measures(ratings, job) if not measure.is_met]


def _condition(job: Job, name: str) -> Q:
    """The documents of `job` that a filter of FILTERS shows, or the rest."""
    if name == _REST:
        return FILTERS["waiting"].documents | FILTERS["cancelled"].documents
    if name == "low":
        least = job.options.quality_thresholds.conversion_threshold
        return _RESULTS & Q(conversion_score__lt=least)
    return FILTERS[name].documents


def _found(job: Job, query: QueueQuery) -> QuerySet[JobDocument]:
    rows = JobDocument.objects.filter(job=job)
    return rows.named(query.search) if query.search else rows


def _parts(job: Job, query: QueueQuery, rows: QuerySet[JobDocument]) -> list[_Part]:
    return [_Part(name, rows.filter(_condition(job, name)), order) for name, order in query.parts]


def _counted(job: Job, query: QueueQuery) -> dict[str, int]:
    """How many documents each part of `query` has, with its search."""
    wanted = {name: Count("pk", filter=_condition(job, name) or None) for name, _ in query.parts}
    return _found(job, query).aggregate(**wanted)


def _place(row: JobDocument, names: list[str]) -> int:
    """Which of the parts `row` stands in, or would stand in."""
    if len(names) == 1:
        return 0
    name = {"PENDING": _REST, "CANCELLED": _REST}.get(row.state, row.state.lower())
    return names.index(name)


def _first(queries: Iterable[QuerySet[JobDocument]]) -> JobDocument | None:
    return next((row for rows in queries if (row := rows.first())), None)
