"""What a browser remembers of the person who uses it, in cookies."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEMES = ("auto", "light", "dark")

_KEPT_SECONDS = 365 * 24 * 3600
_THEME = "theme"
_SHORTCUTS = "shortcuts"
_FIRST_STEPS = "first-steps"


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(_THEME, "")
    return chosen if chosen in THEMES else "auto"


def has_shortcuts(request: HttpRequest) -> bool:
    """Whether keys are shortcuts."""
    return request.COOKIES.get(_SHORTCUTS) != "off"


def shows_first_steps(request: HttpRequest) -> bool:
    """Whether nobody has put away the strip with the first steps."""
    return _FIRST_STEPS not in request.COOKIES


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Keep one of THEMES; anything else changes nothing."""
    if theme in THEMES:
        _remember(response, _THEME, theme)


def remember_shortcuts(response: HttpResponse, wanted: bool) -> None:
    _remember(response, _SHORTCUTS, "on" if wanted else "off")


def put_first_steps_away(response: HttpResponse) -> None:
    _remember(response, _FIRST_STEPS, "done")


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_KEPT_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
