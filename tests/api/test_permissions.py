"""Who may do what: every operation of the URLconf, asked by everybody, against one table.

The table is permissions.txt: a route without a row fails, and so does a row without a route. The
object in a route belongs to the member; what is asked for would succeed for an admin, except where
the table says otherwise. The API is asked twice: with the session of the pages, and with tokens.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from django.views.generic import RedirectView

from jobs.models import JobStatus
from jobs.review import edits
from orgsettings.models import Membership, Role, User
from tests.factories import (
    PASSWORD,
    batch_file,
    make_document,
    make_invitation,
    make_job,
    make_org,
    make_preset,
    make_token,
    make_user,
    make_waiting,
)
from tests.page_files import photo

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Anonymous, without organization, viewer, the member, another member, admin, another's admin.
WHO = ("anonymous", "loner", "viewer", "member", "colleague", "admin", "stranger")

TABLE = Path(__file__).with_name("permissions.txt")

# What a request sends, where an empty one would be refused whoever asks.
BODIES = {
    "POST api/v1/auth/login": lambda w: {"email_or_username": "nobody", "password": "x"},
    "POST api/v1/api-keys": lambda w: {"name": "Script"},
    "PUT api/v1/api-keys/<str:token_id>": lambda w: {"name": "Renamed"},
    "PUT api/v1/organizations/me/settings": lambda w: {"job_concurrency_limit": 5},
    "POST api/v1/organizations/me/presets": lambda w: {"name": "Archive", "options": {}},
    "PATCH api/v1/organizations/me/presets/<str:preset_id>": lambda w: {"name": "Attic"},
    "POST settings-admin/presets/<uuid:preset_id>/rename": lambda w: {"name": "Attic"},
    "POST api/v1/documents": lambda w: {"files": [w.file]},
    "POST api/v1/documents/upload": lambda w: {"file": w.file},
    "POST api/v1/documents/batch/process": lambda w: {"document_ids": [w.document_id]},
    "POST api/v1/documents/download/bulk": lambda w: {"document_ids": [w.document_id]},
    "PUT api/v1/documents/<str:document_id>/content": lambda w: {"content": "# Edited"},
    "POST api/v1/jobs": lambda w: {"document_ids": [w.document_id]},
    "POST api/v1/jobs/<str:job_id>/documents/<str:row_id>/replace": lambda w: {
        "document_id": w.document_id
    },
    "PATCH api/v1/jobs/<str:job_id>/documents/<str:row_id>": lambda w: {"review": "accepted"},
    "PATCH api/v1/jobs/<str:job_id>": lambda w: {"name": "Renamed"},
    "POST jobs/<uuid:job_id>/replace": lambda w: {"row": w.row_id, "file": w.file},
    "POST jobs/<uuid:job_id>/review": lambda w: {"row": w.row_id, "review": "accepted"},
    "POST jobs/<uuid:job_id>/rename": lambda w: {"name": "Renamed"},
    "POST jobs/<uuid:job_id>/export": lambda w: {"scope": "all"},
    "POST jobs/<uuid:job_id>/documents/<uuid:row_id>/save": lambda w: {"content": "# Edited"},
    "POST jobs/<uuid:job_id>/documents/<uuid:row_id>/restore": lambda w: {"number": 1},
    "POST jobs/bulk/download": lambda w: {"job": w.job_id},
    "POST jobs/bulk/<str:verb>": lambda w: {"job": w.job_id, "confirmed": "1"},
    "POST jobs/<uuid:job_id>/setup/remove": lambda w: {"row": w.row_id},
    "POST settings/tokens": lambda w: {"name": "Script", "lifetime": "30"},
    "POST settings-admin/members/<int:member_id>/role": lambda w: {"role": "viewer"},
    "POST settings-admin/invitations": lambda w: {"role": "member"},
    "POST join": lambda w: {"link": w.secret},
}
UPLOADS = {"api/v1/documents", "api/v1/documents/upload", "jobs/<uuid:job_id>/replace"}


def every_operation():
    """(method, route) of each operation, such as ("GET", "jobs/<uuid:job_id>")."""
    for route, pattern in _patterns(get_resolver().url_patterns, ""):
        for method in _methods(pattern.callback):
            yield method, route


def _patterns(patterns, prefix):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        # Django's own site for superusers is tested in test_admin_site.py. Twins with a trailing
        # slash are the same view, expressions only catch what is no route, and the API without a
        # version is the API with one (test_unversioned.py).
        if (
            route.startswith(("admin/", "^"))
            or route == "api/"
            or (isinstance(pattern, URLPattern) and route.endswith("/"))
        ):
            continue
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _patterns(pattern.url_patterns, route)


def _methods(view):
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is RedirectView:
        return ["GET"]
    if cls is not None:
        names = {name.upper() for name in cls.http_method_names if hasattr(cls, name)}
        return [method for method in METHODS if method in names]
    # What its decorator lets through: a method that it does not know is refused with the list.
    allowed = view(RequestFactory().generic("TRACE", "/")).headers["Allow"]
    return [method for method in METHODS if method in allowed.split(", ")]


def rows():
    for line in TABLE.read_text().splitlines()[2:]:  # below the title and the heading
        method, route, *answers = line.split()
        yield method, "" if route == "(start)" else route, tuple(answers)


def api_rows():
    return (row for row in rows() if row[1].startswith("api/"))


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert sorted((method, route) for method, route, _ in rows()) == sorted(every_operation())


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "route", "answers"), list(rows()))
def test_everybody_gets_the_answer_of_the_table(method, route, answers):
    world = make_world(route)

    given = {who: ask(world, signed_in(world.people[who]), method, route) for who in WHO}

    assert given == dict(zip(WHO, answers, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "route", "answers"), list(api_rows()))
def test_a_token_gets_what_its_person_gets(method, route, answers):
    world = make_world(route)
    expected = dict(zip(WHO, answers, strict=True))
    # A token is bound to an organization: it does not work for somebody who left theirs.
    expected["loner"] = expected["anonymous"]

    given = {who: ask(world, with_token(world.people[who]), method, route) for who in WHO}

    assert given == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "route", "answers"), list(api_rows()))
def test_a_token_that_ended_gets_what_nobody_gets(method, route, answers):
    world = make_world(route)
    admin, now = world.people["admin"], timezone.now()

    given = [
        ask(world, with_token(admin, expires_at=now), method, route),
        ask(world, with_token(admin, revoked_at=now), method, route),
    ]

    assert given == [answers[WHO.index("anonymous")]] * 2


def make_world(route):
    org = make_org(limit=10)
    member = make_user(org)
    people = {
        "anonymous": None,
        "loner": User.objects.create_user("loner", password=PASSWORD),
        "viewer": make_user(org, role=Role.VIEWER),
        "member": member,
        "colleague": make_user(org),
        "admin": make_user(org, role=Role.ADMIN),
        "stranger": make_user(role=Role.ADMIN),
    }
    make = make_waiting if route.endswith("/withdraw") else make_job
    job = make(member, status=_status(route), rows=_rows(route))
    document = job.job_documents.order_by("position").first().document
    if route.endswith("/delete") or route == "api/v1/documents/<str:document_id>":
        # Only of such a document no unfinished job needs the bytes.
        document = make_document(member)
    if "/pages/" in route:
        document = make_document(member, filename="photo.png", content=photo("PNG"))
    row = job.job_documents.order_by("position").first()
    if "versions" in route or route.endswith("/restore"):
        edits.save(row, "# Edited\n", member)
    if route.endswith("/replace"):
        row, document = job.job_documents.order_by("position").last(), make_document(member)
    batch_file(org, "a.txt")
    invitation, secret = make_invitation(people["admin"])
    return SimpleNamespace(
        people=people,
        job_id=str(job.pk),
        row_id=str(row.pk),
        document_id=str(document.pk),
        token_id=str(make_token(member)[0].pk),
        member_id=str(member.membership.pk),
        invitation_id=str(invitation.pk),
        preset_id=str(make_preset(org).pk),
        secret=secret,
        number="1",
        page="1",
        verb="retry",
        filename="a.txt",
        file=SimpleUploadedFile("new.txt", b"New words.\n"),
    )


def _status(route):
    if re.search(r"/(start|withdraw|setup/\w+)$", route):
        return JobStatus.PENDING
    return JobStatus.QUEUED if route.endswith("/cancel") else JobStatus.COMPLETED


def _rows(route):
    if _status(route) == JobStatus.COMPLETED:
        return ["COMPLETED", "FAILED"]
    return 2


def signed_in(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def with_token(user, **fields):
    """A client that sends a token of this person, made while they belonged to an organization."""
    if user is None:
        return Client()
    left = Membership.objects.create(user=user, organization=make_org()) if alone(user) else None
    _, secret = make_token(user, **fields)
    if left:
        left.delete()
    return Client(headers={"Authorization": f"Bearer {secret}"})


def alone(user):
    return not Membership.objects.filter(user=user).exists()


def ask(world, client, method, route):
    """The answer; nobody meets what the one before has changed."""
    with transaction.atomic():
        answer = _ask(world, client, method, route)
        transaction.set_rollback(True)
    return answer


def _ask(world, client, method, route):
    answer = send(world, client, method, route)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/login"):
        return "login"
    return str(answer.status_code)


def send(world, client, method, route):
    if route == "join/account":
        client.post("/join", {"link": world.secret})
    url = "/" + re.sub(r"<\w+:(\w+)>", lambda part: getattr(world, part[1]), route)
    make_body = BODIES.get(f"{method} {route}")
    body = make_body(world) if make_body else None
    options = {}
    if route.startswith("api/") and route not in UPLOADS:
        options = {"content_type": "application/json"}
    world.file.seek(0)
    return getattr(client, method.lower())(url, body, **options)
