"""Pages as pictures and in numbers, as the child that never serves anybody makes them."""

import io
import struct
import zlib

import pytest
from PIL import Image

from documents.conversion import ConversionError, Sandbox
from documents.conversion.page_pictures import MAX_DRAWN_PIXELS, MAX_DRAWN_SIDE
from documents.conversion.page_sizes import MAX_NAMED
from documents.samples import BAD_FILES, SAMPLES
from tests.conversion.raw_pdfs import A4, RawPage, picture_object, picture_page, raw_pdf
from tests.page_files import SIDEWAYS, corners, page, pdf, photo, tiff

BLACK_UPPER_LEFT, BLACK_UPPER_RIGHT = [0, 260, 260, 260], [260, 0, 260, 260]
BLACK_LOWER_LEFT = [260, 260, 0, 260]


@pytest.fixture
def write(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def draw(sandbox, tmp_path):
    """draw(path, number, width) -> the picture; None if there is no such page."""

    def draw(path, number=1, width=320):
        target = tmp_path / "drawn.png"
        target.write_bytes(b"")
        arguments = {"path": str(path), "filename": path.name, "number": number, "width": width}
        answer = sandbox.work("draw_page", arguments | {"target": str(target)}, timeout_seconds=30)
        if not answer["is_drawn"]:
            assert target.read_bytes() == b""
            return None
        picture = Image.open(io.BytesIO(target.read_bytes()), formats=["png"])
        picture.load()
        return picture

    return draw


@pytest.fixture
def measure(sandbox):
    def measure(path):
        arguments = {"path": str(path), "filename": path.name}
        return sandbox.work("measure_pages", arguments, timeout_seconds=30)

    return measure


def sizes(measured):
    return [(page["width"], page["height"], page["rotation"]) for page in measured["pages"]]


@pytest.mark.parametrize(
    "name",
    [
        "report.pdf", "scan.pdf", "scan.tiff", "picture.png", "picture.jpeg", "picture.gif",
        "picture.webp", "picture.bmp",
    ],
)  # fmt: skip
def test_each_format_with_pages_is_drawn_as_wide_as_asked_for(name, draw):
    picture = draw(SAMPLES[name].path, width=640)

    assert picture.width == 640
    assert len(picture.convert("L").getcolors()) > 10  # there is something on it


@pytest.mark.parametrize(
    ("rotation", "width", "height", "seen"),
    [
        (0, 595, 842, BLACK_LOWER_LEFT),
        (90, 842, 595, BLACK_UPPER_LEFT),
        (180, 595, 842, BLACK_UPPER_RIGHT),
    ],
)
def test_a_page_is_turned_as_it_says(rotation, width, height, seen, draw, measure, write):
    path = write("turned.pdf", pdf(page(), page(rotation=rotation)))

    picture = draw(path, number=2)

    assert corners(picture) == seen
    assert picture.height == pytest.approx(320 * height / width, abs=1)
    assert sizes(measure(path)) == [(595, 842, 0), (width, height, rotation)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photo_is_turned_as_its_camera_says(kind, draw, measure, write):
    path = write(f"photo.{kind.lower()}", photo(kind, orientation=SIDEWAYS))

    picture = draw(path, width=160)

    assert corners(picture) == BLACK_UPPER_RIGHT
    assert picture.size == (160, 320)
    assert sizes(measure(path)) == [(200, 400, 90)]


def test_a_large_photo_on_its_side_has_all_of_its_pixels(draw, write):
    path = write("photo.jpg", photo(size=(4000, 1000), orientation=SIDEWAYS))

    assert draw(path, width=1000).size == (1000, 4000)


def test_each_frame_of_a_tiff_is_a_page_of_its_own_size(draw, measure, write):
    path = write("fax.tiff", tiff((200, 300), (300, 200), (100, 100)))

    pictures = [draw(path, number=number, width=64) for number in (1, 2, 3)]

    assert [corners(picture)[0] for picture in pictures] == [0, 90, 180]
    assert [picture.size for picture in pictures] == [(64, 96), (64, 43), (64, 64)]
    assert sizes(measure(path)) == [(200, 300, 0), (300, 200, 0), (100, 100, 0)]
    assert draw(path, number=4) is None


def test_a_picture_is_not_made_larger_than_it_is(draw, write):
    assert draw(write("small.png", photo("PNG", size=(300, 150))), width=1000).size == (300, 150)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_picture_of_any_kind_of_pixels_is_drawn(mode, draw, write):
    path = write("kinds.png", png_of(mode))

    picture = draw(path, width=160)

    assert picture.mode in {"L", "RGB"}
    assert corners(picture) == BLACK_UPPER_LEFT


def png_of(mode):
    shades = Image.open(io.BytesIO(photo("PNG", mode="L")))
    shades.load()
    if mode == "I;16":
        picture = Image.new("I;16", shades.size, 65_535)
        picture.paste(0, (0, 0, 60, 60))
    else:
        picture = shades.convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_what_is_transparent_is_white_as_paper_is(draw, write):
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 60, 60))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")

    assert corners(draw(write("clear.png", buffer.getvalue()), width=160)) == BLACK_UPPER_LEFT


