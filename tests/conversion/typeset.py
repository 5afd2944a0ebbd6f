"""Pages set by hand for the layout engine: words with places, as a reader would find them."""

from documents.conversion.document import plain
from documents.conversion.layout import engine
from documents.conversion.layout.page import SourcePage, Word

WIDTH, HEIGHT, LEFT = 595.0, 842.0, 72.0


def words(text, x, y, size=10.0, **style):
    """The words of one line; every letter is half an em wide."""
    step, found = size / 2, []
    for part in text.split():
        end = x + step * len(part)
        found.append(Word(part, x, end, y, size, y - 0.8 * size, y + 0.2 * size, end, **style))
        x = end + step
    return found


def page(*lines, number=1, top=80.0, pitch=13.0, width=WIDTH, height=HEIGHT):
    """A page of lines from the top down.

    A line is a text or (text, changes): `x`, `size`, `skip` (points more above it), and the styles
    of a Word. None is the space between two paragraphs.
    """
    found, y = SourcePage(number, width, height), top
    for line in lines:
        if line is None:
            y += 0.7 * pitch
            continue
        text, changes = (line, {}) if isinstance(line, str) else line
        changes = dict(changes)
        y += changes.pop("skip", 0.0)
        x = changes.pop("x", LEFT)
        found.words += words(text, x, y, changes.pop("size", 10.0), **changes)
        y += pitch
    return found


def blocks(*pages, trees=None):
    return engine.read(iter(pages), (trees or {}).get)


def shown(found, kind=None):
    """The texts of blocks of the body, or of one kind."""
    body = [b for b in found if b.part in {"body", "note"} and kind in {None, b.kind}]
    return [b.text if b.kind == "code" else plain(getattr(b, "spans", [])) for b in body]


FILLER = (
    "Ships that call at the harbour carry timber from the north and machines for",
    "the mill, which stands on the other bank of the river and has been at work",
    "since the spring of the year before the last.",
)


def filled(*lines, **options):
    """A page with enough running text that its body has a size."""
    return page(*FILLER, None, *FILLER, None, *lines, **options)
