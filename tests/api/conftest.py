"""Every answer of the API is compared with what the schema promises; and a worker at hand."""

import json
import re

import jsonschema_rs
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve

from curatore.core.api.problems import MEDIA_TYPE
from jobs.engine import runner, workers


@pytest.fixture(scope="package")
def conversion_child():
    """One conversion child for all tests, which its documents can make misbehave."""
    runner._sandbox.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.CONVERSION_FAULT_INJECTION", True)
        runner._sandbox()
    yield
    runner.close()
    runner._sandbox.cache_clear()


@pytest.fixture
def work(conversion_child, monkeypatch):
    """What a worker does between two looks at the clock: converts until nothing waits."""
    monkeypatch.setattr(workers, "_this", None)  # its row is gone with the test before
    return runner.run_slice


@pytest.fixture(scope="session")
def schema(tmp_path_factory):
    """The schema as a program gets it; made without a warning."""
    path = tmp_path_factory.mktemp("schema") / "openapi.json"
    call_command(
        "spectacular", file=str(path), format="openapi-json", validate=True, fail_on_warn=True
    )
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def promises(schema):
    return Promises(schema)


@pytest.fixture(autouse=True)
def promised(monkeypatch, promises):
    """Every answer of the API that the test gets is one that the schema promises."""
    ask = Client.request

    def request(client, **environ):
        answer = ask(client, **environ)
        promises.check(environ["PATH_INFO"], environ["REQUEST_METHOD"].lower(), answer)
        return answer

    monkeypatch.setattr(Client, "request", request)


class Promises:
    def __init__(self, schema):
        self.schema = schema
        self.validators = {}

    def check(self, path, method, answer):
        operation = self.operation(path, method)
        if operation is None or answer.status_code == 405:
            return  # the schema tells of what there is
        status = str(answer.status_code)
        asked = f"{method.upper()} {path} -> {status}"
        promise = self.followed(operation["responses"].get(status))
        assert promise, f"{asked} is not in the schema"
        for name, header in promise["headers"].items():
            assert name in answer.headers or not self.followed(header).get("required"), (
                f"{asked} has no {name}"
            )
        self.check_content(asked, promise.get("content", {}), answer)

    def check_content(self, asked, promised, answer):
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        if not promised:
            assert answer.content == b"", f"{asked} has a body"
            return
        assert media_type in promised, f"{asked} is {media_type}"
        if media_type in {"application/json", MEDIA_TYPE}:
            errors = self.validator(promised[media_type]["schema"]).iter_errors(answer.json())
            assert [f"{error.instance_path}: {error.message}" for error in errors] == [], asked

    def operation(self, path, method):
        try:
            route = resolve(path).route
        except Resolver404:
            return None
        template = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route).rstrip("/")
        return self.schema["paths"].get(template, {}).get(method)

    def followed(self, item):
        if item and "$ref" in item:
            _, _, kind, name = item["$ref"].split("/")
            return self.schema["components"][kind][name]
        return item

    def validator(self, schema):
        key = json.dumps(schema)
        if key not in self.validators:
            whole = schema | {"components": self.schema["components"]}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self.validators[key]
