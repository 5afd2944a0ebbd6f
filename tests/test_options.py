"""Processing options: every spelling in, one canonical form out."""

import pytest

from documents.conversion import available_ocr_languages
from orgsettings import languages, options


def pointers(raw):
    with pytest.raises(options.OptionsError) as refusal:
        options.normalize(raw)
    return [(error["pointer"], error["code"]) for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        (None, {}),
        ({}, {}),
        ({"auto_optimize": False}, {"auto_optimize": False}),
        (
            {"quality_thresholds": {"conversion_threshold": 80}},
            {"quality_thresholds": {"conversion_threshold": 80}},
        ),
        (
            {"quality_thresholds": {"conversion": 80, "clarity": 7.5}},
            {"quality_thresholds": {"conversion_threshold": 80, "clarity_threshold": 7.5}},
        ),
        (
            {"quality_thresholds": {"conversion_quality": 80, "markdown_quality": 6}},
            {"quality_thresholds": {"conversion_threshold": 80, "markdown_threshold": 6}},
        ),
        ({"conversion_threshold": 55}, {"quality_thresholds": {"conversion_threshold": 55}}),
        ({"vector_optimize": True}, {"auto_optimize": True}),
        ({"extraction_engine": "extraction-service"}, {"extraction_engine": "auto"}),
        ({"ocr_settings": {"language": "eng+deu"}}, {"ocr_settings": {"language": "eng+deu"}}),
        ({"ocr_settings": {"language": "auto"}}, {"ocr_settings": {"language": "auto"}}),
        ({"evaluate_quality": True}, {}),
        (
            {"quality_thresholds": {"conversion": 70.5}},
            {"quality_thresholds": {"conversion_threshold": 70}},
        ),
    ],
)
def test_every_spelling_becomes_the_canonical_form(raw, canonical):
    assert options.normalize(raw) == canonical


THRESHOLDS = {"conversion": 80, "clarity": 6.5, "completeness": 5, "relevance": 4, "markdown": 3}

# The spellings in circulation, as clients of the original send them.
SPELLINGS = {
    "guide": {
        "quality_thresholds": {f"{name}_threshold": value for name, value in THRESHOLDS.items()},
        "auto_optimize": False,
        "extraction_engine": "auto",
    },
    "server": {
        "quality_thresholds": THRESHOLDS,
        "auto_optimize": False,
        "extraction_engine": "extraction-service",
    },
    "domain": {
        "quality_thresholds": {
            "conversion_quality": 80,
            "clarity_score": 6.5,
            "completeness_score": 5,
            "relevance_score": 4,
            "markdown_quality": 3,
        },
        "auto_improve": False,
        "vector_optimize": False,
        "extraction_engine": "docling",
    },
    "examples": {
        "conversion_threshold": 80,
        "quality_thresholds": {
            name: value for name, value in THRESHOLDS.items() if name != "conversion"
        },
        "optimize_for_rag": False,
        "evaluate_quality": True,
        "apply_llm_evaluation": True,
        "apply_vector_optimization": False,
        "extraction_engine": "default",
    },
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_spellings_of_the_same_options_mean_the_same(spelling):
    assert options.normalize(SPELLINGS[spelling]) == SPELLINGS["guide"]


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ({"quality_thresholds": {"conversion": 60, "conversion_threshold": 80}},
         "/quality_thresholds/conversion_threshold"),
        ({"conversion_threshold": 60, "quality_thresholds": {"conversion_quality": 80}},
         "/quality_thresholds/conversion_quality"),
        ({"auto_optimize": True, "vector_optimize": False}, "/vector_optimize"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_option_that_disagree_are_refused(raw, pointer):
    assert pointers(raw) == [(pointer, "contradicting_option")]


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"ocr_settings": {"a/b": 1}}, "/ocr_settings/a~1b"),
        ({"ocr_settings.enabled": False}, "/ocr_settings.enabled"),  # no member of that name
        ({"quality_thresholds.conversion": 1}, "/quality_thresholds.conversion"),
        ({"ocr_settings": {"": 1}}, "/ocr_settings/"),
    ],
)
def test_an_unknown_member_is_named_by_a_pointer_that_leads_to_it(raw, pointer):
    assert pointers(raw) == [(pointer, "unknown_option")]


