"""Lines of a log as a stream, whole or filtered: text for people, JSON lines for programs."""

from collections.abc import Iterator

from django.db.models import QuerySet
from rest_framework.utils import json
from rest_framework.utils.encoders import JSONEncoder

from jobs.models import JobLog
from jobs.serializers.logs import JobLogSerializer

_ROWS_AT_ONCE = 200


def as_text(lines: QuerySet[JobLog]) -> Iterator[str]:
    """One line of text each, in the order of `lines`."""
    for line in lines.iterator(chunk_size=_ROWS_AT_ONCE):
        yield text_line(line)


def as_json(lines: QuerySet[JobLog]) -> Iterator[str]:
    """One JSON object a line, as the API shows them."""
    rows = lines.select_related("job_document")
    # One for all: each would be a cycle of objects, left to the garbage collector by thousands.
    serializer = JobLogSerializer()
    for line in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        facts = serializer.to_representation(line)
        yield json.dumps(facts, cls=JSONEncoder, ensure_ascii=False) + "\n"


def text_line(line: JobLog) -> str:
    """Time in UTC, level and message, in exactly one line."""
    message = " ".join(line.message.split())
    return f"{line.timestamp:%Y-%m-%dT%H:%M:%S.%fZ} {line.level:<7} {message}\n"
