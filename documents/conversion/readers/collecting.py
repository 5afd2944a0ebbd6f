"""Many small objects at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Without looking for garbage: of a million new cells none is, and looking takes its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # All that was made counts as old, or the next allocation would have it all looked at.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
