"""Why a page could not be read, in the words that a warning ends with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """Why a page could not be read, as the end of "was not read: "."""

    words: str
    is_too_large: bool = False


DAMAGED = Trouble("it is damaged")


def too_many_pixels(width: int, height: int) -> Trouble:
    return Trouble(f"the picture has {width} x {height} pixels", is_too_large=True)
