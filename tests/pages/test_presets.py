"""Presets on the pages: chosen in Create New Job, kept by admins."""

import pytest

from jobs import drafts
from orgsettings.models import OptionPreset, OrgSettings, Role
from tests.factories import make_document, make_job, make_org, make_preset, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/settings-admin"


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def office(admin):
    """A browser of the admin."""
    return sign_in(admin)


def configure(job):
    return f"/jobs/{job.pk}/setup/configure"


def sent(page):
    """What the form of options on `page` would send."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in values.items() if value}


def current(page):
    """The names of presets that the draft follows."""
    return [preset.name for preset, is_chosen in page.context["presets"] if is_chosen]


def test_a_draft_begins_as_balanced_and_follows_the_preset_that_is_chosen(browser, member):
    job = make_job(member)
    assert current(browser.get(configure(job))) == ["Balanced"]

    page = browser.post(configure(job), {"preset": "scans"}, follow=True)

    assert current(page) == ["Scans"]
    assert "The options are those of the preset “Scans” now." in page.text
    job.refresh_from_db()
    assert job.processing_options["ocr_settings"]["force"] is True


def test_a_preset_leaves_what_it_does_not_name_to_the_organization():
    member = make_user(make_org(default_options={"ocr_settings": {"language": "deu"}}))
    job = drafts.create(member.membership.organization, member, documents=[make_document(member)])

    sign_in(member).post(configure(job), {"preset": "exact_text"})

    job.refresh_from_db()
    assert job.processing_options["auto_optimize"] is False
    assert job.processing_options["ocr_settings"]["language"] == "deu"


def test_presets_of_other_organizations_are_neither_offered_nor_followed(browser, member):
    foreign = make_preset(name="Secret recipe")
    job = make_job(member)

    assert "Secret recipe" not in browser.get(configure(job)).text
    assert browser.post(configure(job), {"preset": str(foreign.pk)}).status_code == 404


def test_an_admin_saves_the_options_of_a_draft_for_everybody(office, admin, org):
    job = make_job(admin)
    answers = sent(office.get(configure(job))) | {
        "ocr_settings.language": ["deu"],
        "preset_name": "Archive",
        "save_preset": "1",
    }

    page = office.post(configure(job), answers, follow=True)

    assert "The preset “Archive” was saved." in page.text
    assert current(page) == ["Archive"]
    saved = OptionPreset.objects.get(organization=org)
    assert saved.options["ocr_settings"]["language"] == "deu"


def test_members_save_no_presets(browser, member):
    job = make_job(member)
    page = browser.get(configure(job))
    assert "Save these options as a preset" not in page.text

    refused = browser.post(configure(job), sent(page) | {"preset_name": "Mine", "save_preset": "1"})

    assert refused.status_code == 403
    assert not OptionPreset.objects.exists()


def test_an_admin_saves_the_options_of_the_settings_and_the_defaults_stay(office, org):
    answers = sent(office.get(PAGE)) | {
        "ocr_settings.psm": "6",
        "preset_name": "Letters",
        "save_preset": "1",
    }

    page = office.post(PAGE, answers, follow=True)

    assert "The preset “Letters” was saved." in page.text
    assert OptionPreset.objects.get().options["ocr_settings"]["psm"] == 6
    assert OrgSettings.objects.get(organization=org).default_processing_options == {}


def test_a_preset_saved_under_the_same_name_gets_the_new_options(office, org):
    make_preset(org, name="Letters")
    answers = sent(office.get(PAGE)) | {"preset_name": "letters", "save_preset": "1"}

    office.post(PAGE, answers)

    [preset] = OptionPreset.objects.all()
    assert (preset.name, preset.options["auto_optimize"]) == ("Letters", True)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the preset a name."),
        (" \x07 ", "Give the preset a name."),
        ("balanced", "There is a preset “balanced” already."),
    ],
)
def test_a_preset_without_a_name_of_its_own_is_not_saved(office, name, sentence):
    answers = sent(office.get(PAGE)) | {"preset_name": name, "save_preset": "1"}

    page = office.post(PAGE, answers, follow=True)

    assert sentence in page.text
    assert not OptionPreset.objects.exists()


def test_a_preset_is_shown_in_the_form_before_it_becomes_the_default(office, org):
    preset = make_preset(org, name="Archive", options={"ocr_settings": {"language": "deu"}})

    page = office.get(f"{PAGE}?preset={preset.pk}")
    assert page.context["form"]["ocr_settings.language"].value() == "deu"
    assert "The form shows the preset “Archive”." in page.text
    office.post(PAGE, sent(page))

    row = OrgSettings.objects.get(organization=org)
    assert row.default_processing_options == {"ocr_settings": {"language": "deu"}}


def test_a_preset_is_renamed_and_deleted_after_a_question(office, org):
    preset = make_preset(org, name="Archive")
    page = office.get(PAGE).text
    assert "Delete “Archive”?" in page

    renamed = office.post(f"{PAGE}/presets/{preset.pk}/rename", {"name": "Attic"}, follow=True)
    assert 'value="Attic"' in renamed.text
    deleted = office.post(f"{PAGE}/presets/{preset.pk}/delete", follow=True)

    assert "The preset “Attic” was deleted." in deleted.text
    assert not OptionPreset.objects.exists()


@pytest.mark.parametrize("length", [1, 20])
def test_the_configure_step_takes_eight_queries_however_many_presets(
    browser, member, org, django_assert_num_queries, length
):
    job = make_job(member)
    for _ in range(length):
        make_preset(org)
    browser.get("/jobs")

    # Session, user with organization, job with owner, defaults (twice), presets, and active jobs
    # and limit of the status bar.
    with django_assert_num_queries(8):
        browser.get(configure(job))
