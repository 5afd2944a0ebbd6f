"""No value of a request fails the server: every operation is asked with what nobody means.

What no database stores is refused wherever it stands; what is merely extreme is answered.
"""

import codecs
import encodings
import json
import re
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from curatore.core.text import known_content_type
from curatore.wsgi import application
from jobs.models import JobStatus
from orgsettings.models import User
from tests.api.test_permissions import BODIES, UPLOADS, every_operation, make_world
from tests.factories import PASSWORD, make_api_client, make_job, make_token

pytestmark = pytest.mark.django_db

OPERATIONS = list(every_operation())
PAGES = [(method, route) for method, route in OPERATIONS if not route.startswith("api/")]
JSON_OPERATIONS = [
    (method, route)
    for method, route in OPERATIONS
    if route.startswith("api/") and f"{method} {route}" in BODIES and route not in UPLOADS
]

# Every parameter that any page or operation of the API reads from an address or a form.
PARAMETERS = [
    "after", "based_on", "batch", "before", "cause", "choose", "chunk_overlap", "chunk_size",
    "content", "created", "created_after", "created_before", "csrfmiddlewaretoken", "description",
    "document", "email", "every", "file", "filter", "first_name", "format", "from", "go", "how",
    "include_summary", "inline", "job", "job_retention_days", "language", "level", "lifetime",
    "line", "matching", "name", "next", "note", "number", "offer", "old_password", "owner", "page",
    "page_size", "parts", "password", "path", "paths", "q", "query", "rag_ready", "role", "row",
    "scope", "search", "show", "since", "size", "sort", "stage", "state", "status", "tab", "theme",
    "to", "type", "username", "v", "version", "view", "width", "words",
]  # fmt: skip
EXTREME = [
    "1" + "0" * 30, "-1", "1e999", "NaN", "0001-01-01", "9999-12-31",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
]  # fmt: skip


# 503 is what /readyz says where no worker lives.
FAILURES = {500, 501, 502, 504}


def address(world, route, **changed):
    parts = vars(world) | changed
    return "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(parts[part[1]]), route)


def as_admin(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.people["admin"])
    return client


@pytest.mark.parametrize(("method", "route"), OPERATIONS)
def test_a_null_character_in_an_address_or_a_cookie_is_refused(method, route):
    world = make_world(route)
    client, path = as_admin(world), address(world, route)

    # A page refuses whichever it is; the API is asked for each parameter that it knows, below.
    asked = [f"{path}?{names}=%00" for names in ("search", "nothing%00", "=%00&".join(PARAMETERS))]
    parts = re.findall(r"<str:(\w+)>", route)
    asked += [address(world, route, **{part: "a%00"}) for part in parts]
    answers = {client.generic(method, url).status_code for url in asked}
    client.cookies["sessionid"] = "abcdefgh\0ijkl"
    last = client.generic(method, path).status_code

    if route.startswith("api/"):  # it leaves out parameters that it does not know
        assert answers.isdisjoint(FAILURES)
        assert last == (200 if route == "api/v1/schema" else 400)
    else:
        assert answers | {last} == {400}


@pytest.mark.parametrize(("method", "route"), OPERATIONS)
def test_bytes_that_are_no_text_in_an_address_fail_nothing(method, route):
    world = make_world(route)
    client = as_admin(world)

    for hostile in ("%ED%A0%80", "%FF"):
        query = "&".join(f"{name}={hostile}" for name in PARAMETERS)
        answer = client.generic(method, f"{address(world, route)}?{query}")
        assert answer.status_code not in FAILURES, hostile


@pytest.mark.parametrize(("method", "route"), [row for row in PAGES if row[0] == "POST"])
def test_a_null_character_in_a_form_is_refused(method, route):
    world = make_world(route)
    client = as_admin(world)
    url = address(world, route)

    encoded = client.post(
        url, urlencode({"name": "\0"}), content_type="application/x-www-form-urlencoded"
    )
    multipart = client.post(url, {"row": "a\0b"})
    named = client.post(url, {"name\0": "x"})

    assert [encoded.status_code, multipart.status_code, named.status_code] == [400] * 3
    assert "malformed" in encoded.text


