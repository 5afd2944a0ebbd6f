"""What a request may send: every route has a limit, and beyond it not one byte is read."""

import re
import tempfile
from io import BytesIO

import pytest
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver

from curatore.core.bodies import Body
from curatore.core.upload_handlers import CountedParts
from documents.models import Document
from orgsettings import body_limits
from tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db

KB, MB = 1024, 1024 * 1024
UPLOADS = {
    "api/v1/documents", "api/v1/documents/", "api/v1/documents/upload", "api/v1/documents/upload/",
    "api/documents", "api/documents/", "api/documents/upload", "api/documents/upload/",
    "jobs/new", "jobs/<uuid:job_id>/setup/select", "jobs/<uuid:job_id>/replace",
    "process",
}  # fmt: skip
TEXTS = {
    "api/v1/documents/<str:document_id>/content", "api/v1/documents/<str:document_id>/content/",
    "api/documents/<str:document_id>/content", "api/documents/<str:document_id>/content/",
    "jobs/<uuid:job_id>/documents/<uuid:row_id>/save",
    "jobs/<uuid:job_id>/documents/<uuid:row_id>/preview",
}  # fmt: skip
SIGN_INS = {
    "api/v1/auth/login", "api/v1/auth/login/", "api/auth/login", "api/auth/login/",
}  # fmt: skip


class Unread:
    """A body that no test may see read."""

    def read(self, *args):
        pytest.fail("The body was read.")

    readline = read


def send(client, path, size, body=None):
    """A request that announces a multipart body of this size; without `body` it is never there."""
    return client.generic(
        "POST",
        path,
        **{
            "CONTENT_LENGTH": str(size),
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "wsgi.input": body or Unread(),
        },
    )


