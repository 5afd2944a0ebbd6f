"""Which media type an answer has: the header Accept decides, or `?format=` where it is sent."""

from collections.abc import Iterable

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class ContentNegotiation(DefaultContentNegotiation):
    def filter_renderers(
        self, renderers: Iterable[BaseRenderer], format: str
    ) -> list[BaseRenderer]:
        """DRF calls an unknown `format` a missing address, which it is not."""
        try:
            return super().filter_renderers(renderers, format)
        except Http404 as unknown:
            raise NotAcceptable(f"It cannot be answered in the format “{format}”.") from unknown
