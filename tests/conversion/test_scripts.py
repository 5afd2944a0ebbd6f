"""Text layers in any script: the better of layer and text recognition counts."""

import contextlib
import re
import zlib
from collections import Counter

import pytest
from PIL import Image, ImageDraw

from documents.conversion import ConversionError, ConversionOptions
from documents.conversion import convert as convert_here
from documents.conversion.ocr import scan
from documents.conversion.scoring.plausibility import plausibility

from .measures import token_f1
from .scripts import FOLDER, TEXTS

STREAM = re.compile(rb"/Length \d+([^>]*>>\s*stream\r?\n)(.*?)(\r?\nendstream)", re.S)
CODE = re.compile(rb"(?m)^(<[0-9A-F]{4}> (?:<[0-9A-F]{4}> )?)<[0-9A-F]{4}>$")


def other_letter(number):
    return chr(0x62 + 7 * number % 24)


# Tables with which the layout parser calls a page garbled: all wrong, and one letter wrong.
DOUBTFUL = {"en": other_letter, "ar": lambda number: "P" if number == 53 else None}


def remapped(pdf, character):
    """The PDF with other characters in its tables: `character(n)` for the n-th, or None."""

    def table(match):
        content = zlib.decompress(match[2])
        if b"beginbf" not in content:
            return match[0]
        count = iter(range(1, 10_000))

        def code(entry):
            other = character(next(count))
            return entry[0] if other is None else entry[1] + b"<%04X>" % ord(other)

        packed = zlib.compress(CODE.sub(code, content))
        return b"/Length %d%b%b%b" % (len(packed), match[1], packed, match[3])

    # The places of the objects are wrong now; readers find the objects all the same.
    return STREAM.sub(table, pdf)


def same_characters(found, known):
    """Share of the letters of `known` that are in `found`, wherever the lines break."""
    found, known = (Counter("".join(re.findall(r"\w", text))) for text in (found, known))
    return (found & known).total() / known.total()


@pytest.fixture
def write_pdf(tmp_path):
    def write_pdf(data):
        path = tmp_path / "script.pdf"
        path.write_bytes(data)
        return path

    return write_pdf


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_sound_text_layer_is_kept_in_every_script(language, convert):
    conversion = convert(FOLDER / f"{language}.pdf")

    assert conversion.ocr_page_count == 0
    assert same_characters(conversion.markdown, TEXTS[language]) > 0.95
    assert conversion.quality.conversion_score >= 95


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_writing_is_plausible_in_every_script(language):
    assert plausibility(TEXTS[language]) == 1
    assert plausibility(f"{TEXTS[language]} (2024: 17 %) GmbH&Co.KG don’t") == 1


@pytest.mark.parametrize(
    "text",
    ["", "\ue012\ue013 \ue014", "عقDت ةيرقلqا", "↺∿∀∕↞⇹ ⇖⇹∜", "\x12\x13a \x01b", "дoм c\ufffd"],
)
def test_what_a_wrong_table_of_characters_gives_is_not_plausible(text):
    assert plausibility(text) < 0.3


def test_an_arabic_layer_with_a_few_wrong_letters_is_not_given_up_for_english(convert, write_pdf):
    pdf = remapped((FOLDER / "ar.pdf").read_bytes(), DOUBTFUL["ar"])

    conversion = convert(write_pdf(pdf))

    assert conversion.ocr_page_count == 0
    assert token_f1(conversion.markdown, TEXTS["ar"]) > 0.8
    assert conversion.warnings == (
        "Page 1 has a damaged text layer, and nothing better was found; check its text.",
    )


@pytest.mark.parametrize("character", [other_letter, lambda n: chr(0x2190 + 3 * n)])
def test_a_layer_of_wrong_characters_is_replaced_by_text_recognition(character, convert, write_pdf):
    pdf = remapped((FOLDER / "en.pdf").read_bytes(), character)

    conversion = convert(write_pdf(pdf))

    assert conversion.ocr_page_count == 1
    assert token_f1(conversion.markdown, TEXTS["en"]) > 0.95


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_with_a_doubtful_layer_is_recognized_once(language, write_pdf, monkeypatch):
    pdf = remapped((FOLDER / f"{language}.pdf").read_bytes(), DOUBTFUL[language])

    assert readings(write_pdf(pdf), monkeypatch) == 1


def test_a_picture_without_any_text_is_not_recognized_again_and_again(tmp_path, monkeypatch):
    picture = Image.new("L", (1600, 1600), 255)
    ImageDraw.Draw(picture).ellipse((200, 200, 1400, 1400), fill=90)
    picture.save(tmp_path / "disc.png")

    assert readings(tmp_path / "disc.png", monkeypatch) == 2


def readings(path, monkeypatch):
    """How often Tesseract is asked during a conversion in this process."""
    asked = []
    read = scan._read
    monkeypatch.setattr(scan, "_read", lambda *given: asked.append(1) or read(*given))
    options = ConversionOptions()
    with contextlib.suppress(ConversionError):
        convert_here(path, filename=path.name, options=options, report=lambda *told: None)
    return len(asked)