@pytest.mark.parametrize(("character", "code"), [
    ("\\u0000", "null_characters_not_allowed"), ("\\ud800", "surrogate_characters_not_allowed"),
])  # fmt: skip
@pytest.mark.parametrize(("method", "route"), JSON_OPERATIONS)
def test_what_no_database_stores_is_named_in_a_json_body(method, route, character, code):
    world = make_world(route)
    sent = json.dumps(BODIES[f"{method} {route}"](world))[:-1]
    body = f'{sent}, "further": {{"list": [1, "a{character}"], "key{character}": 1}}}}'

    answer = as_admin(world).generic(
        method, address(world, route), body, content_type="application/json"
    )

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/further", code), ("/further/list/1", code)
    ]  # fmt: skip


def test_a_pair_of_surrogates_is_a_character_like_any_other():
    body = '{"name": "\\ud83d\\ude00"}'

    answer = make_api_client().post("/api/v1/api-keys", body, content_type="application/json")

    assert answer.json()["name"] == "😀"


@pytest.mark.parametrize("route", sorted(UPLOADS))
def test_a_file_name_that_is_no_text_fails_no_upload(route):
    field = "file" if route.endswith("upload") else "files"
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename='
    tail = "\r\n\r\nWords.\r\n--x--\r\n"
    names = ['"a\0.txt"', '"\ud800.txt"', "x.txt; filename*=utf-8''a%00.txt",
             "x.txt; filename*=utf-8''%ED%A0%80.txt", "x; filename*=base64''a.txt"]  # fmt: skip

    client = make_api_client()
    client.raise_request_exception = False

    for name in names:
        body = (head + name + tail).encode("utf-8", "surrogatepass")
        answer = client.generic("POST", f"/{route}", body, "multipart/form-data; boundary=x")
        assert answer.status_code < 500, name


