"""One page of many rows."""

from typing import Any

from django.core.paginator import Page, Paginator


def page_of(
    rows: Any, size: int, number: str | int | None, *, count: int | None = None
) -> Page[Any]:
    """The page with this number; the first for nonsense, the last for a number beyond it.

    Args:
        rows: a queryset, or what has a length and slices.
        size: rows of a page.
        count: how many rows there are, where that is known without a query.
    """
    paginator: Paginator[Any] = Paginator(rows, size)
    if count is not None:
        paginator.count = count  # a cached property
    return paginator.get_page(number)
