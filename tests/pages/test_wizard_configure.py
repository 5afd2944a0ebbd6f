"""Create New Job: options are chosen."""

import re

import pytest

from jobs import drafts
from jobs.forms import OptionsForm
from orgsettings import options
from orgsettings.options import FIELDS
from tests.factories import make_document, make_job, make_org, make_user
from tests.pages.conftest import sign_in
from tests.pages.wizard import sent, url

pytestmark = pytest.mark.django_db


def test_every_option_has_a_field_with_its_bounds_and_its_value(browser, member):
    job = make_job(member)

    page = browser.get(url(job, "configure"))

    form = page.context["form"]
    assert set(form.fields) == {field.name for field in FIELDS}
    assert 'name="processing_settings.chunk_size" value="1000" min="100" max="2000"' in page.text
    assert {field.name: form[field.name].value() for field in FIELDS} == {
        field.name: field.default for field in FIELDS
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality_thresholds.conversion_threshold", "101"),
        ("quality_thresholds.clarity_threshold", ""),
        ("ocr_settings.confidence_threshold", "nan"),
        ("processing_settings.max_retries", "many"),
        ("ocr_settings.language", "../../etc"),
        ("processing_settings.chunk_overlap", "500"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_kept(browser, member, name, value):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"processing_settings.chunk_size": "400"}

    page = browser.post(url(job, "configure"), answers | {name: value})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [name]
    assert page.context["form"][name].value() == value
    job.refresh_from_db()
    assert job.processing_options == options.defaults()


def test_languages_are_ticked_by_name_and_the_main_one_stays_first(browser, member):
    german_first = {"ocr_settings": {"language": "deu"}}
    job = drafts.create(
        member.membership.organization,
        member,
        documents=[make_document(member)],
        options=german_first,
    )
    page = browser.get(url(job, "configure"))
    assert re.search(r'value="deu"[^>]* checked[^>]*> German</label>', page.text)
    assert re.search(r'value="eng"[^>]*> English</label>', page.text)

    answers = sent(page) | {"ocr_settings.language": ["eng", "deu"]}
    browser.post(url(job, "configure"), answers)

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == "deu+eng"


def test_without_any_language_nothing_is_saved(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"ocr_settings.language": []}

    page = browser.post(url(job, "configure"), answers)

    assert page.status_code == 422
    assert "Choose at least one language." in page.text


def test_a_default_language_that_is_gone_is_shown_and_has_to_be_unticked():
    member = make_user(make_org(default_options={"ocr_settings": {"language": "deu+tlh"}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    page = client.get(url(job, "configure"))
    assert re.search(r'value="tlh"[^>]* checked[^>]*> tlh \(not installed\)</label>', page.text)

    refused = client.post(url(job, "configure"), sent(page))
    assert refused.status_code == 422
    assert "“tlh” cannot be read on this server." in refused.text

    client.post(url(job, "configure"), sent(page) | {"ocr_settings.language": ["deu"]})
    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == "deu"


def test_the_form_starts_from_the_organizations_defaults_and_can_return_to_them(org):
    member = make_user(make_org(default_options={"processing_settings": {"chunk_size": 500}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    page = client.get(url(job, "configure"))
    assert page.context["form"]["processing_settings.chunk_size"].value() == 500

    changed = sent(page) | {"processing_settings.chunk_size": "800"}
    client.post(url(job, "configure"), changed)
    job.refresh_from_db()
    assert job.processing_options["processing_settings"]["chunk_size"] == 800

    client.post(url(job, "configure"), changed | {"reset": "1"})
    job.refresh_from_db()
    assert job.processing_options["processing_settings"]["chunk_size"] == 500


def option(page, name):
    """The control of an option on a page, and the group it is in."""
    groups = page.context["form"].groups
    return next(
        (control, group)
        for group in groups
        for control in [*group.usual, *group.advanced]
        if control.bound.name == name
    )


def test_options_that_differ_from_the_organizations_default_are_marked(org):
    member = make_user(make_org(default_options={"processing_settings": {"chunk_size": 500}}))
    client = sign_in(member)
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])
    before = client.get(url(job, "configure"))
    assert "option-changed" not in before.text
    assert "500 · 100 to 2000" in re.sub(r"\s+", " ", before.text)

    client.post(url(job, "configure"), sent(before) | {"processing_settings.chunk_size": "800"})

    after = client.get(url(job, "configure"))
    assert after.text.count("option-changed") == 1
    assert option(after, "processing_settings.chunk_size")[0].is_changed
    assert 'Chunk size</dt><dd class="changed">' in client.get(url(job, "review")).text


@pytest.mark.parametrize(
    ("changed", "is_open"),
    [({}, False), ({"ocr_settings.psm": "6"}, True), ({"ocr_settings.psm": "99"}, True)],
)
def test_advanced_options_are_folded_unless_one_must_be_seen(browser, member, changed, is_open):
    job = make_job(member)
    page = browser.get(url(job, "configure"))

    answer = browser.post(url(job, "configure"), sent(page) | changed | {"go": "configure"})

    page = answer if answer.status_code == 422 else browser.get(url(job, "configure"))
    assert option(page, "ocr_settings.psm")[1].is_open is is_open
    assert ('<details class="advanced" open>' in page.text) is is_open


def test_options_are_kept_while_they_are_entered(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"autosave": "1"}

    good = browser.post(url(job, "configure"), answers | {"ocr_settings.psm": "6"})
    bad = browser.post(url(job, "configure"), answers | {"ocr_settings.psm": "99"})

    assert (good.status_code, bad.status_code) == (204, 422)
    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["psm"] == 6


def test_an_unticked_box_is_off(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure")))
    del answers["ocr_settings.enabled"]

    browser.post(url(job, "configure"), answers)

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["enabled"] is False


def test_going_back_saves_as_well(browser, member):
    job = make_job(member)
    answers = sent(browser.get(url(job, "configure"))) | {"ocr_settings.psm": "6", "go": "select"}

    assert browser.post(url(job, "configure"), answers).url == url(job, "select")

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["psm"] == 6


def test_a_value_between_two_steps_can_be_sent_again():
    chosen = options.effective({"ocr_settings": {"confidence_threshold": 0.8125}})

    form = OptionsForm(options=chosen)

    assert 'step="any"' in str(form["ocr_settings.confidence_threshold"])
    assert 'step="0.5"' in str(form["quality_thresholds.clarity_threshold"])


@pytest.mark.parametrize(
    ("before", "ticked", "after"),
    [
        ("auto", ["auto", "deu"], "deu"),
        ("deu", ["deu", "auto"], "auto"),
        ("auto", ["auto"], "auto"),
    ],
)
def test_automatic_stands_alone_and_what_is_ticked_last_counts(
    browser, member, before, ticked, after
):
    job = drafts.create(
        member.membership.organization,
        member,
        documents=[make_document(member)],
        options={"ocr_settings": {"language": before}},
    )
    page = browser.get(url(job, "configure"))
    assert "Automatic</label>" in page.text

    browser.post(url(job, "configure"), sent(page) | {"ocr_settings.language": ticked})

    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["language"] == after
