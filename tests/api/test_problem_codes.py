"""Every code that the product can answer is documented, and every documented one exists."""

import importlib
import pkgutil
import re

import pytest
from django.conf import settings

import curatore
import documents
import jobs
import orgsettings
from curatore.core.errors import DomainError
from curatore.core.problem_codes import DOCUMENTS, PROBLEMS, VALUES

OWN = ["curatore", "documents", "jobs", "orgsettings"]


def sources():
    for name in OWN:
        for path in (settings.BASE_DIR / name).rglob("*.py"):
            if path.name != "problem_codes.py":
                yield path.read_text()


def refusals(base=DomainError):
    for package in (curatore, documents, jobs, orgsettings):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("wsgi"):
                importlib.import_module(module.name)
    found = set(base.__subclasses__())
    return found.union(*(refusals_below(cls) for cls in found))


def refusals_below(base):
    return {base}.union(*(refusals_below(cls) for cls in base.__subclasses__()))


def test_every_refusal_is_documented_with_its_status():
    undocumented = {
        cls.__name__
        for cls in refusals()
        if hasattr(cls, "code")  # a kind of refusals has none
        if PROBLEMS.get(cls.code) is None or PROBLEMS[cls.code].status != cls.status
    }

    assert undocumented == set()


def test_every_documented_code_is_used():
    text = "\n".join(sources())
    # What DRF itself raises, under its own names.
    drf = {"method_not_allowed", "not_acceptable", "unsupported_media_type", "not_authenticated"}

    assert {code for code in PROBLEMS if f'"{code}"' not in text} <= drf
    assert {code for code in DOCUMENTS if f'"{code}"' not in text} == set()


def test_every_reason_for_a_failed_document_is_documented():
    text = "\n".join(sources())
    pattern = r'(?:ConversionError\(\s*|error_code=|code=)"([a-z_]+)"'
    used = set(re.findall(pattern, text)) - set(PROBLEMS)

    assert {code for code in used if code not in DOCUMENTS and code not in VALUES} == set()


def test_the_documentation_lists_every_code_with_its_status():
    page = (settings.BASE_DIR / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| ([45]\d\d[\d, ]*) \| (.+?) \|", page, re.M)

    listed = [
        (code, statuses) for statuses, codes in rows for code in re.findall(r"`(\w+)`", codes)
    ]

    assert sorted(code for code, _ in listed) == sorted(PROBLEMS)
    assert [code for code, statuses in listed if str(PROBLEMS[code].status) not in statuses] == []


@pytest.mark.django_db
def test_the_page_shows_every_code_to_everybody(client):
    page = client.get("/docs/errors")

    assert page.status_code == 200
    for code in [*PROBLEMS, *VALUES, *DOCUMENTS]:
        assert f"<code>{code}</code>" in page.content.decode()
