"""What a source holds, kept beside its result: edited texts are compared with it.

Where text was recognized in pictures, there is no other source than what was recognized: those
words count, too. What the clean-up took out, such as running heads, is not missed.
"""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace

from ..markdown import clean_text
from .facts import Facts
from .legibility import is_garbage
from .words import words_of

MOST_CHARACTERS = 20_000_000  # of a source; counting more takes longer than it is worth
MOST_PACKED_BYTES = 2 * 1024**2


def source_of(
    facts: Facts, source_text: str | None, recognized: str | None, left_out: str
) -> Facts:
    """What a result can be compared with.

    `facts` is what was counted in the file, `source_text` its words, got by another way,
    `recognized` what text recognition read, and `left_out` what was taken out on purpose.
    """
    whole = (source_text or "") + (recognized or "")
    if len(whole) > MOST_CHARACTERS:
        return replace(facts, words=[])
    words = facts.words or (words_of(clean_text(source_text)) if source_text else [])
    is_mixed = bool(words) and bool(recognized)
    words += words_of(recognized) if recognized else []
    return replace(
        facts,
        words=without(words, Counter(words_of(left_out))),
        is_ordered=not is_mixed,
        by_ocr=bool(recognized),
    )


def without(words: Iterable[str], taken: Counter[str]) -> list[str]:
    """`words` without those that were taken out, each as often."""
    left = []
    for word in words:
        if taken[word] > 0:
            taken[word] -= 1
        else:
            left.append(word)
    return left


def packed(source: Facts) -> str | None:
    """`source` as text to keep beside a result; None if it has no words or is too large.

    Compressed, in Base64, so that it can stand in a message of the child. Words that look like
    garbage are left out: whoever mends a text takes them away.
    """
    garbage = {word for word in set(source.words) if is_garbage(word)}
    words = [word for word in source.words if word not in garbage]
    if not words:
        return None
    told = asdict(source) | {"words": " ".join(words)}
    data = zlib.compress(json.dumps(told, ensure_ascii=False).encode())
    return base64.b64encode(data).decode() if len(data) <= MOST_PACKED_BYTES else None


def unpacked(told: str) -> Facts:
    """What `packed` made text of; of results of before only the words, in no order."""
    values = json.loads(zlib.decompress(base64.b64decode(told)))
    if not isinstance(values.get("words"), str):
        return Facts(words=list(Counter(values).elements()), is_ordered=False)
    rows = values["rows"]
    values["rows"] = None if rows is None else [tuple(row) for row in rows]
    return Facts(**{**values, "words": values["words"].split()})