def test_what_was_filled_into_a_form_is_drawn(draw, write):
    empty, filled = form(""), form("0 0 200 200 re f")

    pictures = [draw(write("form.pdf", data)) for data in (empty, filled)]

    assert [corners(picture)[2] for picture in pictures] == [260, 0]


def form(appearance):
    """A page with one field, which looks as a viewer that filled it in left it."""
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(x)/F 4/Rect[0 0 200 200]/AP<</N 1001 0 R>>>>"
    )
    stream = (
        f"<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Length {len(appearance)}>>stream\n"
        f"{appearance}\nendstream"
    ).encode()
    data = pdf_with(b"/Annots[1000 0 R]", [field, stream])
    return data.replace(b"/Type/Catalog", b"/Type/Catalog/AcroForm<</Fields[1000 0 R]>>")


def pdf_with(entries, objects):
    return raw_pdf([RawPage(b"", A4 + entries.decode())], objects)


@pytest.mark.parametrize(
    "box",
    [
        "[0 0 1000000000 1000000000]", "[0 0 0 0]", "[0 0 1e38 1e38]", "[0 0 1 90000]",
        "[0 0 90000 1]", "[0 0 90000 90000]", "[0 0 0.001 0.001]", "[0 0 NaN NaN]",
    ],
)  # fmt: skip
def test_a_page_of_any_size_has_a_picture_within_bounds(box, draw, measure, write):
    path = write("sizes.pdf", pdf(page(box)))

    picture = draw(path, width=2400)

    assert picture.width <= 2400
    assert picture.width * picture.height <= 1.01 * MAX_DRAWN_PIXELS
    assert max(picture.size) <= MAX_DRAWN_SIDE + 1
    (size,) = sizes(measure(path))
    assert 0 <= max(size[:2]) <= 100_000


def test_a_page_as_large_as_a_country_is_drawn_as_the_letter_that_it_was_read_as(
    draw, measure, write
):
    path = write("large.pdf", pdf(page("[0 0 1000000000 1000000000]")))

    assert draw(path, width=640).size == (640, 828)
    assert sizes(measure(path)) == [(612, 792, 0)]


def test_a_picture_of_more_pixels_than_are_read_is_refused_undecoded(draw, measure, write):
    path = write("huge.png", png_that_says(60_000, 60_000))

    with pytest.raises(ConversionError) as failure:
        draw(path)

    assert failure.value.code == "too_large"
    assert "60000 x 60000 pixels" in failure.value.message
    assert sizes(measure(path)) == [(60_000, 60_000, 0)]


def png_that_says(width, height):
    def chunk(name, data):
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_picture_too_large_for_memory_inside_of_a_page_leaves_the_child_alive(draw, write):
    pixels = bytes(30_000 * 30_000)  # a few hundred kilobytes in the file
    data = raw_pdf([picture_page(1000)], [picture_object(30_000, 30_000, pixels)])

    assert draw(write("huge.pdf", data)).size == (320, 453)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("segfault", "conversion_crashed"),
        ("memory", "out_of_memory"),
        ("loop", "conversion_timeout"),
    ],
)
def test_a_file_that_ends_the_child_has_a_reason_and_the_next_is_drawn(
    fault, code, tmp_path, write
):
    target = tmp_path / "drawn.png"
    target.write_bytes(b"")
    arguments = {"filename": "x.pdf", "number": 1, "width": 320, "target": str(target)}
    faulty = arguments | {"path": str(write("fault.pdf", f"#!curatore-fault {fault}\n".encode()))}
    sound = arguments | {"path": str(write("sound.pdf", pdf()))}

    with Sandbox(memory_bytes=768 * 1024**2, fault_injection=True) as sandbox:
        with pytest.raises(ConversionError) as failure:
            sandbox.work("draw_page", faulty, timeout_seconds=3)
        assert failure.value.code == code
        assert sandbox.work("draw_page", sound, timeout_seconds=30)["is_drawn"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("encrypted.pdf", "encrypted_file"),
        ("truncated.pdf", "corrupt_file"),
        ("broken.png", "corrupt_file"),
        ("empty.pdf", "empty_file"),
        ("program.pdf", "unsupported_format"),
    ],
)
def test_a_file_that_cannot_be_read_has_a_reason_instead_of_a_picture(name, code, draw, measure):
    for ask in (draw, measure):
        with pytest.raises(ConversionError) as failure:
            ask(BAD_FILES / name)
        assert failure.value.code == code


