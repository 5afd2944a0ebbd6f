"""PDF pages and scans beyond the samples."""

import io
from array import array

import docx
import pytest
from docx.shared import Inches
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from documents.conversion import ConversionError, ConversionOptions
from documents.conversion import convert as convert_here
from documents.conversion.ocr import scan
from documents.conversion.readers import pictures
from documents.conversion.readers.pdf_pages import PdfPages
from documents.conversion.readers.pictures import on_paper
from documents.samples import SAMPLES
from documents.samples.pages import spoil

from .measures import table_rows, token_f1

LONG = "The cellar was dry and the books were kept there for a hundred years without damage."


@pytest.fixture
def write_pdf(tmp_path):
    """write_pdf(draw) -> path; `draw` gets the canvas and may turn pages."""

    def write_pdf(draw):
        path = tmp_path / "document.pdf"
        canvas = Canvas(str(path), pagesize=A4)
        draw(canvas)
        canvas.save()
        return path

    return write_pdf


@pytest.fixture
def scan_image():
    with Image.open(SAMPLES["picture.png"].path) as image:
        yield image.convert("L")


def test_forced_ocr_ignores_the_text_layer(convert):
    sample = SAMPLES["two-columns.pdf"]

    conversion = convert(sample.path, ocr_force=True)

    assert conversion.engine == "tesseract"
    assert conversion.ocr_page_count == 1
    assert token_f1(conversion.markdown, sample.text) >= 0.97


def reported(path, **options):
    """What a conversion in this process reports: stage, pages done, all pages."""
    heard = []
    given = ConversionOptions(**options)
    convert_here(path, filename=path.name, options=given, report=lambda *told: heard.append(told))
    return heard


def test_every_page_of_a_scan_is_reported_before_it_is_read_and_all_at_the_end():
    heard = reported(SAMPLES["scan.pdf"].path)

    assert [pages for stage, *pages in heard if stage == "ocr"] == [[0, 2], [1, 2]]
    assert heard[-1] == ("score", 2, 2)


def test_pictures_in_an_office_document_are_not_reported_as_pages(scan_image, tmp_path):
    scan_image.save(tmp_path / "scan.png")
    document = docx.Document()
    for _ in range(2):
        document.add_picture(str(tmp_path / "scan.png"), width=Inches(6))
    document.save(tmp_path / "pictures.docx")

    heard = reported(tmp_path / "pictures.docx")

    assert ("ocr", None, None) in heard
    assert heard[-1] == ("score", None, None)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_is_read(degrees, convert, scan_image, tmp_path):
    scan_image.rotate(degrees, expand=True).save(tmp_path / "turned.png", dpi=(150, 150))

    conversion = convert(tmp_path / "turned.png")

    assert token_f1(conversion.markdown, SAMPLES["picture.png"].text) >= 0.95


def test_a_transparent_picture_is_read_as_on_white_paper(convert, scan_image, tmp_path):
    ink = Image.new("RGBA", scan_image.size, (0, 0, 0, 0))
    ink.putalpha(scan_image.point(lambda value: 255 - value))
    ink.save(tmp_path / "ink.png", dpi=(150, 150))

    assert "brings its own tools" in convert(tmp_path / "ink.png").markdown


def test_the_page_segmentation_mode_is_used(monkeypatch):
    modes = []
    recognized = scan.recognized

    def noted(*arguments, psm, **options):
        modes.append(psm)
        return recognized(*arguments, psm=psm, **options)

    monkeypatch.setattr(scan, "recognized", noted)

    options = ConversionOptions(ocr_force=True, ocr_psm=6)
    path = SAMPLES["two-columns.pdf"].path
    convert_here(path, filename=path.name, options=options, report=lambda *told: None)

    assert 6 in modes


def test_a_page_below_the_confidence_threshold_is_reported(convert):
    conversion = convert(SAMPLES["picture.png"].path, ocr_confidence_threshold=0.99)

    assert "Page 1 was recognized with a confidence of" in conversion.warnings[0]
    assert conversion.quality.conversion_score < 90


def test_noise_alone_is_no_text(convert, tmp_path):
    noise = Image.effect_noise((600, 800), 120)
    noise.save(tmp_path / "noise.png", dpi=(150, 150))

    with pytest.raises(ConversionError) as failure:
        convert(tmp_path / "noise.png")

    assert failure.value.code == "no_text_found"


