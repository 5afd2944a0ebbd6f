"""Files that cannot be converted fail with a code and two sentences."""

import zipfile

import pytest

from documents.conversion import ConversionError
from documents.samples import SAMPLES, bad_files

from .measures import token_f1

CODES = {
    "blank.pdf": "no_text_found",
    "blank.png": "no_text_found",
    "bomb.docx": "too_large",
    "broken.png": "corrupt_file",
    "empty.pdf": "empty_file",
    "empty.txt": "empty_file",
    "encrypted.docx": "encrypted_file",
    "encrypted.pdf": "encrypted_file",
    "program.docx": "unsupported_format",
    "program.pdf": "unsupported_format",
    "random.bin": "unsupported_format",
    "random.docx": "corrupt_file",
    "spaces.txt": "no_text_found",
    "truncated.docx": "corrupt_file",
    "truncated.pdf": "corrupt_file",
}


def outcome_of(convert, path):
    """Whether all of the text of a sample came out, or the code of the error."""
    try:
        markdown = convert(path).markdown
    except ConversionError as problem:
        return problem.code
    return "converted" if token_f1(markdown, SAMPLES[path.name].text) > 0.95 else "text was lost"


def test_every_bad_sample_has_an_expectation():
    assert {file.name for file in bad_files()} == {*CODES, "picture-called.pdf"}


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_bad_file_fails_with_its_code_and_says_what_to_do(name, convert, bad_file):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file(name))

    problem = failure.value
    assert problem.code == CODES[name]
    assert problem.permanent
    assert name in problem.message
    assert problem.message.endswith(".")
    assert problem.hint.endswith(".")


def test_a_picture_with_the_name_of_a_pdf_is_converted_with_a_warning(convert, bad_file):
    conversion = convert(bad_file("picture-called.pdf"))

    assert conversion.media_type == "image/png"
    assert "Every group starts at nine" in conversion.markdown
    assert conversion.warnings == (
        "The file is called .pdf, but it is PNG; it was converted as such.",
    )


@pytest.mark.parametrize("name", ["scan.pdf", "picture.png", "scan.tiff"])
def test_a_scan_without_ocr_fails_and_names_the_option(name, convert):
    with pytest.raises(ConversionError, match="text recognition is switched off") as failure:
        convert(SAMPLES[name].path, ocr_enabled=False)

    assert failure.value.code == "ocr_disabled"


def test_a_partly_scanned_pdf_without_ocr_warns_of_the_page_and_scores_lower(convert):
    conversion = convert(SAMPLES["mixed.pdf"].path, ocr_enabled=False)

    assert "Page 2 was not read, because text recognition is switched off." in conversion.warnings
    assert conversion.quality.conversion_score < 70
    assert conversion.ocr_page_count == 0


def test_a_missing_ocr_language_is_named_with_those_there_are(convert):
    with pytest.raises(
        ConversionError, match=r"“xyz” is not installed; available: .*“eng”"
    ) as failure:
        convert(SAMPLES["scan.pdf"].path, ocr_language="eng+xyz")

    assert failure.value.code == "ocr_language_missing"


def test_the_engine_s_own_words_stay_in_the_detail(convert, bad_file):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file("truncated.pdf"))

    assert "PDFium" in failure.value.detail
    assert "PDFium" not in failure.value.message + failure.value.hint


def test_a_document_that_holds_only_a_picture_is_read_by_ocr(convert, tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_picture(str(SAMPLES["picture.png"].path))
    document.save(str(tmp_path / "picture.docx"))

    conversion = convert(tmp_path / "picture.docx")

    assert "brings its own tools" in conversion.markdown
    assert conversion.engine == "lxml+tesseract"


@pytest.mark.parametrize("name", ["report.docx", "report.odt", "report.epub", "slides.pptx"])
@pytest.mark.parametrize("place", [0.3, 0.5, 0.9, 0.99])
def test_damage_anywhere_in_an_archive_is_a_damaged_file_or_none(name, place, convert, tmp_path):
    data = bytearray(SAMPLES[name].path.read_bytes())
    start = int(len(data) * place)
    data[start : start + 40] = b"\xb1" * 40
    path = tmp_path / name
    path.write_bytes(data)

    outcome = outcome_of(convert, path)

    # A damaged directory may also tell of sizes that are too large to believe.
    assert outcome in {"converted", "corrupt_file", "too_large"}


def test_a_locked_open_document_is_called_locked(convert, tmp_path):
    path = tmp_path / "locked.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", b"\x8f\x03")

    with pytest.raises(ConversionError) as failure:
        convert(path)

    assert failure.value.code == "encrypted_file"


@pytest.mark.parametrize("head", [b"\x1f\x8b\x08\0", b"SQLite format 3\0", b"Rar!\x1a\x07\0"])
def test_archives_and_databases_are_named_as_what_they_are(head, convert, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(head + bytes(100))

    with pytest.raises(ConversionError, match=r"archive|database") as failure:
        convert(path)

    assert failure.value.code == "unsupported_format"
