"""Protected files are read with their password, and with no other."""

import io

import msoffcrypto
import pytest

from documents.conversion import ConversionError
from documents.samples import SAMPLES

PASSWORD = "open sesame"  # of the samples


def encrypted(name, folder):
    """A sample of Office, protected by PASSWORD."""
    with SAMPLES[name].path.open("rb") as plain:
        target = io.BytesIO()
        msoffcrypto.OfficeFile(plain).encrypt(PASSWORD, target)
    path = folder / name
    path.write_bytes(target.getvalue())
    return path


def test_a_pdf_is_read_with_its_password(convert, bad_file):
    conversion = convert(bad_file("encrypted.pdf"), password=PASSWORD)

    assert "Nobody may read this." in conversion.markdown
    assert conversion.media_type == "application/pdf"


@pytest.mark.parametrize("name", ["report.docx", "slides.pptx", "inventory.xlsx"])
def test_an_office_file_is_read_with_its_password(convert, convert_sample, tmp_path, name):
    conversion = convert(encrypted(name, tmp_path), password=PASSWORD)

    assert conversion.markdown == convert_sample(name).markdown


@pytest.mark.parametrize("name", ["encrypted.pdf", "encrypted.docx"])
def test_a_wrong_password_is_told_from_a_missing_one(convert, bad_file, name):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file(name), password="Open Sesame")

    assert failure.value.code == "wrong_password"
    assert failure.value.permanent
    assert "Open Sesame" not in str(failure.value.as_dict())


@pytest.mark.parametrize("name", ["report.pdf", "report.docx", "report.doc", "notes.txt"])
def test_a_file_that_needs_no_password_is_read_as_always(convert, convert_sample, name):
    conversion = convert(SAMPLES[name].path, password=PASSWORD)

    assert conversion.markdown == convert_sample(name).markdown


@pytest.mark.parametrize("name", ["truncated.pdf", "random.docx", "truncated.docx"])
def test_a_damaged_file_is_called_damaged_whatever_the_password(convert, bad_file, name):
    with pytest.raises(ConversionError) as failure:
        convert(bad_file(name), password=PASSWORD)

    assert failure.value.code == "corrupt_file"


def test_no_unprotected_copy_is_left_behind(convert, bad_file, sandbox):
    convert(bad_file("encrypted.pdf"), password=PASSWORD)

    assert [file.name for file in sandbox._child.home.iterdir()] == ["stderr"]
