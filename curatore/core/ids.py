"""Ids as they come from outside: in URLs, forms and bodies."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def as_uuid(given: object) -> UUID | None:
    """The id that `given` says; None if it says none."""
    try:
        return UUID(str(given))
    except ValueError:
        return None


def find_in(rows: QuerySet[Row], given: object) -> Row | None:
    """The one of `rows` with this id; None if there is none, or if it is not an id at all."""
    wanted = as_uuid(given)
    return rows.filter(pk=wanted).first() if wanted else None
