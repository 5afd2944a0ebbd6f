"""What the child does beside converting files: work on texts of people, and pages as pictures.

Each verb is a function of JSON values whose answer is a JSON value. What it needs is imported when
it is first asked for.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any


def _score(text: str, before: str | None = None, source_words: str | None = None) -> dict[str, Any]:
    """The scores of a text, and its tokens.

    Measured against the words of its source, or the text `before` an edit; by itself without them.
    """
    from ..chunking import count_tokens
    from ..scoring.losses import kept
    from ..scoring.score import Evidence, score
    from ..scoring.source_words import unpacked

    if source_words:
        evidence = Evidence(source=unpacked(source_words))
    elif found := kept(before or "", text):
        evidence = Evidence(found.share, found.missing, is_of_source=False)
    else:
        evidence = Evidence()
    return {"quality": score(text, evidence).as_dict(), "tokens": count_tokens(text)}


def _compare(before: str, text: str) -> dict[str, Any]:
    from ..differences import compare

    return compare(before, text)


def _render(text: str, page_label: str) -> str:
    from ..rendering import to_html

    return to_html(text, page_label)


def _cut(section: dict[str, Any], size: int, overlap: int) -> list[dict[str, Any]]:
    from ..chunking import Section, cut

    return [asdict(piece) for piece in cut(Section(**section), size=size, overlap=overlap)]


def _export(**arguments: Any) -> str:
    from ..exports.making import made

    return made(**arguments)


def _boxes(**arguments: Any) -> list[Any]:
    from ..exports.boxes import boxes_of

    return boxes_of(**arguments)


def _draw_page(**arguments: Any) -> dict[str, Any]:
    from ..page_pictures import draw

    return draw(**arguments)


def _measure_pages(**arguments: Any) -> dict[str, Any]:
    from ..page_sizes import measure

    return measure(**arguments)


def _count_pages(**arguments: Any) -> int | None:
    from ..page_counts import count_pages

    return count_pages(**arguments)


def _unpack(**arguments: Any) -> dict[str, Any]:
    from ..unpacking import unpack

    return unpack(**arguments)


def _warm_up() -> None:
    """Load what draws pages: somebody looks at the first one."""
    from .. import page_pictures, page_sizes  # noqa: F401


VERBS: dict[str, Callable[..., Any]] = {
    "score": _score,
    "compare": _compare,
    "render": _render,
    "cut": _cut,
    "export": _export,
    "boxes": _boxes,
    "draw_page": _draw_page,
    "measure_pages": _measure_pages,
    "count_pages": _count_pages,
    "unpack": _unpack,
    "warm_up": _warm_up,
}
