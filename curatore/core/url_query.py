"""What the URL of a page asks for, as values with defaults; a URL names only what differs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from urllib.parse import urlencode

_LONGEST_SEARCH = 200  # characters


@dataclass(frozen=True)
class UrlQuery:
    """The base of such queries: each is a frozen dataclass whose fields all have defaults."""

    # Field -> its name in the URL, where that is a different one.
    in_url: ClassVar[Mapping[str, str]] = {}

    @property
    def chosen(self) -> dict[str, Any]:
        """What is not as it is by itself, under its name in the URL."""
        return {
            self.in_url.get(field.name, field.name): getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    @property
    def as_text(self) -> str:
        """As it stands in a URL of nothing else."""
        return urlencode(self.chosen)

    @property
    def parameters(self) -> str:
        """For a URL with others before, so with an “&” in front; "" when nothing was chosen."""
        return f"&{self.as_text}" if self.chosen else ""


def words(values: Mapping[str, str], name: str) -> str:
    """What somebody searches for: without what no database takes, and of a sensible length."""
    return values.get(name, "").replace("\0", "").strip()[:_LONGEST_SEARCH]
