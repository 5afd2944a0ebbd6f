"""docs/architecture.md tells where to find a rule: every module has its line."""

from pathlib import Path

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
# What is named as a whole, and what Django finds under a name that says all.
AS_A_WHOLE = {"api", "views", "models", "serializers", "migrations", "management", "samples",
              "conversion", "templatetags"}  # fmt: skip
OF_DJANGO = {"__init__", "admin", "apps", "urls", "models", "views", "serializers"}


def modules():
    for package in ("jobs", "documents", "orgsettings", "curatore/core"):
        for file in sorted((settings.BASE_DIR / package).rglob("*.py")):
            path = file.relative_to(settings.BASE_DIR)
            if not AS_A_WHOLE & set(path.parts) and path.stem not in OF_DJANGO:
                yield path


@pytest.mark.parametrize("path", list(modules()), ids=str)
def test_every_module_has_a_line(path: Path):
    assert f"`{path}`" in PAGE
