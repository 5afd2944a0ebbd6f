"""Finding jobs by words."""

import re
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from jobs.models import JobDocument, JobQuerySet

BEGINNING_OF_ID = re.compile("[0-9a-f]{4,32}")


def ids_beginning_with(digits: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The lowest and the highest id that begin with `digits` (4 or more); None if none does."""
    plain = digits.replace("-", "").lower()
    if not BEGINNING_OF_ID.fullmatch(plain):
        return None
    return uuid.UUID(plain.ljust(32, "0")), uuid.UUID(plain.ljust(32, "f"))


def matching(jobs: JobQuerySet, words: str, *, one_by_one: bool = False) -> JobQuerySet:
    """Those of `jobs` with `words` in name, description or a document's name or folder, any case.

    Jobs whose id begins with `words` match, too. `one_by_one` is for few of very many jobs:
    each job's documents are then looked up, while PostgreSQL would read those of all jobs.
    """
    named = JobDocument.objects.named(words).filter(job=OuterRef("pk"))
    has_named: Any = Exists(named)
    if one_by_one:
        has_named = IsNull(Subquery(named.order_by().values("pk")[:1]), False)
    matches = Q(name__icontains=words) | Q(description__icontains=words) | Q(has_named)
    ids = ids_beginning_with(words)
    return jobs.filter(matches | Q(pk__range=ids) if ids else matches)