def test_one_damaged_page_is_named_and_the_others_are_drawn(draw, measure, write):
    data = pdf(page(), page(), page()).replace(b"12 0 obj <</Type/Page/", b"12 0 obj <</Type/Font ")
    path = write("one-bad.pdf", data)

    with pytest.raises(ConversionError, match="page 2 cannot be read"):
        draw(path, number=2)

    assert draw(path, number=3) is not None
    assert measure(path)["count"] == 3


def test_ten_thousand_pages_are_named_of_more(measure, write):
    measured = measure(write("long.pdf", pdf(*[page()] * (MAX_NAMED + 1))))

    assert measured["count"] == MAX_NAMED + 1
    assert len(measured["pages"]) == MAX_NAMED
    assert measured["pages"][-1]["width"] == 595


@pytest.mark.parametrize("name", ["report.docx", "notes.txt", "slides.pptx", "report.html"])
def test_other_formats_have_no_pages_to_draw(name, draw, measure):
    assert draw(SAMPLES[name].path) is None
    assert measure(SAMPLES[name].path) == {
        "count": 0, "unit": "pt", "pages": [], "outline": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["inventory.xlsx", "inventory.xls", "inventory.ods"])
def test_a_workbook_tells_the_names_of_its_sheets(name, measure):
    assert measure(SAMPLES[name].path)["outline"] == {
        "headers": [], "attachments": [], "sheets": ["Inventory", "Suppliers"],
    }  # fmt: skip


def test_a_mail_tells_its_headers(measure):
    assert measure(SAMPLES["delivery.eml"].path)["outline"]["headers"] == [
        {"name": "From", "value": "Maria Jensen <maria.jensen@example.org>"},
        {"name": "To", "value": "Orders <orders@example.com>"},
        {"name": "Date", "value": "Mon, 28 Oct 2024 09:30:00 +0100"},
        {"name": "Subject", "value": "Change of the delivery date"},
    ]


def test_an_outlook_message_tells_its_headers(measure):
    assert measure(SAMPLES["delivery.msg"].path)["outline"]["headers"] == [
        {"name": "From", "value": "Maria Jensen"},
        {"name": "To", "value": "Orders"},
        {"name": "Subject", "value": "Change of the delivery date"},
    ]


MAIL = """From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>
To: a@example.org,
 b@example.org
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/plain

See the files.
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf

--x
Content-Type: message/rfc822

Subject: Forwarded words

Words.
--x--
"""


def test_a_mail_tells_its_attachments_by_their_real_names(measure, write):
    mail = MAIL.format(subject="Größe").encode()

    outline = measure(write("mail.eml", mail))["outline"]

    assert outline["attachments"] == ["Rechnung März.pdf", "Forwarded words"]
    assert [header["value"] for header in outline["headers"]] == [
        "Jörg <joerg@example.org>", "a@example.org, b@example.org", "Größe",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Disposition: attachment; filename=" + b'";' * 500_000,
        b"Subject: " + b"=?utf-8?Q?" * 100_000,
        b"Subject: =?no-such-encoding?Q?x?=",
        b"Content-Type: multipart/mixed; boundary=" + b"x" * 1_000_000,
        b"Subject: \xff\xfe half",
    ],
)
def test_a_hostile_mail_is_looked_at_in_time(part, measure, write):
    mail = b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n" + part + b"\n\nWords.\n"

    assert measure(write("hostile.eml", mail))["outline"]["headers"][0]["value"] == "a@example.org"
