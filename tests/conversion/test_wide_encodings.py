"""UTF-16 and UTF-32 without a byte order mark, in every format that is text."""

from email.message import EmailMessage
from random import Random

import pytest

from documents.conversion import ConversionError
from documents.conversion.encoding import decode_text
from documents.samples import SAMPLES

from .measures import token_f1
from .scripts import TEXTS

WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.fixture
def write(tmp_path):
    def write(name, text, encoding):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_text_in_a_wide_encoding_is_read_in_every_script(language, encoding):
    text = TEXTS[language]
    lines = text.replace(" ", "\n")

    for writing in (f"{text}\r\n", f"{lines}\n", f"{text[:60]} 2024\n" * 300):
        decoded = decode_text(writing.encode(encoding))

        assert decoded is not None
        assert (decoded.text, decoded.encoding) == (writing, encoding)


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "text", ["Hi\n", "λόγος\n", "мир 1", "a;b;1;2\r\nc;d;3;4\r\n", "東京 2024"]
)
def test_a_very_short_text_is_enough(text, encoding):
    decoded = decode_text(text.encode(encoding))

    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_text_that_is_cut_inside_a_character_is_read_up_to_it(cut):
    decoded = decode_text(TEXTS["ru"].encode("utf-32-be")[:-cut])

    assert decoded is not None
    assert decoded.text == TEXTS["ru"][:-1]


@pytest.mark.parametrize("seed", range(40))
def test_binary_data_is_no_text(seed):
    random = Random(seed)
    numbers = [random.randrange(random.choice((3, 300, 30_000))) for _ in range(600)]
    data = b"".join(number.to_bytes(random.choice((2, 2, 4)), "little") for number in numbers)

    assert decode_text(data) is None


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "Übersicht – 港口.md",
        "inventory.csv",
        "inventory.tsv",
        "report.html",
        "report.rtf",
        "delivery.eml",
    ],
)
def test_every_format_of_text_is_read_in_a_wide_encoding(name, encoding, convert, write):
    sample = SAMPLES[name]
    text = sample.path.read_text(encoding="utf-8", errors="strict")

    conversion = convert(write(f"document{sample.path.suffix}", text, encoding))

    assert token_f1(conversion.markdown, sample.text) > 0.97
    assert conversion.warnings == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("transfer", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("language", ["ru", "el", "ja"])
def test_a_mail_in_a_wide_encoding_goes_through_the_mail_reader(
    language, transfer, encoding, convert, write
):
    text = (
        "From: Anna <anna@example.org>\r\nTo: Berta <berta@example.org>\r\n"
        f"Subject: {TEXTS[language][:30]}\r\nMIME-Version: 1.0\r\n"
    )
    message = EmailMessage()
    message.set_content(TEXTS[language], cte=transfer)
    text += message.as_bytes().decode("utf-8")

    conversion = convert(write("mail.eml", text, encoding))

    assert conversion.media_type == "message/rfc822"
    assert conversion.markdown.startswith(f"# {TEXTS[language][:30].strip()}")
    assert "From: Anna <anna@example.org>" in conversion.markdown
    assert TEXTS[language][40:60] in " ".join(conversion.markdown.split())


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", "\ufeff"])
@pytest.mark.parametrize("name", ["delivery.eml", "report.rtf"])
def test_blank_lines_and_marks_before_a_mail_or_rich_text_are_skipped(before, name, convert, write):
    text = before + SAMPLES[name].path.read_text(encoding="utf-8")

    conversion = convert(write(name, text, "utf-8"))

    assert token_f1(conversion.markdown, SAMPLES[name].text) > 0.97


def test_zeros_in_a_text_are_no_wide_encoding(convert, write):
    with pytest.raises(ConversionError) as failure:
        convert(write("zeros.txt", "Some text.\n\0\0\0\0 and more of it.\n", "utf-8"))

    assert failure.value.code == "unsupported_format"
