"""What the layout engine is told of a PDF page: words, rulings, shapes, links and fields."""

import io

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from documents.conversion.readers import pdf_words
from documents.conversion.readers.pdf_frames import UNMOVED, Frame
from documents.conversion.readers.pdf_letters import Font, Letter, Style
from documents.conversion.readers.word_making import words_of

PAGE = (400, 300)


def read(draw, *, page_size=PAGE, turned=0, number=1):
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page_size)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    document = pypdfium2.PdfDocument(buffer.getvalue())
    if turned:
        document[0].set_rotation(turned)
    pdf_words.open_forms(document)
    return pdf_words.source_page(document, number)


def texts(page):
    return [word.text for word in page.words]


def test_words_off_the_page_are_left_out():
    def draw(canvas):
        canvas.drawString(50, 200, "on")
        canvas.drawString(50, 900, "off")

    assert texts(read(draw)) == ["on"]


def test_words_have_exact_baselines_from_the_top_left():
    page = read(lambda canvas: canvas.drawString(50, 200, "Copper is soft"))

    assert texts(page) == ["Copper", "is", "soft"]
    assert page.words[0].x0 == pytest.approx(50)
    assert {round(word.baseline, 2) for word in page.words} == {100}
    assert page.words[0].size == pytest.approx(10)


def test_raised_and_lowered_letters_are_scripts_of_their_word():
    def draw(canvas):
        text = canvas.beginText(50, 200)
        for part, size, rise in (("10", 10, 0), ("6", 7, 4), ("x", 10, 0), ("2", 7, -2)):
            text.setFont("Helvetica", size)
            text.setRise(rise)
            text.textOut(part)
        canvas.drawText(text)

    (word,) = read(draw).words

    assert word.text == "106x2"
    assert [(s.start, s.end, s.raised) for s in word.scripts] == [(2, 3, True), (4, 5, False)]
    assert word.baseline == pytest.approx(100)


def test_small_capitals_are_no_scripts():
    def draw(canvas):
        canvas.drawString(50, 200, "H")
        canvas.setFont("Helvetica", 7)
        canvas.drawString(57.3, 200, "ALL")

    (word,) = read(draw).words

    assert word.text == "HALL"
    assert word.scripts == []


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_page_is_upright_when_it_has_a_rotation(turned):
    def draw(canvas):
        canvas.translate(200, 150)
        canvas.rotate(turned)
        canvas.drawString(0, 0, "Level")

    page = read(draw, turned=turned)

    (word,) = page.words
    assert (page.width, page.height) == ((300, 400) if turned % 180 else (400, 300))
    assert word.turn == 0
    assert word.x0 == pytest.approx(page.width / 2)
    assert word.baseline == pytest.approx(page.height / 2)


@pytest.mark.parametrize(("angle", "turn"), [(90, 270), (-90, 90), (180, 180)])
def test_sideways_text_is_turned_words(angle, turn):
    def draw(canvas):
        canvas.translate(200, 150)
        canvas.rotate(angle)
        canvas.drawString(0, 0, "First word")

    page = read(draw)

    assert texts(page) == ["First", "word"]
    assert {word.turn for word in page.words} == {turn}
    assert all(0 < word.x0 < word.x1 < page.width for word in page.words)
    assert all(0 < word.top < word.bottom < page.height for word in page.words)


def test_letters_drawn_twice_are_there_once():
    def draw(canvas):
        for x in (50, 50.3):
            canvas.drawString(x, 200, "Heavy type")
        for at, letter in enumerate("Thick"):
            canvas.drawString(50 + 8 * at, 150, letter)
            canvas.drawString(50.3 + 8 * at, 150, letter)

    page = read(draw)

    assert "".join(texts(page)) == "HeavytypeThick"


def test_unseen_text_over_the_same_seen_text_is_left_out():
    def draw(canvas):
        canvas.drawString(50, 200, "Seen")
        text = canvas.beginText(50, 200)
        text.setTextRenderMode(3)
        text.textOut("Seen")
        canvas.drawText(text)

    assert texts(read(draw)) == ["Seen"]


def test_unseen_text_alone_is_text():
    def draw(canvas):
        text = canvas.beginText(50, 200)
        text.setTextRenderMode(3)
        text.textOut("Recognized")
        canvas.drawText(text)

    assert texts(read(draw)) == ["Recognized"]


def test_font_of_a_few_letters_is_mono_when_none_of_them_is_wide():
    def draw(canvas):
        canvas.setFont("Courier", 10)
        canvas.drawString(50, 200, "return")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 150, "return")
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(50, 100, "102,3")

    assert [word.mono for word in read(draw).words] == [True, False, False]


def test_font_is_mono_when_narrow_letters_are_as_wide_as_wide_ones():
    def draw(canvas):
        canvas.setFont("Courier", 10)
        canvas.drawString(50, 200, "mills")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 180, "mills")

    assert [word.mono for word in read(draw).words] == [True, False]


def test_bold_and_italic_are_known_by_the_font():
    def draw(canvas):
        for at, font in enumerate(("Helvetica", "Helvetica-Bold", "Times-Italic")):
            canvas.setFont(font, 10)
            canvas.drawString(50, 200 - 20 * at, "word")

    assert [(w.bold, w.italic) for w in read(draw).words] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_lines_and_thin_boxes_are_rulings():
    def draw(canvas):
        canvas.line(50, 200, 150, 200)
        canvas.rect(50, 180, 100, 0.5, stroke=0, fill=1)
        canvas.line(50, 150, 50, 200)

    rulings = read(draw).rulings

    assert [(r.kind, round(r.start), round(r.end), round(r.at)) for r in rulings] == [
        ("H", 50, 150, 100),
        ("H", 50, 150, 120),
        ("V", 100, 150, 50),
    ]