def test_guesses_are_no_text(convert, scan_image, tmp_path):
    # What is left of a page here makes Tesseract guess words, none of which is right.
    spoil(scan_image.resize((827, 389)), degrees=3, noise=0.5).save(tmp_path / "spoilt.png")

    with pytest.raises(ConversionError) as failure:
        convert(tmp_path / "spoilt.png")

    assert failure.value.code == "no_text_found"


def test_a_picture_of_too_many_pixels_is_refused(convert, tmp_path):
    Image.new("1", (20_000, 20_000), 1).save(tmp_path / "huge.png")

    with pytest.raises(ConversionError, match="20000 x 20000 pixels") as failure:
        convert(tmp_path / "huge.png")

    assert failure.value.code == "too_large"


@pytest.mark.parametrize("ocr_enabled", [True, False])
def test_blank_pages_are_counted_and_cost_nothing(ocr_enabled, convert, write_pdf):
    def draw(canvas):
        canvas.drawString(72, 700, LONG)
        canvas.showPage()
        canvas.showPage()

    conversion = convert(write_pdf(draw), ocr_enabled=ocr_enabled)

    assert conversion.page_count == 2
    assert conversion.ocr_page_count == 0
    assert conversion.warnings == ()
    assert conversion.quality.conversion_score >= 85


def test_a_searchable_scan_is_not_recognized_again(convert, write_pdf, scan_image):
    buffer = io.BytesIO()
    scan_image.save(buffer, "PNG")

    def draw(canvas):
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(buffer), 0, 0, *A4)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)  # invisible, as scanners write it
        for number in range(6):
            text.textLine(f"{number}: {LONG}")
        canvas.drawText(text)

    conversion = convert(write_pdf(draw))

    assert conversion.ocr_page_count == 0
    assert "The cellar was dry" in conversion.markdown


def test_a_paragraph_goes_on_over_the_page_and_its_page_mark_follows(convert, write_pdf):
    def draw(canvas):
        canvas.drawString(72, 700, LONG)
        canvas.drawString(72, 686, "Nobody knew that the water had already begun to rise in")
        canvas.showPage()
        canvas.drawString(72, 700, "the valley below the mill. The second page ends with this.")

    markdown = convert(write_pdf(draw)).markdown

    assert "begun to rise in the valley below the mill." in markdown
    assert markdown.rstrip().endswith("<!-- page 2 -->")


FORM = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/NeedAppearances true>>>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[5 0 R]
/Resources<</Font<</F 6 0 R>>>>>> endobj
4 0 obj <</Length 70>> stream
BT /F 12 Tf 72 700 Td (Please say where you live, then sign this.) Tj ET
endstream endobj
5 0 obj <</Type/Annot/Subtype/Widget/FT/Tx/T(city)/TU(City)/V(Trondheim)/Rect[72 600 200 620]
/P 3 0 R>> endobj
6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


def test_values_of_a_form_that_are_not_drawn_on_the_page_are_kept(convert, tmp_path):
    (tmp_path / "form.pdf").write_bytes(FORM)

    assert "City: Trondheim" in convert(tmp_path / "form.pdf").markdown


def test_a_spreadsheet_with_captions_and_two_tables_keeps_both(convert, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sales <2024>"
    rows = [["Sales in Europe"], ["City", "Sum"], ["Oslo", 12.0], [], [None, "x", "y"]]
    for row in [*rows, [None, True, 0.5]]:
        sheet.append(row)
    book.create_sheet("Empty")
    book.save(tmp_path / "book.xlsx")

    markdown = convert(tmp_path / "book.xlsx").markdown

    assert markdown.startswith("# Sales <2024>\n")
    assert "Sales in Europe\n\n| City | Sum |" in markdown
    assert table_rows(markdown) == [("City", "Sum"), ("Oslo", "12"), ("x", "y"), ("TRUE", "0.5")]
    assert "Empty" not in markdown


def test_a_stamp_on_a_scan_that_lies_on_its_side_does_not_stand_for_it(
    convert, write_pdf, scan_image
):
    buffer = io.BytesIO()
    scan_image.rotate(90, expand=True).save(buffer, "PNG")

    def draw(canvas):
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(buffer), 0, 0, *A4)
        canvas.drawString(200, 830, "Received on 3 May 2024, No. 4711")

    conversion = convert(write_pdf(draw))

    assert "brings its own tools" in conversion.markdown
    assert conversion.ocr_page_count == 1


