"""The judgement on a conversion: scores with their reasons, and whether they are good enough."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

DEFAULT_THRESHOLDS = {
    "conversion": 70,
    "clarity": 7,
    "completeness": 7,
    "relevance": 7,
    "markdown": 7,
}


@dataclass(frozen=True)
class Part:
    """One named sub-score (0-100), its weight, and the reason in a sentence."""

    name: str
    weight: int
    score: int
    reason: str


@dataclass(frozen=True)
class Quality:
    """All scores of one document.

    `conversion_score` is 0-100; clarity, completeness, relevance and markdown are 1-10, and None
    where nobody could judge them (relevance needs a language model).
    """

    conversion_score: int
    parts: tuple[Part, ...] = ()
    clarity: float | None = None
    completeness: float | None = None
    relevance: float | None = None
    markdown: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return asdict(self) | {"parts": [asdict(part) for part in self.parts]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The quality that `as_dict` described."""
        return cls(**{**values, "parts": tuple(Part(**part) for part in values.get("parts", ()))})


def is_rag_ready(quality: Quality, thresholds: Mapping[str, Any]) -> bool:
    """Whether every score that exists meets its threshold.

    `thresholds` has the keys of the option `quality_thresholds` ("conversion_threshold", ...); a
    missing one has its default.
    """
    scores = {
        "conversion": quality.conversion_score,
        "clarity": quality.clarity,
        "completeness": quality.completeness,
        "relevance": quality.relevance,
        "markdown": quality.markdown,
    }
    return all(
        score >= thresholds.get(f"{name}_threshold", DEFAULT_THRESHOLDS[name])
        for name, score in scores.items()
        if score is not None
    )
