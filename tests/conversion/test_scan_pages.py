"""What a picture of a page becomes before the layout engine sees it."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from documents.conversion.layout.page import Ruling, Word
from documents.conversion.ocr import languages
from documents.conversion.ocr.ink import bareness, looked_at
from documents.conversion.ocr.rulings import rulings
from documents.conversion.ocr.scan import read_scan
from documents.conversion.ocr.skew import angle
from documents.conversion.ocr.words import without_bars, without_strokes
from documents.conversion.options import ConversionOptions
from tests.conversion.scans import BOOK, GRID, bullets, heading, paragraph, pdf, scan, table

DPI = 200


def read(picture, dpi=DPI, **options):
    return read_scan(picture, 1, options=ConversionOptions(**options), dpi=dpi)


def texts(words):
    return [word.text for word in words]


def word(text, x0, x1, baseline=100.0, size=10.0):
    return Word(text, x0, x1, baseline, size, baseline - 7, baseline, x1)


def found_rulings(picture, dpi=DPI):
    return rulings(*looked_at(picture, dpi))


@pytest.fixture(scope="module")
def report():
    """One page with a bit of everything, read once."""
    data = pdf(
        heading("Annual report", 1),
        paragraph(),
        bullets("Ships from the east", "Repairs of the quay", "Fees", sign="circle"),
        paragraph("<b>Important:</b> fees are due within fourteen days."),
        table(GRID),
        table(*BOOK),
        paragraph(),
    )
    return read(scan(data, skew=1.3, noise=40, quality=70))


def test_a_page_that_lies_askew_is_straight_when_it_is_read(report):
    assert report.skew == pytest.approx(1.3, abs=0.1)
    start, end = (next(w for w in report.page.words if w.text == t) for t in ("The", "district."))

    assert start.baseline == pytest.approx(end.baseline - 13, abs=1)  # one line lower


def test_words_have_places_in_points_and_stay_on_the_page(report):
    page = report.page

    assert (page.width, page.height) == pytest.approx((420, 595), abs=1)
    assert all(0 <= w.x0 < w.x1 <= page.width for w in page.words)
    assert all(0 <= w.top < w.bottom <= page.height for w in page.words)


def test_text_of_the_usual_size_has_one_size_and_a_title_its_own(report):
    sizes = {word.text: word.size for word in report.page.words}

    assert sizes["committee"] == sizes["fourteen"] == sizes["North"]
    assert sizes["committee"] == pytest.approx(10, abs=0.8)
    assert sizes["Annual"] == pytest.approx(18, abs=1.5)


def test_bold_words_are_told_from_regular_ones(report):
    bold = {word.text for word in report.page.words if word.bold}

    assert bold == {"Annual", "report", "Important:"}


def test_bullets_that_are_drawn_as_discs_are_bullets(report):
    words = texts(report.page.words)

    assert words.count("•") == 3
    assert words[words.index("•") + 1] == "Ships"


def test_the_lines_of_tables_are_found_and_no_others(report):
    level = [ruling for ruling in report.page.rulings if ruling.kind == "H"]
    upright = [ruling for ruling in report.page.rulings if ruling.kind == "V"]

    assert len(level) == 4 + 3
    assert len(upright) == 4
    assert all(ruling.end - ruling.start == pytest.approx(210, abs=3) for ruling in level)
    assert all(ruling.end - ruling.start == pytest.approx(54, abs=3) for ruling in upright)


def test_a_table_row_stands_on_one_baseline(report):
    row = [w for w in report.page.words if w.text in {"North", "112", "34.5"}]

    assert len({round(w.baseline, 1) for w in row}) == 2  # one for each table


def test_a_sideways_page_is_turned(report):
    picture = scan(pdf(heading("Annual report", 1), paragraph(), paragraph()), 150)

    sideways = read(picture.rotate(90, expand=True), 150)

    assert sideways.turn == 270
    assert texts(sideways.page.words)[:2] == ["Annual", "report"]
    assert sideways.page.width < sideways.page.height


def test_a_page_with_nothing_but_grain_is_blank():
    grain = Image.blend(Image.new("L", (900, 1200), 250), Image.effect_noise((900, 1200), 30), 0.1)

    assert read(grain).is_blank


def test_a_page_with_a_few_specks_is_blank_if_nothing_is_read_on_it():
    picture = Image.new("L", (900, 1200), 250)
    ImageDraw.Draw(picture).ellipse((300, 300, 304, 304), fill=0)

    assert read(picture).is_blank


def test_a_page_with_nothing_but_its_number_is_not_blank():
    picture = Image.new("L", (900, 1200), 250)
    ImageDraw.Draw(picture).text((440, 1100), "7", font=ImageFont.load_default(size=28), fill=90)

    assert bareness(picture, DPI) < 1


def test_a_page_with_a_drawing_is_not_blank():
    picture = Image.new("L", (900, 1200), 250)
    ImageDraw.Draw(picture).ellipse((200, 300, 600, 800), outline=90, width=6)

    assert bareness(picture, DPI) == 0


@pytest.mark.parametrize("degrees", [-4.0, -0.5, 0.8, 3.0])
def test_the_skew_of_a_page_is_measured_to_a_tenth_of_a_degree(degrees):
    data = pdf(heading("Annual report"), paragraph(), table(GRID), paragraph())

    assert angle(scan(data, 150, skew=degrees), 150) == pytest.approx(degrees, abs=0.1)


def test_a_straight_page_is_not_turned():
    assert angle(scan(pdf(paragraph(), paragraph()), 150), 150) == 0


def test_an_empty_picture_has_no_skew():
    assert angle(Image.new("L", (500, 700), 255), 150) == 0


def drawn(*lines, size=(800, 1000), width=2):
    picture = Image.new("L", size, 255)
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill=0, width=width)
    return picture


def test_a_broken_ruling_is_one():
    found = found_rulings(drawn((100, 300, 400, 300), (406, 301, 700, 301)))

    assert [(r.kind, round(r.start), round(r.end)) for r in found] == [("H", 36, 252)]


def test_the_edges_of_a_fill_are_no_rulings():
    picture = Image.new("L", (800, 1000), 255)
    ImageDraw.Draw(picture).rectangle((100, 100, 700, 160), fill=120)

    assert found_rulings(picture) == []


def test_a_texture_has_no_rulings_and_takes_no_time():
    picture = Image.new("L", (2000, 2000), 255)
    for y in range(0, 2000, 8):
        for x in range(0, 2000, 70):
            ImageDraw.Draw(picture).line((x, y, x + 55, y), fill=0)

    assert found_rulings(picture) == []


def test_a_bar_on_a_ruling_is_no_word():
    ruling = Ruling("V", 50, 200, 80.0)
    words = [word("North", 40, 70), word("|", 79, 81), word("|South", 80, 110), word("I", 120, 123)]

    kept = without_bars(words, [ruling])

    assert texts(kept) == ["North", "South", "I"]


def test_the_strokes_of_large_letters_are_no_rulings():
    title = Word("Title", 50, 150, 100, 30, 78, 100, 150)
    strokes = [Ruling("V", 79, 99, 70.0), Ruling("H", 52, 70, 80.0)]
    real = [Ruling("V", 60, 300, 40.0), Ruling("H", 50, 150, 104.0)]

    assert without_strokes(strokes + real, [title]) == real


def test_letters_that_begin_lines_as_words_are_no_bullets():
    text = "e la casa era grande. " * 3
    picture = Image.new("L", (1500, 400), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=40)
    for row in range(5):
        draw.text((60, 40 + row * 60), text, font=font, fill=0)

    assert "•" not in texts(read(picture).page.words)


class TestLanguages:
    TEXTS = {
        "eng": "the plan of the district is to be finished by the end of the year",
        "deu": "der Plan für den Bezirk ist bis zum Ende des Jahres nicht fertig und die Kosten",
    }

    def attempts(self, language, log, script="Latin"):
        """What a page in `language` looks like to the engine of another."""

        def attempt(name):
            log.append(name)
            is_own = languages.script_of(name) == script
            text = self.TEXTS.get(language, "")
            return languages.Trial(name, text, 0.9 if is_own else 0.4)

        return attempt

    def test_one_installed_language_needs_no_look(self):
        log = []

        assert languages.chosen(["deu"], self.attempts("deu", log)) == "deu"
        assert log == []

    def test_small_words_tell_languages_of_one_script_apart(self):
        log = []

        assert languages.chosen(["deu", "eng", "fra"], self.attempts("deu", log)) == "deu"
        assert languages.chosen(["deu", "eng", "fra"], self.attempts("eng", log)) == "eng"
        assert log == ["eng", "eng"]

    def test_another_script_is_found_by_what_is_read_surely(self):
        log = []
        installed = ["ara", "ell", "eng", "rus"]

        assert languages.chosen(installed, self.attempts("ell", log, "Greek")) == "ell"
        assert log == ["eng", "rus", "ell"]

    def test_a_page_that_is_read_badly_in_every_script_keeps_the_usual_language(self):
        attempt = self.attempts("", [], script="none")

        assert languages.chosen(["ara", "eng", "rus"], attempt) == "eng"

    def test_vertical_writing_is_never_chosen_by_itself(self):
        attempt = self.attempts("", [], script="Han")

        assert languages.chosen(["eng", "jpn", "jpn_vert"], attempt) == "jpn"

    def test_a_few_foreign_words_do_not_change_the_language(self):
        assert languages.better_by_words("der Plan", "eng", ["deu", "eng"]) is None
        assert languages.better_by_words(self.TEXTS["deu"], "eng", ["deu", "eng"]) == "deu"
