"""Hand-made pages for tests of the layout: lines of words, and rulings."""

from documents.conversion.document import Table, plain
from documents.conversion.layout.lines import text_of
from documents.conversion.layout.page import Ruling, SourcePage, TextRegion, Word
from documents.conversion.layout.regions import regions

LETTER = 0.5  # em wide, each
SPACE = 0.28  # em


def words(text, x, y, size=10.0, **style):
    """The words of a line that begins at `x`, with usual spaces between them."""
    found = []
    for part in text.split():
        end = x + LETTER * size * len(part)
        found.append(
            Word(part, x, end, y, size, y - 0.8 * size, y + 0.22 * size, main_x1=end, **style)
        )
        x = end + SPACE * size
    return found


def paragraph(lines, x, y, pitch=12.0):
    return [word for at, line in enumerate(lines) for word in words(line, x, y + at * pitch)]


def grid(rows, columns, y, pitch=14.0):
    """Rows of cells that begin at the places `columns`; an empty cell is no text."""
    return [
        word
        for at, row in enumerate(rows)
        for x, cell in zip(columns, row, strict=True)
        for word in words(cell, x, y + at * pitch)
    ]


def level(start, end, *places):
    return [Ruling("H", start, end, at) for at in places]


def upright(start, end, *places):
    return [Ruling("V", start, end, at) for at in places]


def page(found, rulings=(), width=600.0, height=800.0):
    return SourcePage(1, width, height, words=found, rulings=list(rulings))


def seen(source):
    """What the layout finds: texts of lines, and rows of cell texts."""
    found = []
    for region in regions(source):
        if isinstance(region, TextRegion):
            found.append([text_of(line.words) for line in region.lines])
        else:
            found.append(rows_of(region))
    return found


def rows_of(table: Table):
    return [[plain(cell.spans) for cell in row] for row in table.rows]


def tables(source):
    return [region for region in regions(source) if isinstance(region, Table)]
