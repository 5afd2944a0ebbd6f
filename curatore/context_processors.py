"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"poll_interval": settings.JOB_STATUS_POLL_INTERVAL, "version": settings.VERSION}
