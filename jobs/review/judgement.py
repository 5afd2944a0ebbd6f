"""The scores of one document as pages explain them: against thresholds, and part by part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from documents.conversion import Part, Total, shares, total
from jobs.models import Job, JobDocument


@dataclass(frozen=True)
class Measure:
    """One score of a document against the threshold of its job."""

    name: str
    label: str
    value: float | None  # None: nobody could judge it
    top: int  # the best value there is
    threshold: float

    @property
    def is_met(self) -> bool:
        return self.value is None or self.value >= self.threshold


def measures(scores: Mapping[str, Any] | None, job: Job) -> list[Measure]:
    """The scores that decide whether a document is RAG-ready.

    Args:
        scores: conversion.Quality.as_dict(), or None if there are none.
    """
    scores = scores or {}
    thresholds = job.options.quality_thresholds
    known = {
        "conversion": (_("Conversion"), 100),
        "clarity": (_("Clarity"), 10),
        "completeness": (_("Completeness"), 10),
        "relevance": (_("Relevance"), 10),
        "markdown": (_("Markdown"), 10),
    }
    return [
        Measure(
            name,
            label,
            scores.get("conversion_score" if name == "conversion" else name),
            top,
            getattr(thresholds, f"{name}_threshold"),
        )
        for name, (label, top) in known.items()
    ]


@dataclass(frozen=True)
class Explanation:
    """What a conversion score is made of."""

    parts: list[tuple[Part, int]]  # each with its share of the score, in per cent
    score: int
    total: Total | None  # None: scored in another way than today, such as by an earlier version


def explanation(row: JobDocument) -> Explanation | None:
    """Why a completed document has its score; None if its parts were not kept."""
    kept = (row.quality_scores or {}).get("parts")
    if not kept:
        return None
    parts = [Part(**part) for part in kept]
    found, score = total(parts), row.conversion_score or 0
    explained = found if found.score == score else None
    return Explanation(list(zip(parts, shares(parts), strict=True)), score, explained)


def part(scores: Mapping[str, Any] | None, name: str) -> Part | None:
    """One part of a conversion score; None if it was not measured.

    Args:
        scores: conversion.Quality.as_dict(), or None if there are none.
    """
    kept = (scores or {}).get("parts", ())
    return next((Part(**values) for values in kept if values["name"] == name), None)
