"""The scores: what raises them, what lowers them, and what they say about it."""

import json
import random
import time

import pytest
from docx import Document as WordDocument

from documents.conversion import Evidence, Part, Quality, is_rag_ready, score, shares, total
from documents.conversion.scoring.compare import words_kept
from documents.conversion.scoring.facts import Facts
from documents.conversion.scoring.legibility import is_garbage
from documents.conversion.scoring.source_facts import facts_of
from documents.conversion.scoring.words import words_of
from documents.samples import SAMPLES
from orgsettings.options import QualityThresholds
from tests.conversion.odf_files import odf_file

GOOD = "# Title\n\n" + "A clear sentence that anybody can read without effort. " * 40
SCORES = {"conversion_score": 80, "clarity": 8.0, "completeness": 8.0, "markdown": 8.0}


def part(quality, name):
    return next(part for part in quality.parts if part.name == name)


def test_a_clean_text_scores_high_and_is_ready():
    quality = score(GOOD, Evidence(coverage=1.0))

    assert quality.conversion_score >= 85
    assert is_rag_ready(quality, QualityThresholds())
    assert quality.relevance is None


def test_random_characters_score_low():
    noise = random.Random(1)
    tokens = ["".join(noise.choices("qwx~|}{^%zk7#", k=7)) for _ in range(200)]

    quality = score(" ".join(tokens))

    assert quality.conversion_score < 40
    assert not is_rag_ready(quality, QualityThresholds())


def test_no_text_scores_nothing():
    assert score("<!-- page 1 -->\n").conversion_score == 0


@pytest.mark.parametrize("field", ["coverage", "ocr_confidence"])
def test_the_score_falls_with_what_is_known_of_the_source(field):
    scores = [
        score(GOOD, Evidence(**{field: value})).conversion_score
        for value in (1.0, 0.9, 0.8, 0.7, 0.5, 0.1)
    ]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] >= 50


def test_unread_pages_lower_coverage_and_are_named():
    quality = score(GOOD, Evidence(coverage=1.0, unread_share=0.5))

    assert part(quality, "text_coverage").score == 50
    assert not is_rag_ready(quality, QualityThresholds())
    assert "50% of the pages gave no text" in part(quality, "text_coverage").reason
    assert quality.completeness < 7


def test_pages_below_the_chosen_confidence_lower_the_ocr_score():
    sure = score(GOOD, Evidence(ocr_confidence=0.9))
    unsure = score(GOOD, Evidence(ocr_confidence=0.9, unsure_share=1.0))

    assert unsure.conversion_score < sure.conversion_score
    assert "below the chosen confidence" in part(unsure, "ocr_confidence").reason


def test_a_text_without_headings_is_not_accused_when_its_source_has_none():
    wall = "A clear sentence that anybody can read without effort. " * 100
    source = Facts(words=words_of(wall), headings=[], rows=[], items=[])

    assert score(wall, Evidence(source=source)).conversion_score == 100


def test_what_was_not_counted_is_no_part_of_the_score():
    named = {part.name for part in score(GOOD, Evidence(source=Facts(words=words_of(GOOD)))).parts}

    assert named.isdisjoint({"headings", "rows", "items", "notes", "ocr_confidence"})


def test_words_of_a_file_that_people_read_there_need_not_look_like_words():
    grades = "| Name | Mark |\n| --- | --- |\n" + "| X | Q |\n" * 30
    source = Facts(words=words_of(grades), is_trusted=True)

    assert score(grades, Evidence(source=source)).conversion_score == 100


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("marks.jsonl", '{"pupil": "x", "mark": "A"}\n{"pupil": "y", "mark": "B"}\n' * 9),
        ("cells.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4}'),
        ("grades.org", "| x | A |\n| y | B |\n"),
    ],
)
def test_short_words_of_data_and_light_markup_are_no_garbage(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)

    assert facts_of(path, path.suffix[1:]).is_trusted


