"""What makes and changes a job."""

from typing import Any

from rest_framework import serializers

from curatore.core.api.fields import DistinctTexts, Flag, Text, Texts
from documents.names import LONGEST_NAME, LONGEST_PATH
from jobs import file_passwords
from jobs.models import Review
from orgsettings.options_schema import GivenOptionsField

WHEN_FULL = ("refuse", "queue")
LONGEST_ID = LONGEST_PATH + 1 + LONGEST_NAME  # characters; of a file in the batch directory
MOST_DOCUMENTS = 10_000  # of one request; more can be added to a draft


class WhenFullField(serializers.ChoiceField):
    """What is done with a job for which there is no place among the active ones."""

    def __init__(self, **kwargs: Any) -> None:
        text = (
            "While the organization has as many active jobs as it may: refuse, or let the job wait"
            " in line until its turn comes and it starts automatically."
        )
        super().__init__(WHEN_FULL, **({"default": "refuse", "help_text": text} | kwargs))


class JobCreateSerializer(serializers.Serializer):
    document_ids = DistinctTexts(
        longest=LONGEST_ID,
        max_length=MOST_DOCUMENTS,
        help_text="Ids of documents; names of files in the batch directory, with their folders, are"
        " understood, too.",
    )
    options = GivenOptionsField(
        default=None,
        allow_null=True,
        help_text="Processing options; what is missing follows the organization's defaults.",
    )
    preset = Text(
        max_length=100,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Id or name of a preset: comes after `options` and before the defaults.",
    )
    name = Text(
        max_length=255,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Made from the files if empty.",
    )
    description = Text(max_length=1000, default="", allow_blank=True, allow_null=True)
    start_immediately = Flag(default=True)
    reuse_results = Flag(
        default=False,
        help_text="Copy earlier results of the same bytes, made by the same version of the"
        " converter with the same options, instead of converting them again.",
    )
    when_full = WhenFullField()


class JobStartSerializer(serializers.Serializer):
    when_full = WhenFullField()


class JobRenameSerializer(serializers.Serializer):
    name = Text(max_length=255, required=False)
    description = Text(max_length=1000, required=False, allow_blank=True, allow_null=True)


class JobRetrySerializer(serializers.Serializer):
    document_ids = Texts(
        longest=64,
        max_length=MOST_DOCUMENTS,
        required=False,
        help_text="All that failed or were cancelled, if missing.",
    )
    options = GivenOptionsField(
        default=None,
        allow_null=True,
        help_text="Options to change: of `document_ids` alone if there are any, else of the job.",
    )
    password = Text(
        max_length=file_passwords.LONGEST,
        default="",
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
        help_text="Opens protected PDF, Office and OpenDocument files in the next attempt; kept"
        " nowhere else.",
    )
    when_full = WhenFullField()


class JobReplaceSerializer(serializers.Serializer):
    document_id = Text(
        max_length=255,
        help_text="Of the new document; the name of a file in the batch directory works, too.",
    )


class ReviewSerializer(serializers.Serializer):
    review = serializers.ChoiceField(Review.choices, required=False)
