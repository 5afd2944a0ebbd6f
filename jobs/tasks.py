"""Functions that the queue calls by name: the names are data, so they never change."""

import logging

from django.utils import timezone

from jobs.engine import runner
from jobs.upkeep import retention

logger = logging.getLogger(__name__)


def process_next() -> None:
    """Look for work; safe to be delivered twice, late, or never."""
    runner.run_slice()


def clean_up() -> None:
    """Delete what ran out; safe to be stopped and begun again."""
    report = retention.clean_up(timezone.now())
    logger.info("Clean-up deleted %s.", report)
