"""The scores of a job's documents in a few numbers on the job's own row.

The list of jobs shows, sorts and filters by them, so they are kept, not found: under the lock of
the job, in step with its documents. `score_sum` is the sum of the conversion scores of all
completed documents, `score_bands` counts them from low to high, `not_ready_documents` counts those
that miss a threshold, and `is_low_quality` says of an ended job that the mean is below its own.
"""

from collections.abc import Sequence
from typing import NamedTuple

from orgsettings.options import ProcessingOptions

TOP = 100  # the best conversion score
BANDS = 10  # 0-9, 10-19, ... 90-100


class Verdict(NamedTuple):
    """What a job keeps of one completed document."""

    score: int  # of the conversion, 0 to TOP
    is_ready: bool  # it meets every threshold of the job


def no_bands() -> list[int]:
    return [0] * BANDS


def band(score: int) -> int:
    """Where a conversion score is counted, 0 to BANDS - 1."""
    return min(score * BANDS // TOP, BANDS - 1)


def average(score_sum: int, count: int) -> float | None:
    return score_sum / count if count else None


def counted(bands: Sequence[int], *, more: int | None = None, less: int | None = None) -> list[int]:
    """`bands` with one score more, one less, or both: one that became another."""
    changed = list(bands)
    if more is not None:
        changed[band(more)] += 1
    if less is not None:
        changed[band(less)] -= 1
    return changed


def is_low(mean: float | None, options: ProcessingOptions) -> bool:
    """Whether a mean score, rounded as it is shown, is below the job's conversion threshold."""
    if mean is None:
        return False
    return round(mean) < options.quality_thresholds.conversion_threshold
