"""The judgement on a conversion: scores with their reasons, and whether they are good enough."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self


class Thresholds(Protocol):
    """What each score must reach: the option quality_thresholds."""

    @property
    def conversion_threshold(self) -> int: ...
    @property
    def clarity_threshold(self) -> float: ...
    @property
    def completeness_threshold(self) -> float: ...
    @property
    def relevance_threshold(self) -> float: ...
    @property
    def markdown_threshold(self) -> float: ...


@dataclass(frozen=True)
class Part:
    """One named sub-score (0-100), its weight, and the reason in a sentence."""

    name: str
    weight: int
    score: int
    reason: str


# Parts without which a text is useless, however good the others are.
VITAL = frozenset({"text_coverage", "legibility", "ocr_confidence"})


@dataclass(frozen=True)
class Total:
    """What the parts of a conversion score come to, and why."""

    score: int  # 0-100
    mean: float  # of the parts by their weights
    limited_by: Part | None  # which keeps the score below the mean


def total(parts: Sequence[Part]) -> Total:
    """The weighted mean, held down by the worst of the vital parts."""
    mean = sum(part.weight * part.score for part in parts) / sum(part.weight for part in parts)
    worst = min(
        (part for part in parts if part.name in VITAL), key=lambda part: part.score, default=None
    )
    limit = 100.0 if worst is None else 30 + 0.7 * worst.score
    is_limited = round(limit) < round(mean)
    return Total(round(min(mean, limit)), mean, worst if is_limited else None)


def shares(parts: Sequence[Part]) -> list[int]:
    """The weights of the parts in whole per cent, which add up to 100; [] if there are none."""
    whole = sum(part.weight for part in parts)
    exact = [100 * part.weight / whole for part in parts]
    rounded = [int(share) for share in exact]
    # What rounding down left over goes to those that lost most by it.
    by_loss = sorted(range(len(parts)), key=lambda number: rounded[number] - exact[number])
    for number in by_loss[: 100 - sum(rounded)]:
        rounded[number] += 1
    return rounded


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


def is_rag_ready(quality: Quality, thresholds: Thresholds) -> bool:
    """Whether every score that exists meets its threshold."""
    scores = (
        (quality.conversion_score, thresholds.conversion_threshold),
        (quality.clarity, thresholds.clarity_threshold),
        (quality.completeness, thresholds.completeness_threshold),
        (quality.relevance, thresholds.relevance_threshold),
        (quality.markdown, thresholds.markdown_threshold),
    )
    return all(score >= least for score, least in scores if score is not None)
