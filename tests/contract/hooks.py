"""What a schema cannot say: which ids exist, that files have names, and which token is in use."""

import json
import os

import schemathesis


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """The ids of the examples become ids that exist: Schemathesis asks with them, too."""
    text = json.dumps(raw_schema)
    for example, real in json.loads(os.environ["EXAMPLE_IDS"]).items():
        text = text.replace(example, real)
    raw_schema.update(json.loads(text))


@schemathesis.hook
def before_call(context, case, kwargs):
    """OpenAPI cannot ask for the name of a file, but a part without one is no file."""
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        parts = [(name, part) for name, value in case.body.items() for part in parts_of(value)]
        if parts and all(isinstance(part, bytes | str) for _, part in parts):
            kwargs["files"] = [
                (name, ("notes.txt" if isinstance(part, bytes) else None, part))
                for name, part in parts
            ]


def parts_of(value):
    """Each generated file as bytes; what is no file stays as it is."""
    for item in value if isinstance(value, list) else [value]:
        yield getattr(item, "data", item)


@schemathesis.hook
def filter_case(context, case):
    """The run needs its own token: it must not revoke it in the middle."""
    return (case.path_parameters or {}).get("token_id") != os.environ["TOKEN_ID"]
