"""How much of a body each route takes: a view that takes more than a form says `@takes(...)`."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.conf import settings

View = TypeVar("View", bound=Callable[..., Any])

STRANGERS_LIMIT = 64 * 1024  # bytes from somebody without a valid session or token
_FORM_LIMIT = 1024 * 1024  # bytes; the 10,000 ids that one request may name are 700 KB
_ATTRIBUTE = "takes_body"


class Body(Enum):
    """What a route takes."""

    SMALL = "as much as from a stranger, whoever asks"
    FORM = "a form or JSON; what every view takes that says nothing else"
    TEXT = "the text of a whole result"
    UPLOAD = "files"

    @property
    def limit(self) -> int:
        """In bytes."""
        match self:
            case Body.SMALL:
                return STRANGERS_LIMIT
            case Body.FORM:
                return _FORM_LIMIT
            case Body.TEXT:
                return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            case Body.UPLOAD:
                return settings.MAX_REQUEST_SIZE


def takes(body: Body) -> Callable[[View], View]:
    """Declare what a view, a function or a class, takes."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, body)
        return view

    return declare


def taken_by(view: Callable[..., Any]) -> Body:
    """What a view of the URLconf declares."""
    # as_view() makes a function, and the class is at its attribute: Django's, REST framework's.
    holders = (view, getattr(view, "view_class", None), getattr(view, "cls", None))
    declared = (getattr(holder, _ATTRIBUTE, None) for holder in holders)
    return next(filter(None, declared), Body.FORM)
