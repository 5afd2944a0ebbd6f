"""docs/style.md shows the code as it is."""

import re

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "style.md").read_text()
EXCERPTS = re.findall(r"^From `(\S+)`:\n\n```python\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("path", "excerpt"), EXCERPTS, ids=[path for path, _ in EXCERPTS])
def test_an_excerpt_is_the_code_as_it_stands(path, excerpt):
    assert excerpt in (settings.BASE_DIR / path).read_text()


def test_every_block_of_code_is_an_excerpt():
    assert PAGE.count("```python") == len(EXCERPTS) > 0
