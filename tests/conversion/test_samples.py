"""Every sample against the text it was made from."""

import pytest

from documents.conversion import SUPPORTED_FORMATS, is_rag_ready
from documents.samples import SAMPLES, sample_files
from documents.samples.content import ARTICLE
from orgsettings.options import QualityThresholds

from .measures import headings, order_similarity, table_rows, token_f1

NOISY = "scan-noisy.pdf"
WORN = "scan-worn.pdf"
EXACT = sorted(set(SAMPLES) - {NOISY, WORN})
BY_OCR = sorted(name for name, sample in SAMPLES.items() if sample.ocr_pages)
# Nothing tells a heading of one of these from a short line.
WITH_HEADINGS = sorted(name for name in EXACT if SAMPLES[name].headings)
WITH_ROWS = sorted(name for name in EXACT if SAMPLES[name].rows)
WITH_LINKS = sorted(name for name in EXACT if SAMPLES[name].links)
WITH_ITEMS = sorted(name for name in EXACT if SAMPLES[name].items)
PAGED = sorted(name for name in EXACT if SAMPLES[name].pages)


def test_every_supported_format_has_a_sample():
    assert {sample.format for sample in SAMPLES.values()} == {f.name for f in SUPPORTED_FORMATS}


@pytest.mark.parametrize("name", EXACT)
def test_the_words_of_a_sample_come_out_in_their_order(name, convert_sample):
    conversion = convert_sample(name)

    floor = 0.97 if name in BY_OCR else 0.99
    assert token_f1(conversion.markdown, SAMPLES[name].text) >= floor
    assert order_similarity(conversion.markdown, SAMPLES[name].text) >= floor


@pytest.mark.parametrize("name", WITH_HEADINGS)
def test_headings_keep_their_text_and_level(name, convert_sample):
    assert headings(convert_sample(name).markdown) == list(SAMPLES[name].headings)


@pytest.mark.parametrize("name", WITH_ROWS)
def test_table_rows_keep_every_cell(name, convert_sample):
    assert table_rows(convert_sample(name).markdown) == list(SAMPLES[name].rows)


@pytest.mark.parametrize("name", WITH_LINKS)
def test_links_keep_their_words_and_address(name, convert_sample):
    markdown = convert_sample(name).markdown

    assert [f"[{text}]({url})" in markdown for text, url in SAMPLES[name].links] == [True]


@pytest.mark.parametrize("name", WITH_ITEMS)
def test_list_items_stay_list_items(name, convert_sample):
    lines = convert_sample(name).markdown.splitlines()

    for item in SAMPLES[name].items:
        assert any(line.endswith(f" {item}") and line[0] in "-123" for line in lines), item


@pytest.mark.parametrize("name", PAGED)
def test_pages_are_counted_and_marked_in_paged_formats(name, convert_sample):
    conversion = convert_sample(name)
    pages = SAMPLES[name].pages

    assert conversion.page_count == pages
    assert conversion.ocr_page_count == SAMPLES[name].ocr_pages
    marks = [line for line in conversion.markdown.splitlines() if line.startswith("<!-- page")]
    assert marks == [f"<!-- page {number} -->" for number in range(1, pages + 1)]


@pytest.mark.parametrize("name", EXACT)
def test_clean_samples_are_rag_ready_at_the_default_thresholds(name, convert_sample):
    conversion = convert_sample(name)

    assert conversion.quality.conversion_score >= 85
    assert is_rag_ready(conversion.quality, QualityThresholds())
    assert [warning for warning in conversion.warnings if "were left out" not in warning] == []


def test_a_noisy_scan_is_read_and_scored_clearly_lower(convert_sample):
    noisy, clean = convert_sample(NOISY), convert_sample("scan.pdf")

    assert token_f1(noisy.markdown, SAMPLES[NOISY].text) >= 0.85
    assert noisy.quality.conversion_score <= clean.quality.conversion_score - 10
    assert noisy.quality.clarity < clean.quality.clarity


def test_a_worn_scan_scores_about_sixty_and_says_why(convert_sample):
    worn = convert_sample(WORN)

    assert 50 <= worn.quality.conversion_score < 70
    assert not is_rag_ready(worn.quality, QualityThresholds())
    (reason,) = [part.reason for part in worn.quality.parts if part.name == "ocr_confidence"]
    assert "sure of the words it read" in reason


def test_running_headers_and_page_numbers_are_removed_unless_switched_off(convert, convert_sample):
    raw = convert(SAMPLES["report.pdf"].path, auto_optimize=False).markdown

    assert raw.count("District Laboratory – Port Lindqvist") == 3
    assert "Page 2 of 3" in raw
    optimized = convert_sample("report.pdf").markdown
    assert "District Laboratory" not in optimized
    assert "Page 2 of 3" not in optimized


def test_the_columns_of_a_page_are_read_one_after_the_other(convert_sample):
    markdown = convert_sample("two-columns.pdf").markdown

    assert markdown.index("tomatoes".capitalize()) < markdown.index("apple trees")
    assert markdown.index("apple trees") < markdown.index("pendulum clock")
    paragraphs = markdown.split("\n\n")[2:]
    assert len(paragraphs) == len(ARTICLE)
    for word in ("conversion", "Experienced", "Clockmakers", "navigators", "understood"):
        assert word in markdown


def test_the_sample_job_holds_a_scan_and_files_of_many_formats():
    files = sample_files()

    assert all(file.is_file() for file in files)
    assert 8 <= len(files) <= 12
    assert {"scan.pdf", "report.docx"} <= {file.name for file in files}


def test_all_samples_together_stay_small():
    folder = sample_files()[0].parent.parent

    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 4_000_000
