"""Which chunks of a document somebody who searches for words would be given, best first."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from documents.chunks import Chunk

MOST_WORDS = 20  # of a search; more say nothing new
_WORD = re.compile(r"\w+")
# How fast further occurrences of a word stop counting, and how much long chunks are held back.
_SATURATION, _LENGTH = 1.2, 0.75


def ranked(chunks: Sequence[Chunk], search: str) -> list[Chunk]:
    """The chunks that have a word of `search`, the most fitting first; O(text).

    Weights are those of Okapi BM25, as search engines use them: Robertson and Zaragoza, "The
    Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.4, k1 = 1.2, b = 0.75.
    """
    wanted = list(dict.fromkeys(_words(search)))[:MOST_WORDS]
    counts = [Counter(_words(chunk.text)) for chunk in chunks]
    lengths = [count.total() for count in counts]
    usual = sum(lengths) / len(lengths) if lengths else 0
    weights = {
        word: _weight(len(chunks), sum(word in count for count in counts)) for word in wanted
    }
    scores: dict[int, float] = {}
    for chunk, count, length in zip(chunks, counts, lengths, strict=True):
        held_back = _SATURATION * (1 - _LENGTH + _LENGTH * length / usual) if usual else 0
        score = sum(
            weights[word] * count[word] * (_SATURATION + 1) / (count[word] + held_back)
            for word in wanted
            if word in count
        )
        if score > 0:
            scores[chunk.index] = score
    found = [chunk for chunk in chunks if chunk.index in scores]
    return sorted(found, key=lambda chunk: (-scores[chunk.index], chunk.index))


def _weight(total: int, having: int) -> float:
    """Rare words count more. Never below 0, as in Lucene."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