def test_the_title_of_an_opendocument_text_is_one_of_its_headings(tmp_path):
    body = '<text:p text:style-name="P1">Report</text:p><text:h>Part</text:h><text:p>words</text:p>'
    style = (
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    )
    path = odf_file(tmp_path / "a.odt", body, automatic=style)

    assert facts_of(path, "odt").headings == ["report", "part"]


def test_a_tag_of_very_many_attributes_is_not_counted_in(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<h1>a</h1><p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>")

    started = time.process_time()

    assert facts_of(path, "html").headings is None
    assert time.process_time() - started < 2


def test_line_breaks_of_cells_are_no_part_of_words():
    markdown = "| Key | Steps |\n| --- | --- |\n" + "| one | open<br>1<br>y<br>2<br>close |\n" * 9

    assert part(score(markdown), "legibility").score == 100


def test_items_in_a_cell_are_not_missed_when_they_are_lines_of_it(tmp_path):
    document = WordDocument()
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ("Key", "Steps", "K1", "Open"), strict=True):
        cell.text = words
    table.cell(1, 1).add_paragraph("close", style="List Bullet")
    document.add_paragraph("outside", style="List Bullet")
    document.save(tmp_path / "a.docx")

    assert facts_of(tmp_path / "a.docx", "docx").items == ["outside"]


@pytest.mark.parametrize(
    ("markdown", "fault"),
    [
        ("# A\n\ntext\n\n### C\n\ntext", "skipped heading level"),
        ("| a | b |\n| --- | --- |\n| 1 |\n", "uneven table"),
        ("text with <div>a tag</div>", "HTML tag"),
        ("text\n\n\n\n\ntext", "runs of blank lines"),
    ],
)
def test_faults_of_the_markdown_are_named_and_cost_points(markdown, fault):
    validity = part(score(markdown), "markdown")

    assert validity.score < 100
    assert fault in validity.reason


@pytest.mark.parametrize(
    "token",
    ["don’t", "e-mail", "https://example.org/a?b=c", "GmbH&Co.KG", "12,500.00", "x=y", "(see", "A4",
     "2024-10-28T09:30:00+01:00", "naïve", "Straßenbahn", "北京", "مكتبة", "C++", "rhythm", "1st",
     "README.md", "user_name", "**bold**", "[link](https://e.org)", "§12", "€40,000", "…", "ضِفَّةِ",
     "स्थिति", "หมู่บ้านนี้ตั้งอยู่ริมแม่น้ำ", "村子在河边，大约三百人，种田，打鱼，唱歌，写信。"],
)  # fmt: skip
def test_words_numbers_and_addresses_are_no_garbage(token):
    assert not is_garbage(token)


@pytest.mark.parametrize(
    "token", ["(cid:17)", "w~1|x^7{q", "zxcvbn", "\ue012\ue013", "~|^}{%#", "a1b2c3d4e5f6g7"]
)
def test_what_nobody_writes_is_garbage(token):
    assert is_garbage(token)


@pytest.mark.parametrize(
    ("source", "text", "share"),
    [
        ("one two three four", "four three one", 6 / 7),
        ("a conver-\nsion", "a conversion", 1.0),
        ("三百人住在\n河边", "三百人 住在河边", 1.0),
        ("三百人住", "三百", 2 / 3),
        ("one two", "one two one two", 4 / 6),
        ("10 6 cycles", "10⁶ cycles", 0.4),
        ("10⁶ cycles of H₂O", "10<sup>6</sup> cycles of H<sub>2</sub>O", 1.0),
        ("well known *", "**well** known[^1]", 1.0),
    ],
)
def test_words_that_are_missing_or_stand_there_twice_count(source, text, share):
    assert words_kept(words_of(source), words_of(text)) == pytest.approx(share)


