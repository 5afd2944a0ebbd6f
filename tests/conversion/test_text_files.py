"""Plain text in the encodings and shapes people have, and delimited text."""

import pytest

from documents.conversion import ConversionError

from .measures import table_rows

FRENCH = "Les élèves étudient l’été à l’école où naît la forêt, même s’il neige.\n"
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю вместе с друзьями. " * 3
GREEK = "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία και όμορφα λόγια γράφω σήμερα εδώ για όλους. " * 3
POLISH = "Zażółć gęślą jaźń, pchnąć w tę łódź jeża lub ośm skrzyń fig. " * 4
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
    ],
)
def test_text_is_decoded_whatever_its_encoding(text, encoding, convert, tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(text.encode(encoding))

    assert convert(path).markdown.split() == text.split()


def test_line_breaks_control_characters_and_composed_letters_are_normalized(convert, tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(
        "Cafe\u0301\u00a0bar\u200b  \r\n\r\n\r\n\r\nﬁne\x0c\x01 words\ufeff\r\n".encode()
    )

    assert convert(path).markdown == "Café bar\n\nfine\n\nwords\n"


def test_wrapped_lines_become_one_paragraph_and_verse_stays_verse(convert, tmp_path):
    wrapped = "This paragraph was wrapped by an old mail program to a fixed\nwidth of sixty.\n"
    verse = "Tyger Tyger, burning bright,\nIn the forests of the night\n"
    path = tmp_path / "text.txt"
    path.write_text(f"{wrapped}\n{verse}")

    assert convert(path).markdown == f"{' '.join(wrapped.split())}\n\n{verse}"


def test_tags_in_plain_text_stay_visible(convert, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("Write <b>bold</b> or ask <help@example.org> if x < 3 holds.\n")

    assert (
        convert(path).markdown
        == "Write \\<b>bold\\</b> or ask <help@example.org> if x < 3 holds.\n"
    )


def test_markdown_keeps_code_hard_breaks_and_front_matter(convert, tmp_path):
    source = (
        "---\ntitle: x\n---\n\n# Title\n\nline one  \nline two\n\n```py\na = 1\n\n\nb = 2\n```\n"
    )
    path = tmp_path / "text.md"
    path.write_text(source)

    assert convert(path).markdown == source.replace("one  \n", "one\\\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_found(delimiter, convert, tmp_path):
    rows = [("name", "sum"), ("tea, black; loose", "1.5"), ("a\tb | c", "007")]
    path = tmp_path / "table.csv"
    path.write_text("".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in rows))

    expected = [("name", "sum"), ("tea, black; loose", "1.5"), ("a b | c", "007")]
    assert table_rows(convert(path).markdown) == expected


def test_csv_rows_of_different_lengths_and_line_breaks_in_cells_stay_one_table(convert, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,b,c\n1,"two\nlines"\n1,2,3\n')

    assert table_rows(convert(path).markdown) == [
        ("a", "b", "c"),
        ("1", "two<br>lines", ""),
        ("1", "2", "3"),
    ]


def test_html_says_its_own_encoding(convert, tmp_path):
    page = (
        '<html><head><meta charset="iso-8859-2"></head><body><p>Żółć gęślą jaźń</p></body></html>'
    )
    path = tmp_path / "page.html"
    path.write_bytes(page.encode("iso-8859-2"))

    assert convert(path).markdown == "Żółć gęślą jaźń\n"


def test_scripts_and_styles_of_a_page_are_not_text(convert_sample):
    markdown = convert_sample("report.html").markdown

    assert "console.log" not in markdown
    assert "margin" not in markdown


def test_binary_data_called_txt_is_refused(convert, tmp_path):
    path = tmp_path / "data.txt"
    path.write_bytes(bytes(range(256)) * 20)

    with pytest.raises(ConversionError) as failure:
        convert(path)

    assert failure.value.code == "unsupported_format"
