"""The words of a source, kept beside its result: edited texts are compared with them.

Where text was recognized in pictures, there is no other source than what was recognized: those
words count, too. What the clean-up took out, such as running heads, is not missed.
"""

import base64
import json
import zlib
from collections import Counter

from ..markdown import clean_text
from .losses import words_of

MOST_CHARACTERS = 20_000_000  # of a source; counting more takes longer than it is worth
MOST_DIFFERENT = 300_000  # words
MOST_PACKED_BYTES = 2 * 1024**2


class SourceWords:
    """Counts the words of `text`, before it is cleaned up, and of its source.

    `packed` when that is done; `has_ocr` says that some of `text` was recognized in pictures.
    """

    def __init__(self, text: str, source: str | None, *, has_ocr: bool) -> None:
        is_counted = bool(source) and len(source or "") <= MOST_CHARACTERS
        self._extracted = _counted(text) if is_counted else Counter()
        self._words = _counted(source or "") if is_counted else Counter()
        if is_counted and has_ocr:
            self._words |= self._extracted

    def packed(self, markdown: str) -> str | None:
        """What there is to keep of a source whose result is `markdown`; None if nothing is.

        Compressed, in Base64, so that it can stand in a message of the child.
        """
        if not self._words:
            return None
        words = self._words - (self._extracted - _counted(markdown))
        if not words or len(words) > MOST_DIFFERENT:
            return None
        data = zlib.compress(json.dumps(words, ensure_ascii=False).encode())
        return base64.b64encode(data).decode() if len(data) <= MOST_PACKED_BYTES else None


def unpacked(packed: str) -> Counter[str]:
    """The words that `packed` holds, each with how often the source has it."""
    return Counter(json.loads(zlib.decompress(base64.b64decode(packed))))


def _counted(text: str) -> Counter[str]:
    return Counter(words_of(clean_text(text), without_garbage=True))