def test_drawn_box_has_four_rulings_and_a_filled_one_none():
    def draw(canvas):
        canvas.rect(50, 100, 100, 50, stroke=1, fill=0)
        canvas.rect(200, 100, 100, 50, stroke=0, fill=1)

    rulings = read(draw).rulings

    assert sorted(r.kind for r in rulings) == ["H", "H", "V", "V"]
    assert all(r.end <= 200 for r in rulings)


def test_white_lines_are_no_rulings():
    def draw(canvas):
        canvas.setStrokeColorRGB(1, 1, 1)
        canvas.line(50, 200, 150, 200)

    assert read(draw).rulings == []


def test_pieces_of_a_line_are_joined():
    def draw(canvas):
        canvas.line(50, 200, 100, 200)
        canvas.line(100, 200.5, 150, 200.5)
        canvas.line(160, 200, 200, 200)

    assert [(round(r.start), round(r.end)) for r in read(draw).rulings] == [(50, 150), (160, 200)]


def test_lines_inside_forms_are_where_people_see_them():
    def draw(canvas):
        canvas.beginForm("part")
        canvas.line(0, 0, 100, 0)
        canvas.endForm()
        canvas.translate(50, 200)
        canvas.scale(2, 1)
        canvas.doForm("part")

    (ruling,) = read(draw).rulings

    assert (round(ruling.start), round(ruling.end), round(ruling.at)) == (50, 250, 100)


def test_drawn_bullet_is_a_shape():
    page = read(lambda canvas: canvas.circle(50, 200, 2, stroke=0, fill=1))

    (shape,) = page.shapes
    assert (round(shape.left), round(shape.top)) == (48, 98)
    assert page.rulings == []


def test_links_have_their_address_and_place():
    def draw(canvas):
        canvas.drawString(50, 200, "site")
        canvas.linkURL("https://example.org/a", (50, 195, 80, 210))

    (link,) = read(draw).links

    assert link.target == "https://example.org/a"
    assert (round(link.left), round(link.top)) == (50, 90)


def test_fields_have_values_and_states():
    def draw(canvas):
        form = canvas.acroForm
        form.textfield(name="who", value="Mirjam", x=50, y=200)
        form.checkbox(name="yes", checked=True, x=50, y=150)
        form.checkbox(name="no", checked=False, x=50, y=100)

    fields = read(draw).fields

    assert [(f.kind, f.name, f.value, f.checked) for f in fields] == [
        ("text", "who", "Mirjam", None),
        ("check", "yes", "", True),
        ("check", "no", "", False),
    ]


def test_text_of_an_annotation_is_a_remark():
    def draw(canvas):
        canvas.textAnnotation("Check this figure.", Rect=(50, 200, 70, 220))

    (remark,) = read(draw).remarks

    assert remark.text == "Check this figure."


def letters_of(text, *, places, size=10.0):
    """Hand-made letters 5 points wide at `places`."""
    font = Font("Any", bold=False, italic=False)
    style = Style(font, size, 0, UNMOVED, False, False, 0, None, True)
    return [
        Letter(code, x, x + 5, 100.0, style) for code, x in zip(map(ord, text), places, strict=True)
    ]


@pytest.mark.parametrize("order", ["logical", "visual"])
def test_arabic_letters_are_in_reading_order_whatever_order_they_are_stored_in(order):
    letters = letters_of("كتاب", places=[65, 60, 55, 50])
    if order == "visual":
        letters.reverse()

    (word,) = words_of(letters, Frame(400, 300, UNMOVED))

    assert word.text == "كتاب"


def test_numbers_inside_words_from_right_to_left_keep_their_direction():
    letters = letters_of("12.5ש", places=[50, 55, 60, 65, 70])

    (word,) = words_of(letters, Frame(400, 300, UNMOVED))

    assert word.text == "ש12.5"


def test_two_surrogates_are_one_letter():
    letters = letters_of("ab", places=[50, 50])
    pair = [
        letter._replace(code=code) for letter, code in zip(letters, (0xD83D, 0xDE00), strict=True)
    ]

    (word,) = words_of(pair, Frame(400, 300, UNMOVED))

    assert word.text == "😀"


def test_accent_drawn_over_a_letter_is_part_of_it():
    letters = letters_of("caf´e", places=[50, 55, 60, 65, 65])

    (word,) = words_of(letters, Frame(400, 300, UNMOVED))

    assert word.text == "café"


def test_edges_of_coloured_rows_are_rulings_without_a_width():
    def draw(canvas):
        canvas.setFillColorRGB(0.9, 0.9, 1)
        for y in (200, 160, 120):
            canvas.rect(50, y, 100, 20, stroke=0, fill=1)  # a row is filled cell by cell
            canvas.rect(150, y, 150, 20, stroke=0, fill=1)

    rulings = read(draw).rulings

    assert {ruling.width for ruling in rulings} == {0}
    assert [(round(r.start), round(r.end), round(r.at)) for r in rulings[:2]] == [
        (50, 300, 80),
        (50, 300, 100),
    ]
    assert len(rulings) == 6