@pytest.mark.parametrize(
    ("raw", "pointer", "code"),
    [
        ([], "", "wrong_type"),
        ({"color": "red"}, "/color", "unknown_option"),
        ({"ocr_settings": {"speed": 1}}, "/ocr_settings/speed", "unknown_option"),
        ({"ocr_settings": 3}, "/ocr_settings", "wrong_type"),
        ({"auto_optimize": "yes"}, "/auto_optimize", "out_of_range"),
        ({"ocr_settings": {"psm": 0}}, "/ocr_settings/psm", "out_of_range"),
        ({"ocr_settings": {"psm": True}}, "/ocr_settings/psm", "out_of_range"),
        ({"ocr_settings": {"language": "../eng"}}, "/ocr_settings/language", "out_of_range"),
        ({"ocr_settings": {"language": "eng+xyz"}},
         "/ocr_settings/language", "ocr_language_missing"),
        ({"ocr_settings": {"language": "auto+eng"}}, "/ocr_settings/language", "out_of_range"),
        ({"ocr_settings": {"confidence_threshold": 1.1}},
         "/ocr_settings/confidence_threshold", "out_of_range"),
        ({"quality_thresholds": {"clarity": 11}}, "/quality_thresholds/clarity", "out_of_range"),
        ({"extraction_engine": "magic"}, "/extraction_engine", "out_of_range"),
        ({"quality_thresholds": {"conversion": float("nan")}},
         "/quality_thresholds/conversion", "out_of_range"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_by_pointer(raw, pointer, code):
    assert pointers(raw) == [(pointer, code)]


def test_the_refusal_of_a_language_names_those_that_can_be_read():
    with pytest.raises(options.OptionsError) as refusal:
        options.normalize({"ocr_settings": {"language": "pol+eng"}})

    assert refusal.value.errors[0]["detail"] == (
        "“pol” cannot be read on this server. Choose among: deu, eng, fra."
    )


def test_the_installed_languages_may_be_chosen_when_the_operator_names_none(settings):
    settings.OCR_LANGUAGES = []

    assert languages.offered() == available_ocr_languages()


def test_a_language_is_called_by_its_name_and_by_its_code_when_nobody_knows_one():
    assert languages.names("deu+eng+tlh") == "German, English, tlh"


def test_every_mistake_is_named_at_once():
    assert len(pointers({"color": "red", "ocr_settings": {"psm": 99, "speed": 1}})) == 3


def test_the_first_layer_that_has_an_option_wins():
    job = {"ocr_settings": {"language": "deu"}}
    organization = {"ocr_settings": {"language": "fra", "psm": 6}, "auto_optimize": False}

    complete = options.complete(job, organization)

    assert complete["ocr_settings"]["language"] == "deu"
    assert complete["ocr_settings"]["psm"] == 6
    assert complete["auto_optimize"] is False
    assert complete["quality_thresholds"]["conversion_threshold"] == 70


def test_layers_that_do_not_fit_together_are_refused():
    with pytest.raises(options.OptionsError):
        options.complete(
            {"processing_settings": {"chunk_overlap": 300}},
            {"processing_settings": {"chunk_size": 200}},
        )


def test_the_defaults_are_options_that_normalize_accepts():
    assert options.normalize(options.defaults()) == options.defaults()


def test_options_of_old_jobs_have_the_default_when_the_option_is_younger_than_the_job():
    old = {"ocr_settings": {"language": "deu"}, "auto_optimize": False}

    typed = options.ProcessingOptions.of(old)

    assert typed.ocr_settings.language == "deu"
    assert typed.auto_optimize is False
    assert typed.processing_settings.max_retries == 3


def test_typed_options_are_the_canonical_ones_when_written_down_again():
    chosen = options.effective({"quality_thresholds": {"clarity_threshold": 8.5}})

    assert options.ProcessingOptions.of(chosen).as_dict() == chosen
