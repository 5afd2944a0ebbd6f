"""Structure trees of real PDFs, and words that stand closer than spaces are."""

import pypdfium2
from reportlab.pdfgen.canvas import Canvas

from documents.conversion import ConversionOptions
from documents.conversion import convert as convert_here
from documents.conversion.readers.pdf_tags import tree_of
from documents.conversion.readers.pdf_words import source_page

CONTENT = b"""/H1 <</MCID 0>> BDC BT /F 12 Tf 72 750 Td (Fees) Tj ET EMC
/P <</MCID 1>> BDC BT /F 12 Tf 72 720 Td (All ships that call pay a fee.) Tj ET EMC
/TD <</MCID 2>> BDC BT /F 12 Tf 72 690 Td (Item) Tj ET EMC
/TD <</MCID 3>> BDC BT /F 12 Tf 172 690 Td (Fees in euro) Tj ET EMC
/TD <</MCID 4>> BDC BT /F 12 Tf 72 670 Td (Boat) Tj ET EMC
/TD <</MCID 5>> BDC BT /F 12 Tf 172 670 Td (12) Tj ET EMC
/Artifact BMC BT /F 8 Tf 280 30 Td (Page 1) Tj ET EMC
"""


def element(number, role, kids, parent):
    entries = f"/S/{role}/P {parent} 0 R/K[{kids}]/Pg 3 0 R"
    return f"{number} 0 obj <</Type/StructElem{entries}>> endobj"


def tagged_pdf():
    """A page with a heading, a paragraph and a table of two rows."""
    objects = [
        "1 0 obj <</Type/Catalog/Pages 2 0 R/StructTreeRoot 7 0 R"
        "/MarkInfo<</Marked true>>>> endobj",
        "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj",
        "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/StructParents 0"
        "/Resources<</Font<</F 6 0 R>>>>>> endobj",
        f"4 0 obj <</Length {len(CONTENT)}>> stream\n{CONTENT.decode()}endstream endobj",
        "6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj",
        "7 0 obj <</Type/StructTreeRoot/K 8 0 R/ParentTree 20 0 R>> endobj",
        element(8, "Document", "9 0 R 10 0 R 11 0 R", 7),
        element(9, "H1", "0", 8),
        element(10, "P", "1", 8),
        element(11, "Table", "12 0 R 13 0 R", 8),
        element(12, "TR", "14 0 R 15 0 R", 11),
        element(13, "TR", "16 0 R 17 0 R", 11),
        element(14, "TH", "2", 12),
        element(15, "TH", "3", 12),
        element(16, "TD", "4", 13),
        element(17, "TD", "5", 13),
        "20 0 obj <</Nums[0 [9 0 R 10 0 R 14 0 R 15 0 R 16 0 R 17 0 R]]>> endobj",
    ]
    return ("%PDF-1.7\n" + "\n".join(objects) + "\ntrailer <</Root 1 0 R>>\n%%EOF\n").encode()


def roles(tree):
    return [kid if isinstance(kid, int) else (kid.role, roles(kid)) for kid in tree.kids]


def test_the_structure_tree_of_a_page_is_read():
    page = pypdfium2.PdfDocument(tagged_pdf())[0]

    ((role, kids),) = roles(tree_of(page))

    assert role == "Document"
    assert kids[:2] == [("H1", [0]), ("P", [1])]
    assert kids[2] == (
        "Table",
        [("TR", [("TH", [2]), ("TH", [3])]), ("TR", [("TD", [4]), ("TD", [5])])],
    )


def test_a_page_without_a_tree_has_none(tmp_path):
    canvas = Canvas(str(tmp_path / "plain.pdf"))
    canvas.drawString(72, 700, "Nothing is tagged here.")
    canvas.save()

    assert tree_of(pypdfium2.PdfDocument(tmp_path / "plain.pdf")[0]) is None


def test_a_tagged_pdf_is_converted_by_its_tree(tmp_path):
    path = tmp_path / "tagged.pdf"
    path.write_bytes(tagged_pdf())

    markdown = convert_here(
        path, filename=path.name, options=ConversionOptions(), report=lambda *told: None
    ).markdown

    assert "# Fees\n" in markdown
    assert "| Boat | 12 |" in markdown
    assert "Page 1" not in markdown


def test_words_that_kerning_has_drawn_together_are_two(tmp_path):
    canvas = Canvas(str(tmp_path / "kerned.pdf"))
    text = canvas.beginText(72, 700)
    text.setFont("Times-Roman", 10)
    text.textOut("A")
    text.moveCursor(7.22 + 2.0, 0)  # the width of the letter and a fifth of an em
    text.textOut("keeper")
    canvas.drawText(text)
    canvas.save()

    page = source_page(pypdfium2.PdfDocument(tmp_path / "kerned.pdf"), 1)

    assert [word.text for word in page.words] == ["A", "keeper"]
