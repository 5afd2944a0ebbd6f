"""Options, formats and languages that a conversion knows."""

import subprocess
import sys

import pytest

from documents.conversion import (
    SUPPORTED_EXTENSIONS,
    SUPPORTED_FORMATS,
    ConversionError,
    ConversionOptions,
    available_ocr_languages,
    detect,
)
from documents.conversion.detection import TOLD_BY_NAME
from documents.conversion.ocr import check_language
from documents.conversion.sandbox.parent import PROJECT
from documents.samples import SAMPLES
from orgsettings.options import defaults


def test_the_options_of_a_job_become_options_of_a_conversion():
    options = ConversionOptions.from_processing_options(
        {
            "ocr_settings": {"enabled": False, "language": "deu", "psm": 6},
            "auto_optimize": False,
            "extraction_engine": "auto",
            "quality_thresholds": {"conversion_threshold": 50},
        }
    )

    assert options == ConversionOptions(
        ocr_enabled=False, ocr_language="deu", ocr_psm=6, auto_optimize=False
    )


def test_the_defaults_of_the_product_are_the_defaults_of_a_conversion():
    assert ConversionOptions.from_processing_options(defaults()) == ConversionOptions()


def test_extensions_have_a_dot_and_belong_to_one_format():
    extensions = [ext for format_ in SUPPORTED_FORMATS for ext in format_.extensions]

    assert len(extensions) == len(set(extensions)) == len(SUPPORTED_EXTENSIONS)
    assert all(ext.startswith(".") and ext == ext.lower() for ext in extensions)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_format_is_found_whatever_the_file_is_called(name):
    sample = SAMPLES[name]
    is_told_by_name = sample.format in {*TOLD_BY_NAME, "txt"} - {"html", "vcf", "ics", "fb2"}

    detected = detect(sample.path, name if is_told_by_name else "upload")

    assert detected.format == sample.format
    assert detected.warning is None


def test_english_is_always_there_and_orientation_data_is_no_language():
    assert "eng" in available_ocr_languages()
    assert "osd" not in available_ocr_languages()


def test_languages_are_found_where_tessdata_prefix_points(tmp_path, monkeypatch):
    (tmp_path / "tlh.traineddata").write_bytes(b"")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    assert {"eng", "tlh"} <= set(available_ocr_languages())
    check_language("eng+tlh")


@pytest.mark.parametrize("language", ["xyz", "eng+xyz", "", "+"])
def test_an_unknown_language_is_refused(language):
    with pytest.raises(ConversionError) as failure:
        check_language(language)

    assert failure.value.code == "ocr_language_missing"


def test_the_conversion_package_knows_nothing_of_django_or_the_project():
    script = (
        "import sys, documents.conversion, documents.conversion.batch,"
        " documents.conversion.sandbox.child;"
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('django', 'curatore', 'orgsettings', 'jobs', 'docling_rs', 'PIL', 'pypdfium2')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
