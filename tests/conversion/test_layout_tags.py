"""Tagged pages: the structure tree decides where it holds up against the page."""

from documents.conversion.document import Heading, ListItem, Note, Table, plain
from documents.conversion.layout.page import Script
from documents.conversion.layout.tags import Tree

from .typeset import blocks, page, shown, words


class Tagged:
    """A page under construction with its tree; `text` adds a line and gives its content number."""

    def __init__(self):
        self.sheet, self.y, self.mcid = page(), 80.0, 0

    def text(self, text, x=72.0, y=None, **changes):
        self.mcid += 1
        baseline = self.y if y is None else y
        self.sheet.words += words(text, x, baseline, mcid=self.mcid, **changes)
        self.y = max(self.y, baseline) + (16.0 if y is None else 0.0)
        return self.mcid

    def blocks(self, *kids):
        return blocks(self.sheet, trees={1: Tree("Document", list(kids))})


def test_headings_have_the_levels_that_the_tree_gives_them():
    sheet = Tagged()
    kids = [
        Tree("H1", [sheet.text("Harbour")]),
        Tree("P", [sheet.text("The harbour is busy throughout the year and beyond.")]),
        Tree("H3", [sheet.text("Fees")]),
        Tree("P", [sheet.text("Fees are paid by all ships that call at the harbour.")]),
    ]

    found = sheet.blocks(*kids)

    assert [(b.level, plain(b.spans)) for b in found if isinstance(b, Heading)] == [
        (1, "Harbour"),
        (3, "Fees"),
    ]


def item(sheet, marker, text, *below):
    label = [Tree("Lbl", [sheet.text(marker, y=sheet.y)])] if marker else []
    return Tree("LI", [*label, Tree("LBody", [sheet.text(text, x=90.0), *below])])


def test_lists_are_nested_as_in_the_tree_and_keep_their_markers():
    sheet = Tagged()
    first = sheet.text("Things to do before the winter comes to the harbour:")
    outer = Tree("LI", [Tree("Lbl", [sheet.text("1.", y=sheet.y)])])
    body = Tree("LBody", [sheet.text("Repair the lock", x=90.0)])
    body.kids.append(Tree("L", [item(sheet, "a.", "the gate"), item(sheet, "b.", "the pump")]))
    outer.kids.append(body)

    found = sheet.blocks(Tree("P", [first]), Tree("L", [outer, item(sheet, "2.", "Sell the boat")]))

    items = [(b.depth, b.marker, plain(b.spans)) for b in found if isinstance(b, ListItem)]
    assert items == [
        (0, "1.", "Repair the lock"),
        (1, "a.", "the gate"),
        (1, "b.", "the pump"),
        (0, "2.", "Sell the boat"),
    ]


def row(sheet, role, *cells):
    y, kids = sheet.y, []
    for place, cell in enumerate(cells):
        if cell:
            kids.append(Tree(role, [sheet.text(cell, x=72.0 + 100 * place, y=y)]))
    sheet.y += 16.0
    return Tree("TR", kids)


def test_cells_without_content_keep_their_places():
    sheet = Tagged()
    table = Tree(
        "Table",
        [
            row(sheet, "TH", "Item", "Income", "Cost"),
            row(sheet, "TD", "Wages", "", "64,500"),
            row(sheet, "TD", "Fees", "81,200", ""),
        ],
    )

    (found,) = [b for b in sheet.blocks(table) if isinstance(b, Table)]

    assert [[plain(cell.spans) for cell in cells] for cells in found.rows] == [
        ["Item", "Income", "Cost"],
        ["Wages", "", "64,500"],
        ["Fees", "81,200", ""],
    ]


def test_a_tree_of_paragraphs_only_loses_against_the_layout():
    sheet = Tagged()
    kids = [Tree("P", [sheet.text("Harbour", size=20.0)])]
    sheet.y += 10.0
    lines = ["The harbour is busy throughout the year, and the number", "of ships rises each year."]
    kids += [Tree("P", [sheet.text(line)]) for line in lines * 3]

    found = sheet.blocks(*kids)

    assert shown(found, "heading") == ["Harbour"]


def test_what_the_tree_does_not_know_in_the_margin_is_a_running_line():
    sheet = Tagged()
    kids = [
        Tree("H1", [sheet.text("Harbour")]),
        Tree("P", [sheet.text("The harbour is busy throughout the year and far beyond it.")]),
    ]
    sheet.sheet.words += words("Page 1", 270.0, 810.0)

    assert [plain(b.spans) for b in sheet.blocks(*kids) if b.part == "footer"] == ["Page 1"]


def test_a_note_within_a_paragraph_does_not_cut_it():
    sheet = Tagged()
    first = sheet.text("The number of ships rose")
    before = len(sheet.sheet.words)
    note = Tree("Note", [sheet.text("1Barges are free.", y=700.0, size=8.0)])
    sheet.sheet.words[before].scripts = [Script(0, 1, raised=True)]
    second = sheet.text("for the third time in a row.")

    found = sheet.blocks(Tree("H1", [sheet.text("Traffic")]), Tree("P", [first, note, second]))

    assert "The number of ships rose for the third time in a row." in shown(found, "paragraph")
    assert [(b.label, plain(b.spans)) for b in found if isinstance(b, Note)] == [
        ("1", "Barges are free.")
    ]


def test_lines_of_code_come_from_the_layout_with_their_indentation():
    sheet = Tagged()
    head = Tree("H1", [sheet.text("Program")])
    code = [
        Tree("P", [sheet.text("if ready:", mono=True)]),
        Tree("P", [sheet.text("start()", x=92.0, mono=True)]),
    ]
    text = Tree("P", [sheet.text("This is what the program does when the harbour opens.")])

    assert shown(sheet.blocks(head, *code, text), "code") == ["if ready:\n    start()"]


def test_a_list_whose_levels_follow_each_other_is_nested_by_its_places():
    sheet = Tagged()
    head = Tree("H1", [sheet.text("Things to do before winter, in the order of their weight")])
    lists = []
    for x, text in ((72.0, "• first thing"), (92.0, "◦ below it"), (72.0, "• second thing")):
        body = Tree("P", [sheet.text(text, x=x)])
        lists.append(Tree("L", [Tree("LI", [Tree("LBody", [body])])]))

    items = [b for b in sheet.blocks(head, *lists) if isinstance(b, ListItem)]

    assert [(b.depth, plain(b.spans)) for b in items] == [
        (0, "first thing"),
        (1, "below it"),
        (0, "second thing"),
    ]