def test_a_wrong_number_counts_more_than_a_wrong_word():
    words = words_of("one two three 4567 5678")

    assert words_kept(words, words_of("one two three 4567 9999")) < words_kept(
        words, words_of("one two other 4567 5678")
    )


def test_clean_samples_stay_ready_when_scored_again_without_their_source(convert_sample):
    for name in ("report.docx", "report.pdf", "inventory.xlsx", "slides.pptx"):
        assert is_rag_ready(score(convert_sample(name).markdown), QualityThresholds()), name


def test_losing_half_of_the_text_is_noticed(convert_sample):
    markdown = convert_sample("report.docx").markdown
    source = Facts(words=words_of(SAMPLES["report.docx"].text))

    half = score(markdown[: len(markdown) // 2], Evidence(source=source))

    assert not is_rag_ready(half, QualityThresholds())


@pytest.mark.parametrize(
    ("threshold", "value", "ready"),
    [
        ("conversion_threshold", 80, True),
        ("conversion_threshold", 81, False),
        ("clarity_threshold", 8.5, False),
        ("completeness_threshold", 8.0, True),
        ("markdown_threshold", 9, False),
        ("relevance_threshold", 10, True),  # nobody judged it
    ],
)
def test_a_document_is_ready_when_every_score_there_is_meets_its_threshold(threshold, value, ready):
    assert is_rag_ready(Quality(**SCORES), QualityThresholds(**{threshold: value})) is ready


def test_a_relevance_that_exists_counts_too():
    assert not is_rag_ready(Quality(**SCORES, relevance=6.5), QualityThresholds())


def test_quality_survives_json():
    quality = score(GOOD, Evidence(coverage=0.9, ocr_confidence=0.8))

    assert Quality.from_dict(json.loads(json.dumps(quality.as_dict()))) == quality


def test_scoring_is_deterministic():
    assert score(GOOD) == score(GOOD)


def made(**scores):
    """Parts with the weights of a scan, and these scores."""
    weights = {"text_coverage": 30, "ocr_confidence": 25, "legibility": 30, "structure": 15,
               "markdown": 15}  # fmt: skip
    return [Part(name, weights[name], value, "") for name, value in scores.items()]


def test_a_total_is_the_weighted_mean_when_nothing_vital_is_poor():
    found = total(made(text_coverage=100, legibility=90, structure=50, markdown=100))

    assert (found.score, round(found.mean, 2), found.limited_by) == (88, 88.33, None)


def test_a_total_is_limited_by_the_worst_vital_part_and_names_it():
    found = total(
        made(text_coverage=100, ocr_confidence=76, legibility=90, structure=100, markdown=100)
    )

    assert (found.score, round(found.mean)) == (80, 92)
    assert found.limited_by.name == "ocr_confidence"


def test_the_structure_of_a_text_never_limits_its_total():
    assert total(made(text_coverage=100, legibility=100, structure=0)).limited_by is None


@pytest.mark.parametrize("scores", [{"legibility": 0}, {"structure": 40, "markdown": 60}])
def test_parts_of_any_kind_have_a_total(scores):
    assert total(made(**scores)).score == (0 if "legibility" in scores else 50)


@pytest.mark.parametrize("evidence", [None, Evidence(coverage=0.9, ocr_confidence=0.7)])
def test_the_total_of_the_parts_is_the_score(evidence):
    quality = score(GOOD, evidence)

    assert total(quality.parts).score == quality.conversion_score


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([30, 30, 15, 15], [33, 33, 17, 17]),
        ([25, 30, 15, 15], [29, 35, 18, 18]),
        ([30, 25, 30, 15, 15], [26, 22, 26, 13, 13]),
        ([1, 1, 1], [34, 33, 33]),
        ([100], [100]),
        ([], []),
    ],
)
def test_weights_are_told_as_shares_of_a_hundred(weights, expected):
    found = shares([Part("", weight, 0, "") for weight in weights])

    assert found == expected
    assert sum(found) in {0, 100}