def routes(patterns=None, before=""):
    """Every route of the URLconf, also of the admin site, and a path that leads there."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


def path_of(route):
    samples = {"uuid": "0b5c6f3e-7f0e-4e0b-9d55-2f1a6c7f4a10", "int": "1", "str": "x", "path": "1"}
    path = re.sub(r"<(\w+):\w+>", lambda part: samples[part[1]], route)
    if "(" in path:  # a regular expression: of the admin site, the API, or of the slash at the end
        path = re.sub(r"\(\?P<app_label>[^)]*\)", "jobs", path)
        path = path.replace("^api(?:/|$)", "api/nothing").replace("^.+/$", "nothing/")
        path = path.replace("(?P<url>.*)$", "nothing")
    return "/" + path.replace("^", "").replace("$", "")


def expected_limit(route):
    if route in UPLOADS:
        return Body.UPLOAD.limit
    if route in TEXTS:
        return Body.TEXT.limit
    return 64 * KB if route in SIGN_INS else MB


@pytest.mark.parametrize("route", list(routes()))
def test_every_route_refuses_more_than_it_takes_without_reading_it(client, route):
    client.force_login(make_user())
    path = path_of(route)

    answer = send(client, path, expected_limit(route) + 1)

    if re.fullmatch("/api/(nothing|(v1/)?schema/?)", path):
        assert answer.status_code in {404, 405}
        return
    assert answer.status_code == 413
    if path.startswith("/api/"):
        assert answer.json()["code"] == "request_too_large"
    else:
        assert b"at most" in answer.content


@pytest.mark.parametrize("route", list(routes()))
@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_no_route_reads_more_than_64_kb_from_a_stranger(client, route, cookie):
    if cookie:
        client.cookies["sessionid"] = client.cookies["csrftoken"] = cookie
    path = path_of(route)

    answer = send(client, path, 64 * KB + 1)

    assert answer.status_code in ({401, 404, 405, 413} if path.startswith("/api/") else {413})


def test_a_stranger_may_sign_in(client):
    answer = client.post("/login", {"username": "nobody", "password": "x" * 60_000})

    assert answer.status_code == 200


def test_a_large_upload_without_a_valid_token_is_401_and_not_too_large():
    for headers, code in [
        ({}, "not_authenticated"),
        ({"Authorization": "Bearer cur_guess"}, "invalid_token"),
    ]:
        answer = send(Client(headers=headers), "/api/v1/documents/upload", 10 * MB)

        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_large_upload_is_read_for_somebody_who_is_known():
    user = make_user()
    api = Client(headers={"Authorization": f"Bearer {make_token(user)[1]}"})
    pages = Client()
    pages.force_login(user)

    for client in (api, pages):
        file = SimpleUploadedFile("a.txt", b"words " * 30_000)
        assert client.post("/api/v1/documents", {"files": [file]}).status_code == 201
    assert Document.objects.count() == 1


def test_a_session_of_somebody_who_was_locked_out_counts_as_none(client):
    user = make_user()
    client.force_login(user)
    user.is_active = False
    user.save()

    assert send(client, "/jobs/new", 65 * KB).status_code == 413


@pytest.mark.parametrize(("path", "is_api"), [("/login", False), ("/api/v1/documents", True)])
def test_a_body_in_chunks_is_411(client, path, is_api):
    answer = client.generic(
        "POST", path, **{"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Unread()}
    )

    assert answer.status_code == 411
    assert not is_api or answer.json()["code"] == "length_required"


def test_small_bodies_cost_no_query(rf, django_assert_num_queries):
    request = rf.post("/jobs/new", {"x": "y" * 60_000})

    with django_assert_num_queries(0):
        assert body_limits.refusal(request) is None


def test_the_page_that_refuses_has_the_sentence(client):
    page = send(client, "/login", 2 * MB).content.decode()

    assert "The request has 2.0\xa0MB; at most 1.0\xa0MB are accepted here." in page


class Watched:
    """A stream that notes the largest size of the temporary folder while it is read."""

    def __init__(self, content, folder):
        self.content = BytesIO(content)
        self.folder = folder
        self.most = 0

    def read(self, *args):
        self.most = max(self.most, sum(path.stat().st_size for path in self.folder.iterdir()))
        return self.content.read(*args)

    readline = read


def test_a_file_above_the_limit_is_given_up_while_it_streams(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.MAX_UPLOAD_SIZE = 200 * KB
    parts = [("large.txt", b"x" * 5 * MB), ("small.txt", b"words")]
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n'
        % (name.encode(), content)
        for name, content in parts
    ) + b"--b--\r\n"  # fmt: skip
    stream = Watched(body, tmp_path)
    api = Client(headers={"Authorization": f"Bearer {make_token(make_user())[1]}"})

    answer = send(api, "/api/v1/documents", len(body), stream)

    assert [each["filename"] for each in answer.json()["documents"]] == ["small.txt"]
    (rejected,) = answer.json()["rejected"]
    assert (rejected["filename"], rejected["code"]) == ("large.txt", "file_too_large")
    assert "at most 200.0\xa0KB" in rejected["detail"]
    assert 0 < stream.most <= 200 * KB
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


NAMELESS = b'--b\r\nContent-Disposition: form-data; filename="a.txt"\r\n\r\nwords\r\n'
FIELD = b'--b\r\nContent-Disposition: form-data; name="paths"\r\n\r\n\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%d.txt"\r\n\r\n%d\r\n'


def upload(path, *parts):
    user = make_user()
    client = Client(headers={"Authorization": f"Bearer {make_token(user)[1]}"})
    client.force_login(user)
    body = b"".join(parts) + b"--b--\r\n"
    return client.generic("POST", path, body, "multipart/form-data; boundary=b")


@pytest.mark.parametrize(("path", "status"), [("/api/v1/documents", 413), ("/jobs/new", 400)])
def test_parts_of_a_body_are_counted_when_they_have_no_name(path, status):
    assert upload(path, *[NAMELESS] * 1501).status_code == status
    assert upload(path, *[NAMELESS] * 50_000).status_code == status


def test_as_many_files_and_fields_as_are_allowed_come_through_together(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    files = [FILE % (number, number) for number in range(5)]

    answer = upload("/api/v1/documents", *files, *[FIELD] * 5)

    assert answer.status_code == 201
    assert Document.objects.count() == 5


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 64])
def test_a_part_is_counted_once_however_the_body_is_read(settings, at_once):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2, 3

    def read(parts):
        body = CountedParts(BytesIO(b"--b\r\n-- -b\r\n" * parts + b"--b--"), b"--b")
        while body.read(at_once):
            pass

    read(5)
    with pytest.raises(TooManyFilesSent):
        read(6)


@pytest.mark.parametrize(("path", "is_api"), [("/jobs/new", False), ("/api/v1/documents", True)])
def test_who_uploads_while_there_is_no_room_is_told_to_come_again(client, path, is_api):
    answer = client.generic("POST", path, **{body_limits.NO_ROOM: True, "wsgi.input": Unread()})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "10"
    assert "The server is receiving too many uploads right now" in answer.text
    assert not is_api or answer.json()["code"] == "too_many_uploads"
