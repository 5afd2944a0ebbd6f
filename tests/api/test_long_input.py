"""Bodies that are long in an unusual way: the answer comes before any work on what is in them."""

import json

import pytest

from curatore.core.api.fields import BoundedList, Text
from jobs.serializers.requests import MOST_DOCUMENTS
from tests.factories import make_api_client, make_document, make_job, make_user

pytestmark = pytest.mark.django_db


class Looked(Exception):
    """Somebody looked at an entry of a list that is too long."""


class Watched(Text):
    def run_validation(self, data=None):
        raise Looked


def test_a_list_is_refused_for_its_length_before_its_entries_are_looked_at():
    field = BoundedList(child=Watched(), max_length=3)

    with pytest.raises(Looked):
        field.run_validation(["a"] * 3)
    with pytest.raises(Exception, match="no more than 3 elements"):
        field.run_validation(["a"] * 4)


def lists_of(part, components, where):
    """Where in a schema there are lists: pairs of a path and the schema of the list."""
    if "$ref" in part:
        part = components[part["$ref"].rpartition("/")[2]]
    if part.get("type") == "array":
        yield where, part
    inner = [(f"{where}.{name}", value) for name, value in part.get("properties", {}).items()]
    inner += [(f"{where}[]", part["items"])] if isinstance(part.get("items"), dict) else []
    for kind in ("oneOf", "allOf", "anyOf"):
        inner += [(where, value) for value in part.get(kind, ())]
    for place, value in inner:
        yield from lists_of(value, components, place)


def test_every_list_that_a_body_may_hold_has_a_longest_length(schema):
    components = schema["components"]["schemas"]
    bodies = [
        (f"{method} {path}", content["schema"])
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]

    found = [pair for where, body in bodies for pair in lists_of(body, components, where)]

    assert found
    assert [where for where, part in found if "maxItems" not in part] == []


def every_door_for_document_ids(job):
    return {
        "/api/v1/jobs": "post",
        "/api/v1/documents/batch/process": "post",
        f"/api/v1/jobs/{job.pk}/retry": "post",
    }


def test_too_many_ids_are_one_error_not_one_for_each():
    job = make_job(make_user(), status="FAILED")
    api = make_api_client(job.user)

    for url, method in every_door_for_document_ids(job).items():
        body = {"document_ids": ["", None] * MOST_DOCUMENTS}
        answer = getattr(api, method)(url, body, format="json")

        assert answer.status_code == 422, url
        errors = answer.json()["errors"]
        assert [(e["pointer"], e["code"]) for e in errors] == [("/document_ids", "max_length")], url


def test_of_very_many_wrong_options_the_first_hundred_are_named():
    user = make_user()
    options = {f"unknown_{number}": number for number in range(5000)}
    body = {"document_ids": [str(make_document(user).pk)], "options": options}

    answer = make_api_client(user).post("/api/v1/jobs", body, format="json")

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100


def test_each_choice_in_an_address_counts_once_and_very_many_are_refused():
    api = make_api_client(make_user())

    few = api.get("/api/v1/jobs?ordering=" + "name,-name," * 10)
    many = api.get("/api/v1/jobs?ordering=" + "name," * 3000)

    assert few.status_code == 200
    assert many.status_code == 422
    assert [e["pointer"] for e in many.json()["errors"]] == ["/ordering"]


def test_of_very_many_texts_that_cannot_be_stored_the_first_hundred_are_named():
    body = {"name": "Script", "scopes": ["\0"] * 5000}

    answer = make_api_client().post("/api/v1/api-keys", body, format="json")

    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert len(errors) == 100
    assert errors[0]["pointer"] == "/scopes/0"


@pytest.mark.parametrize("value", ["[]", "{}", '""', "1"])
def test_json_of_very_many_values_is_refused_before_it_is_read(value):
    body = f'{{"name": "Script", "more": [{",".join([value] * 200_000)}]}}'

    answer = make_api_client().post("/api/v1/api-keys", body, content_type="application/json")

    assert answer.status_code == 400
    assert "more than 100,000 values" in answer.json()["detail"]


@pytest.mark.parametrize("text", ['"[{,' * 100_000, "\\" * 100_001, ",\n" * 200_000])
def test_a_long_text_with_the_signs_of_json_in_it_is_one_value(text):
    body = json.dumps({"name": text})

    answer = make_api_client().post("/api/v1/api-keys", body, content_type="application/json")

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/name"]


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"document_ids": ['])
def test_json_that_is_nested_too_deeply_cannot_be_read(opening):
    api = make_api_client(make_user())

    answer = api.post("/api/v1/jobs", opening * 20_000, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_request"


def test_a_number_of_many_digits_is_refused_and_breaks_nothing():
    user = make_user()
    api = make_api_client(user)
    document = make_document(user).pk

    for number in ("9" * 400, "9" * 5000, "1e999", "NaN"):
        body = f'{{"document_ids": ["{document}"], "options": {{"chunk_size": {number}}}}}'
        answer = api.post("/api/v1/jobs", body, content_type="application/json")

        assert answer.status_code in {400, 422}, number
