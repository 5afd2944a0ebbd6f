"""What can be read of a damaged file is kept, and what cannot is named."""

import io
import struct

import pytest
from PIL import Image, ImageDraw

from documents.conversion import ConversionError
from documents.samples import SAMPLES

from .measures import token_f1
from .raw_pdfs import SENTENCES, picture_object, picture_page, raw_pdf, text_page

FIRST, SECOND, THIRD = SENTENCES


@pytest.fixture
def write(tmp_path):
    """write(name, data) -> the path of a file with these bytes."""

    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def frames(*images):
    """A TIFF of several pages."""
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], compression="raw")
    return bytearray(buffer.getvalue())


def directories(tiff):
    """The places of the directories in a little-endian TIFF, and of what points at each."""
    found, pointer = [], 4
    while place := struct.unpack_from("<I", tiff, pointer)[0]:
        found.append((place, pointer))
        pointer = place + 2 + 12 * struct.unpack_from("<H", tiff, place)[0]
    return found


def entry(tiff, directory, tag):
    """The place of the value of one tag in a directory."""
    for number in range(struct.unpack_from("<H", tiff, directory)[0]):
        place = directory + 2 + 12 * number
        if struct.unpack_from("<H", tiff, place)[0] == tag:
            return place + 8
    raise AssertionError(f"There is no tag {tag}.")


@pytest.fixture(scope="module")
def scans():
    """The two pages of the sample scan, with the text of the first."""
    with Image.open(SAMPLES["scan.tiff"].path) as image:
        pages = []
        for number in range(2):
            image.seek(number)
            pages.append(image.convert("L"))
    return pages


@pytest.mark.parametrize(
    "box",
    [
        "[0 0 0 0]",
        "[0 0 NaN NaN]",
        "[0 0 1e38 1e38]",
        "[(a) (b) (c) (d)]",
        "[0 0 99999999999 1]",
        "[1 2 3]",
        "/Big",
        None,
    ],
)
def test_a_page_without_a_possible_size_is_read(box, convert, write):
    pages = [text_page(FIRST), text_page(SECOND, box), text_page(THIRD)]

    markdown = convert(write("sizes.pdf", raw_pdf(pages))).markdown

    assert all(sentence in markdown for sentence in SENTENCES)


@pytest.mark.parametrize("box", ["[0 0 1000000000 1000000000]", "[-1000000000 0 595 842]"])
def test_a_page_as_large_as_a_country_is_read_and_named(box, convert, write):
    pages = [text_page(FIRST), text_page(SECOND, box), text_page(THIRD)]

    conversion = convert(write("sizes.pdf", raw_pdf(pages)))

    assert conversion.warnings == (
        "Page 2 has an impossible size; it was read as a sheet of letter paper.",
    )
    assert all(sentence in conversion.markdown for sentence in SENTENCES)


@pytest.mark.parametrize("box", ["[0 0 595 0.01]", "[0 0 1 842]", "[0 0 -595 -842]"])
def test_text_outside_of_its_page_is_no_text(box, convert, write):
    with pytest.raises(ConversionError) as failure:
        convert(write("outside.pdf", raw_pdf([text_page(FIRST, box)])))

    assert failure.value.code == "no_text_found"


@pytest.mark.parametrize("ocr_force", [False, True])
def test_one_bad_page_is_named_and_the_others_stay(ocr_force, convert, write):
    data = raw_pdf([text_page(FIRST), text_page(SECOND), text_page(THIRD)])
    data = data.replace(b"12 0 obj <</Type/Page/", b"12 0 obj <</Type/Font ")

    conversion = convert(write("one-bad.pdf", data), ocr_force=ocr_force)

    assert conversion.page_count == 3
    assert "Page 2 was not read: it is damaged." in conversion.warnings
    assert FIRST in conversion.markdown
    assert THIRD in conversion.markdown
    assert conversion.quality.conversion_score < 90


def test_a_page_whose_picture_cannot_be_drawn_is_not_blank(convert, write):
    pages = [text_page(FIRST), picture_page(1000)]

    conversion = convert(write("hole.pdf", raw_pdf(pages, [picture_object(60_000, 60_000)])))

    assert conversion.warnings == ("Page 2 was not read: the picture has 60000 x 60000 pixels.",)


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (picture_object(60_000, 60_000), "too_large"),
        (picture_object(1000, 1000, space="/Nonsense"), "corrupt_file"),
        (picture_object(100, 100, bytes(30_000)), "no_text_found"),  # it is black
    ],
)
def test_a_document_of_one_picture_that_gives_no_text_says_why(picture, code, convert, write):
    with pytest.raises(ConversionError) as failure:
        convert(write("picture.pdf", raw_pdf([picture_page(1000)], [picture])))

    assert failure.value.code == code
    assert failure.value.permanent


