"""Books are read from the first chapter to the last, with their notes in place."""

import zipfile

import pytest

from documents.conversion import errors
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import book
from documents.conversion.writer import to_markdown
from documents.samples import SAMPLES

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
PAGE = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"'
    ' xmlns:epub="http://www.idpf.org/2007/ops"><head>{head}</head><body>{body}</body></html>'
)


def make_book(tmp_path, chapters, *, spine=None, head="", more=(), items=""):
    """A book of `chapters`: names to the bodies of their pages; `spine` is the order to read."""
    names = list(chapters)
    manifest = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    refs = "".join(f'<itemref idref="c{names.index(name)}"/>' for name in spine or names)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The sea</dc:title>'
        f"<dc:language>en</dc:language></metadata><manifest>{manifest}{items}</manifest>"
        f"<spine>{refs}</spine></package>"
    )
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
        for name, body in chapters.items():
            archive.writestr(f"OPS/{name.replace('%20', ' ')}", PAGE.format(head=head, body=body))
        for name, content in more:
            archive.writestr(name, content)
    return path


def read(path):
    return book.read(
        path, path.name, ConversionOptions(), lambda *_: None, format_name="epub"
    ).document


def markdown(path):
    return to_markdown(read(path)).strip()


def test_chapters_come_in_the_order_of_the_spine(tmp_path):
    chapters = {"b.xhtml": "<h1>Two</h1><p>b</p>", "a.xhtml": "<h1>One</h1><p>a</p>"}

    document = read(make_book(tmp_path, chapters, spine=["a.xhtml", "b.xhtml"]))

    assert (document.title, document.language) == ("The sea", "en")
    assert to_markdown(document).strip() == "# One\n\na\n\n# Two\n\nb"


def test_notes_in_a_file_of_their_own_are_notes(tmp_path):
    chapters = {
        "a.xhtml": '<p>Light<a epub:type="noteref" href="my%20notes.xhtml#n1">1</a> out.</p>',
        "b.xhtml": '<p>Dark<sup><a id="r" href="my%20notes.xhtml#n2">1</a></sup>.</p>',
        "my%20notes.xhtml": '<aside epub:type="footnote" id="n1"><p>In 1871.</p></aside>'
        '<p id="n2"><a href="b.xhtml#r">1</a> By night.</p>',
    }

    assert markdown(make_book(tmp_path, chapters)) == (
        "Light[^1] out.\n\nDark[^2].\n\n[^1]: In 1871.\n\n[^2]: By night."
    )


def test_the_navigation_document_is_left_out(tmp_path):
    nav = '<nav epub:type="toc"><ol><li><a href="a.xhtml">One</a></li></ol></nav>'
    items = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    path = make_book(
        tmp_path,
        {"a.xhtml": "<h1>One</h1><p>a</p>"},
        items=items,
        more=[("OPS/nav.xhtml", PAGE.format(head="", body=nav))],
    )

    assert markdown(path) == "# One\n\na"


def test_styles_of_another_file_make_headings(tmp_path):
    css = ".p1 {font-size: 18.0000pt; font-weight: bold} .s2 {font-size: 0.58em;"
    css += " position: relative; top: -0.33em} .p3 {font-size: 14pt}"
    text = f"<p>10<span class='s2'>3</span> {'words of a book ' * 6}</p>"
    path = make_book(
        tmp_path,
        {"a.xhtml": f"<p><b class='p1'>The harbour</b></p>{text}<p class='p3'>Dawn</p>{text}"},
        head='<link rel="stylesheet" href="../OPS/style.css"/>',
        more=[("OPS/style.css", css)],
    )

    written = markdown(path)

    assert written.startswith("# The harbour\n\n10³ words")
    assert "\n\n## Dawn\n\n" in written


def test_the_table_of_contents_makes_headings_where_there_are_none(tmp_path):
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>'
        'The harbour</text></navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>'
    )
    items = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    path = make_book(
        tmp_path,
        {"a.xhtml": "<p class='t'>The  harbour</p><p>At dawn.</p>"},
        items=items,
        more=[("OPS/toc.ncx", ncx)],
    )

    assert markdown(path) == "# The harbour\n\nAt dawn."


def test_numbers_of_printed_pages_are_no_text(tmp_path):
    body = '<p>over <span epub:type="pagebreak" id="p7">7</span>board</p>'

    assert markdown(make_book(tmp_path, {"a.xhtml": body})) == "over board"


def test_a_chapter_that_is_no_xml_is_read_as_a_page(tmp_path):
    assert markdown(make_book(tmp_path, {"a.xhtml": "<p>a<br>b<p>c & d"})) == "a\\\nb\n\nc & d"


def test_a_book_of_scanned_pages_is_read_by_ocr(tmp_path):
    picture = SAMPLES["picture.png"].path.read_bytes()
    path = make_book(
        tmp_path, {"a.xhtml": '<p><img src="p.png"/></p>'}, more=[("OPS/p.png", picture)]
    )

    reading = book.read(path, path.name, ConversionOptions(), lambda *_: None, format_name="epub")

    assert reading.engine == "turbohtml+tesseract"
    assert reading.ocr_confidence > 0.5
    assert len(reading.document.text()) > 40


def test_a_missing_chapter_is_told(tmp_path):
    items = '<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>'
    path = make_book(tmp_path, {"a.xhtml": "<p>a</p>"}, items=items)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["OPS/book.opf"] = parts["OPS/book.opf"].replace(
        b"</spine>", b'<itemref idref="x"/></spine>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)

    assert read(path).warnings == ["A chapter is missing in the file of the book."]


ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
    ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
    '<enc:EncryptionMethod Algorithm="{method}"/><enc:CipherData>'
    '<enc:CipherReference URI="{uri}"/></enc:CipherData></enc:EncryptedData></encryption>'
)


def test_a_protected_book_is_told_as_encrypted(tmp_path):
    words = ENCRYPTION.format(
        method="http://www.w3.org/2001/04/xmlenc#aes128-cbc", uri="OPS/a.xhtml"
    )
    path = make_book(tmp_path, {"a.xhtml": "x"}, more=[("META-INF/encryption.xml", words)])

    with pytest.raises(errors.ConversionError) as refusal:
        read(path)

    assert refusal.value.code == "encrypted_file"


def test_scrambled_fonts_are_no_protection(tmp_path):
    words = ENCRYPTION.format(method="http://www.idpf.org/2008/embedding", uri="OPS/f.otf")
    path = make_book(tmp_path, {"a.xhtml": "<p>a</p>"}, more=[("META-INF/encryption.xml", words)])

    assert markdown(path) == "a"


def test_a_book_without_a_package_is_damaged(tmp_path):
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")

    with pytest.raises(errors.EngineError):
        read(path)
