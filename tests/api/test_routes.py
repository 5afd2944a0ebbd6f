"""Paths have no trailing slash; one is tolerated."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from curatore.core.routes import without_slash


@pytest.mark.parametrize(
    ("asked", "page"),
    [("/jobs/", "/jobs"), ("/jobs/?status=FAILED", "/jobs?status=FAILED"), ("/jobs//", "/jobs")],
)
def test_a_page_with_a_trailing_slash_is_found_without_it(client, asked, page):
    answer = client.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, page)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["/nothing/", "/jobs/nothing/at/all/"])
def test_nothing_is_found_where_there_is_no_page_without_the_slash_either(client, asked):
    assert client.get(asked).status_code == 404


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example//", "/\\evil.example/"])
def test_nobody_is_sent_to_another_host(path):
    request = RequestFactory().get("/")
    request.path_info = path

    with pytest.raises(Http404):
        without_slash(request)


def test_a_path_that_begins_with_two_slashes_stays_on_this_host():
    request = RequestFactory().get("/")
    request.path_info = "//jobs/"

    assert without_slash(request).headers["Location"] == "/jobs"


@pytest.mark.django_db
def test_a_form_is_not_sent_on(client):
    assert client.post("/jobs/").status_code == 404