def deep_gray(shades, mode):
    """The same picture with shades of 16 bits, or of 8 in numbers that could hold more."""
    if not mode.startswith("I;16"):
        return shades.convert(mode)
    numbers = array("H", (257 * shade for shade in shades.tobytes()))
    if mode == "I;16B":
        numbers.byteswap()
    return Image.frombytes(mode, shades.size, numbers.tobytes())


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [("I;16", "png"), ("I;16", "tiff"), ("I;16B", "tiff"), ("I", "tiff"), ("F", "tiff")],
)
def test_a_scan_with_deep_shades_of_gray_is_read_as_any_other(
    mode, suffix, convert, convert_sample, scan_image, tmp_path
):
    path = tmp_path / f"deep.{suffix}"
    deep_gray(scan_image, mode).save(path)

    assert token_f1(convert(path).markdown, convert_sample("picture.png").markdown) >= 0.97


def test_deep_shades_of_gray_in_the_middle_stay_there():
    shades = Image.frombytes("L", (256, 1), bytes(range(256)))

    for mode in ("L", "I;16", "I;16B", "I", "F"):
        assert on_paper(deep_gray(shades, mode)).tobytes() == shades.tobytes()


def page_of_text(*lines):
    picture = Image.new("L", (1000, 1400), 250)
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((80, 300 + number * 70), line, font=font, fill=0)
    return picture


TERMS = ("Goods remain our property until they are", "paid. Returns need a written notice.")


def test_frames_of_a_tiff_are_pages_also_when_they_are_blank_or_twins(tmp_path, convert):
    first, blank = page_of_text(*TERMS), Image.new("L", (1000, 1400), 250)
    frames = [blank, page_of_text(*TERMS), page_of_text("We have received all with thanks.")]
    first.save(tmp_path / "fax.tiff", save_all=True, append_images=frames, dpi=(200, 200))

    conversion = convert(tmp_path / "fax.tiff")

    assert conversion.markdown.count("Goods remain") == 2
    assert conversion.page_count == 4
    assert conversion.ocr_page_count == 3
    assert conversion.warnings == ()


def test_frames_of_an_animation_that_repeat_are_told_once(tmp_path, convert):
    frame = page_of_text(*TERMS)
    moving = frame.copy()
    moving.putpixel((10, 10), 0)  # or Pillow itself would leave the second out
    frame.save(tmp_path / "moving.gif", save_all=True, append_images=[moving])

    assert convert(tmp_path / "moving.gif").markdown.count("Goods remain") == 1


def test_a_large_picture_of_unlikely_resolution_is_taken_for_a_usual_sheet(tmp_path):
    file = tmp_path / "photo.png"
    page_of_text(*TERMS).resize((2000, 2800)).save(file, dpi=(72, 72))

    found = pictures.read(
        file, file.name, ConversionOptions(), lambda *told: None, format_name="png"
    )

    (page,) = found.document.pages
    assert (page.width, page.height) == pytest.approx((602, 842), abs=1)
    assert all(block.box.bottom < 842 for block in found.document.blocks)


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_shades_of_fewer_bits_in_a_deep_picture_are_not_dark(bits):
    white = 2**bits - 1
    picture = Image.new("I", (20, 20), white)

    assert on_paper(picture.convert("I;16")).convert("L").getextrema() == (255, 255)


def test_shades_that_are_fractions_of_one_are_not_black():
    assert on_paper(Image.new("F", (20, 20), 1.0)).convert("L").getextrema() == (255, 255)
    assert on_paper(Image.new("F", (20, 20), float("nan"))).convert("L").size == (20, 20)


@pytest.mark.parametrize("has_line", [False, True])
def test_a_page_of_a_few_words_is_read_from_its_letters(tmp_path, monkeypatch, has_line):
    path = tmp_path / "short.pdf"
    page = Canvas(str(path), pagesize=A4)
    page.drawString(72, 700, "Chapter two")
    if has_line:
        page.line(72, 600, 500, 600)
    page.save()
    looked = []
    monkeypatch.setattr(
        "documents.conversion.readers.pdf_pages.PdfPages.picture",
        lambda self, number, real=PdfPages.picture: looked.append(number) or real(self, number),
    )

    conversion = convert_here(
        path, filename="short.pdf", options=ConversionOptions(), report=lambda *_: None
    )

    assert conversion.engine == "pdfium"
    assert "Chapter two" in conversion.markdown
    assert bool(looked) == has_line  # a line may be a letter that somebody drew
