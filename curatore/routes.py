"""Paths have no trailing slash; one is tolerated."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

View = Callable[..., Any]


def tolerant(route: str, view: View, *, name: str | None = None) -> list[URLPattern]:
    """`route`, and the same with a trailing slash; links are made to the first."""
    return [path(route, view, name=name), path(f"{route}/", view)]
