"""What the child does with texts of people, beside converting files.

Each verb is a function of JSON values whose answer is a JSON value.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .chunking import Section, count_tokens, cut
from .scoring import score


def _score(text: str) -> dict[str, Any]:
    """The scores of a text without its source, and its tokens."""
    return {"quality": score(text).as_dict(), "tokens": count_tokens(text)}


def _render(text: str, page_label: str) -> str:
    from .rendering import to_html  # only who renders waits for the parser

    return to_html(text, page_label)


def _cut(section: dict[str, Any], size: int, overlap: int) -> list[dict[str, Any]]:
    return [asdict(piece) for piece in cut(Section(**section), size=size, overlap=overlap)]


VERBS: dict[str, Callable[..., Any]] = {"score": _score, "render": _render, "cut": _cut}
