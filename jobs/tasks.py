"""Functions that the queue calls by name: the names are data, so they never change."""

from jobs import runner


def process_next() -> None:
    """Look for work; safe to be delivered twice, late, or never."""
    runner.run_slice()