def test_a_damaged_frame_among_good_ones_is_named_and_the_others_stay(convert, write, scans):
    tiff = frames(scans[0], Image.new("L", scans[0].size, 128), scans[1])
    second = directories(tiff)[1][0]
    struct.pack_into("<I", tiff, entry(tiff, second, tag=256), 0)  # its width

    conversion = convert(write("frames.tiff", tiff))

    assert "Page 2 was not read: it is damaged." in conversion.warnings
    assert token_f1(conversion.markdown, SAMPLES["scan.tiff"].text) > 0.95


def test_frames_behind_a_broken_link_are_lost_and_the_loss_is_named(convert, write, scans):
    tiff = frames(*scans)
    struct.pack_into("<I", tiff, directories(tiff)[1][1], len(tiff) - 1)

    conversion = convert(write("broken-chain.tiff", tiff))

    assert "Page 2 was not read: it is damaged." in conversion.warnings
    assert "Minutes of the Garden Club" in conversion.markdown


def test_a_chain_of_frames_that_bites_its_tail_ends(convert, write, scans):
    tiff = frames(*scans)
    first, second = directories(tiff)
    after = second[0] + 2 + 12 * struct.unpack_from("<H", tiff, second[0])[0]
    struct.pack_into("<I", tiff, after, first[0])

    assert convert(write("loop.tiff", tiff)).page_count == 2


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_tiff_that_is_cut_off_is_damaged_or_names_what_is_lost(share, convert, write, scans):
    tiff = frames(*scans)

    try:
        told = " ".join(convert(write("cut.tiff", tiff[: int(len(tiff) * share)])).warnings)
    except ConversionError as problem:
        told = problem.code

    assert told == "corrupt_file" or "was not read: it is damaged." in told


@pytest.mark.parametrize("size", [(1, 1), (1000, 1), (1, 1000), (3, 2000), (40_000, 2), (7, 7)])
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_strip_too_thin_for_letters_holds_no_text(size, kind, convert, tmp_path):
    strip = Image.new("L", size, 255)
    strip.putpixel((0, 0), 0)
    strip.save(tmp_path / f"strip.{kind}", resolution=72)

    with pytest.raises(ConversionError) as failure:
        convert(tmp_path / f"strip.{kind}")

    assert failure.value.code == "no_text_found"
    assert failure.value.permanent


def test_a_picture_longer_than_tesseract_takes_is_read(convert, tmp_path, scans):
    tall = Image.new("L", (scans[0].width, 34_000), 255)
    tall.paste(scans[0], (0, 0))
    ImageDraw.Draw(tall).line([(0, 33_990), (500, 33_990)], fill=0)
    tall.save(tmp_path / "tall.png", dpi=(150, 150))

    assert "Minutes of the Garden Club" in convert(tmp_path / "tall.png").markdown


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP", "WEBP", "JPEG"])
def test_a_tiny_file_of_a_huge_picture_is_refused_unread(kind, convert, write):
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200)).save(buffer, kind)

    with pytest.raises(ConversionError) as failure:
        convert(write(f"bomb.{kind.lower()}", _claiming(buffer.getvalue(), kind, side=16_000)))

    assert failure.value.code in {"too_large", "corrupt_file"}


def _claiming(data, kind, side):
    """The picture with the size in its header made `side` x `side`."""
    data = bytearray(data)
    match kind:
        case "PNG":
            import zlib

            struct.pack_into(">II", data, 16, side, side)
            struct.pack_into(">I", data, 29, zlib.crc32(data[12:29]))
        case "GIF":
            struct.pack_into("<HH", data, 6, side, side)
        case "TIFF":
            directory = directories(data)[0][0]
            for tag in (256, 257):
                struct.pack_into("<I", data, entry(data, directory, tag), side)
        case "BMP":
            struct.pack_into("<ii", data, 18, side, side)
        case "WEBP":
            struct.pack_into("<HH", data, data.index(b"\x9d\x01\x2a") + 3, side, side)
        case "JPEG":
            struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, side, side)
    return bytes(data)
