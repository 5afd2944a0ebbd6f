"""The OpenAPI schema, made once in a process: it is the same for everybody, and takes a second."""

from threading import Lock
from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator


class OneSchema(SchemaGenerator):
    """drf-spectacular's generator, which is not made for two threads at once."""

    _lock: ClassVar[Lock] = Lock()
    _made: ClassVar[dict[str, Any] | None] = None

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        if request is None:  # a command, which wants to see the warnings
            return super().get_schema(request, public)
        with self._lock:
            if OneSchema._made is None:
                # Nothing of the request that happens to be the first may show to the next.
                self.api_version = None
                with translation.override(settings.LANGUAGE_CODE):
                    OneSchema._made = super().get_schema(None, public=True)
            return OneSchema._made
