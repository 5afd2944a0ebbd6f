"""No cache keeps an answer: neither one on the way, nor the browser after somebody signed out."""

import pytest
from django.test import Client

from jobs.models import JobStatus
from orgsettings.models import Role, User
from tests.api.test_permissions import make_world, rows, send, signed_in
from tests.factories import PASSWORD, make_api_client, make_document, make_job, make_user
from tests.page_files import photo

pytestmark = pytest.mark.django_db

OPERATIONS = [(method, route) for method, route, _ in rows()]


def is_private(answer):
    """A cache of the browser's may keep it only if it asks the server by an ETag.

    Each time, but for pictures of pages: those it may show for a while, to the same session.
    """
    said = set(answer.headers.get("Cache-Control", "").split(", "))
    return "private" in said and ("no-store" in said or {"ETag"} <= set(answer.headers))


@pytest.mark.parametrize(("method", "route"), OPERATIONS)
def test_every_answer_is_private_and_is_not_kept(method, route):
    world = make_world(route)

    for who in ("stranger", "anonymous", "admin"):
        answer = send(world, signed_in(world.people[who]), method, route)

        assert is_private(answer), f"{who}: {answer.headers.get('Cache-Control')}"


def test_a_picture_that_a_browser_keeps_is_for_its_session_only(client):
    document = make_document(filename="photo.png", content=photo("PNG"))
    client.force_login(document.uploaded_by)

    answer = client.get(f"/documents/{document.pk}/pages/1.png")

    assert answer.headers["Cache-Control"] == "private, max-age=600"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ["/admin/", "/admin/jobs/job/", "/admin/jsi18n/"])
def test_the_admin_site_is_not_kept(address):
    operator = User.objects.create_superuser("root", password=PASSWORD)

    assert is_private(signed_in(operator).get(address))


@pytest.mark.parametrize("address", ["/nowhere", "/api/v1/nowhere", "/jobs/"])
def test_what_is_not_there_is_not_kept(address):
    assert is_private(Client().get(address))


def test_an_answer_with_an_etag_is_asked_for_again_and_then_unchanged():
    job = make_job(status=JobStatus.COMPLETED)
    api, address = make_api_client(job.user), f"/api/v1/jobs/{job.pk}"

    first = api.get(address)
    again = api.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_static_files_are_kept(client, settings):
    # As `collectstatic` leaves them: named by their content, and kept for good.
    name = "app.0123456789ab.css"
    (settings.STATIC_ROOT / name).write_text("body{}")
    settings.WHITENOISE_AUTOREFRESH = True

    answer = client.get(f"/static/{name}")

    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    answer.close()


def test_a_refused_form_may_be_kept_so_that_going_back_shows_what_was_typed(client):
    client.force_login(make_user(role=Role.ADMIN))

    answer = client.post("/settings-admin/invitations", {"role": "emperor"})

    assert answer.status_code == 422
    assert is_private(answer)
    assert answer.headers["Cache-Control"] == "private, no-cache"