@pytest.mark.parametrize(
    "parameter",
    ["charset=base64", "charset=idna", "charset=utf-7", "charset=unicode_escape",
     "charset=nothing", "charset*=nothing''x", "charset=a\0"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/jobs", "/api/v1/jobs", "/docs/errors"])
def test_an_encoding_that_is_none_of_texts_counts_for_nothing(path, parameter):
    answers = []
    query = {"PATH_INFO": path, "QUERY_STRING": "search=%5Cu0000"}
    environ = RequestFactory()._base_environ(**query, CONTENT_TYPE=f"text/plain; {parameter}")

    application(environ, lambda status, headers: answers.append(status[:3]))

    assert answers[0] in {"200", "302", "401"}


def test_a_content_type_that_is_far_too_long_counts_for_nothing():
    # To find the parameters of this one takes seconds.
    header = 'multipart/form-data; boundary="' + ";" * 60_000

    assert known_content_type(header) == ""
    assert known_content_type(f"multipart/form-data; boundary={'x' * 70}")


@pytest.mark.parametrize("name", ["Accept", "Cookie", "X-Api-Key"])
def test_a_header_that_is_far_too_long_is_refused(client, name):
    headers = {name: 'a/b;a="' + ";" * 60_000}

    page = client.get("/login", headers=headers)
    problem = client.get("/api/v1/jobs", headers=headers)

    assert (page.status_code, problem.status_code) == (400, 400)
    assert "a header of more than 8192 characters" in page.text
    assert "a header of more than 8192 characters" in problem.json()["detail"]


def test_an_encoding_that_does_not_exist_is_not_remembered(client):
    part = "Content-Disposition: form-data; name=\"a\"; b*=made-up-part''c\r\n\r\n1\r\n"
    environ = RequestFactory()._base_environ(CONTENT_TYPE="text/plain; charset=made-up-type")

    client.generic("POST", "/login", f"--x\r\n{part}--x--\r\n", "multipart/form-data; boundary=x")
    client.get("/api/v1/jobs", headers={"Accept": "text/html; a*=made-up-accept''b"})
    application(environ, lambda status, headers: None)

    assert [name for name in encodings._cache if "made" in name] == []


@pytest.mark.parametrize(
    "name", ["UTF-8", "utf8", "ISO-8859-15", "windows-1252", "iso-ir.166", "latin 1", "Shift_JIS"]
)
def test_an_encoding_that_exists_is_still_found(name):
    assert codecs.lookup(name)


def test_an_encoding_that_old_clients_name_is_understood():
    answer = make_api_client().generic(
        "POST", "/api/v1/api-keys", '{"name": "Übung"}'.encode("latin-1"),
        content_type="application/json; charset=ISO-8859-1",
    )  # fmt: skip

    assert answer.json()["name"] == "Übung"


def test_the_refusal_is_a_page_for_people_and_a_problem_for_programs(client):
    page = client.get("/jobs?search=%00")
    problem = client.get("/api/v1/jobs", headers={"X-API-Key": "cur_\0"})

    assert "characters that are no text" in page.text
    assert page.headers["Content-Type"].startswith("text/html")
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == "malformed_request"
    assert "no text" in problem.json()["detail"]


@pytest.mark.parametrize(("method", "route"), PAGES)
def test_extreme_values_fail_no_page(method, route):
    world = make_world(route)
    client = as_admin(world)

    for value in EXTREME:
        fields = dict.fromkeys(PARAMETERS, value)
        path = address(world, route)
        asked = client.generic(method, f"{path}?{urlencode(fields)}")
        sent = client.post(path, fields) if method == "POST" else asked
        assert {asked.status_code, sent.status_code}.isdisjoint(FAILURES), value


@pytest.mark.parametrize(
    ("method", "route"), [row for row in OPERATIONS if re.search("<(str|int):", row[1])]
)
def test_extreme_ids_fail_nothing(method, route):
    world = make_world(route)
    client = as_admin(world)

    for number in (-1, 0, 10**18, 10**19, 10**30):
        parts = dict.fromkeys(re.findall(r"<(?:str|int):(\w+)>", route), number)
        answer = client.generic(method, address(world, route, **parts))
        assert answer.status_code not in FAILURES, number


def operations_with_queries(schema):
    for template, operations in schema["paths"].items():
        for method, operation in operations.items():
            names = [row["name"] for row in operation.get("parameters", []) if row["in"] == "query"]
            if names:
                yield method, template.replace("{", "<str:").replace("}", ">"), names


def test_extreme_values_fail_no_parameter_of_the_api(schema):
    world = make_world("jobs/<uuid:job_id>")
    client = as_admin(world)

    for method, template, names in operations_with_queries(schema):
        for name, value in product(names, [*EXTREME, "\0", "a\0b"]):
            url = f"{address(world, template[1:])}?{name}={quote(value)}"
            assert client.generic(method.upper(), url).status_code not in FAILURES, url


@pytest.mark.parametrize(("method", "route"), JSON_OPERATIONS)
def test_extreme_numbers_fail_no_body(method, route):
    world = make_world(route)
    client = as_admin(world)
    usual = BODIES[f"{method} {route}"](world)

    for name in [*usual, "expires_days", "job_retention_days", "options", "processing_options"]:
        for value in ("1" + "0" * 30, "-1", "1e999", "NaN", "9" * 5000, '{"chunk_size": 1e999}'):
            body = json.dumps(usual | {name: "HERE"}).replace('"HERE"', value)
            answer = client.generic(method, address(world, route), body, "application/json")
            assert answer.status_code not in FAILURES, body[:200]


@pytest.mark.parametrize("value", ["\0", *EXTREME])
def test_the_admin_site_answers_extreme_values(value):
    root = User.objects.create_superuser("root", password=PASSWORD)
    client = Client(raise_request_exception=False)
    client.force_login(root)
    job = make_job(status=JobStatus.COMPLETED)
    make_token(job.user)

    for model, site in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        filters = ["q", "o", "p", "e", "all", "_facets"]
        filters += [f"{site.date_hierarchy}__{part}" for part in ("year", "month", "day")
                    if site.date_hierarchy]  # fmt: skip
        for name in filters:
            answer = client.get(path, {name: value}, follow=True)
            assert answer.status_code < 500, f"{path} {name}={value}"
        assert client.get(f"{path}{quote(value)}/change/", follow=True).status_code < 500


@pytest.mark.parametrize("where", ["http://[", "http://a/\0", "%00", "http://testserver/jobs?a=%"])
def test_a_page_that_claims_to_be_nowhere_is_answered(where):
    client = Client(raise_request_exception=False)
    headers = {"HX-Request": "true", "HX-Current-URL": where, "Referer": where}

    statuses = [
        client.get("/jobs/live", headers=headers).status_code,
        client.post("/jobs/new", headers={"Referer": where}).status_code,
    ]

    assert max(statuses) < 500
