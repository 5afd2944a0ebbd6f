"""Presets of processing options over the API."""

import pytest

from jobs.models import Job
from orgsettings import history, presets
from orgsettings.models import OptionPreset, Role, SettingsChange
from tests.factories import (
    make_api_client,
    make_document,
    make_org,
    make_preset,
    make_user,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/organizations/me/presets"
GERMAN = {"ocr_settings": {"language": "deu"}}


@pytest.fixture
def org():
    return make_org()


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def api(admin):
    return make_api_client(admin)


def changes_of(org):
    """The change log in words, the oldest first."""
    entries = map(history.describe, SettingsChange.objects.filter(organization=org).order_by("pk"))
    return [(entry.subject, change.label, change.before, change.after)
            for entry in entries for change in entry.differences]  # fmt: skip


def start(api, user, **body):
    document = make_document(user)
    body |= {"document_ids": [str(document.pk)], "start_immediately": False}
    return api.post("/api/v1/jobs", body, format="json")


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_built_in_presets_and_then_those_of_the_organization(org, role):
    make_preset(org, name="Zoo")
    make_preset(org, name="archive")
    make_preset(name="Of others")

    told = make_api_client(make_user(org, role=role)).get(URL).json()["presets"]

    names = [preset["name"] for preset in told]
    assert names == ["Balanced", "Scans", "Exact text", "archive", "Zoo"]
    assert [preset["is_built_in"] for preset in told] == [True, True, True, False, False]


def test_a_preset_is_saved_renamed_changed_and_deleted_with_word_of_it(org, admin, api):
    saved = api.post(URL, {"name": " Old  files ", "options": GERMAN}, format="json")
    assert (saved.status_code, saved.json()["name"]) == (201, "Old files")
    one = f"{URL}/{saved.json()['id']}"

    api.patch(one, {"name": "Archive"}, format="json")
    changed = api.patch(one, {"options": {"ocr_settings": {"language": "fra"}}}, format="json")
    assert changed.json()["options"] == {"ocr_settings": {"language": "fra"}}
    assert api.delete(one).status_code == 204

    assert not OptionPreset.objects.exists()
    assert changes_of(org) == [
        ("", "Preset", "", "Old files"),
        ("", "Preset", "Old files", "Archive"),
        ("Archive", "Languages of scans", "German", "French"),
        ("", "Preset", "Archive", "removed"),
    ]


@pytest.mark.parametrize("name", ["Archive", "ARCHIVE", "Scans", "exact_text"])
def test_a_name_that_is_taken_is_refused(org, api, name):
    make_preset(org, name="Archive")

    refused = api.post(URL, {"name": name, "options": {}}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "preset_refused")
    assert OptionPreset.objects.count() == 1


def test_a_name_may_be_taken_in_another_organization(org, api):
    make_preset(name="Archive")

    assert api.post(URL, {"name": "Archive", "options": {}}, format="json").status_code == 201


def test_more_presets_than_anybody_can_choose_from_are_refused(org, api):
    for number in range(presets.MOST):
        make_preset(org, name=f"Preset {number}")

    refused = api.post(URL, {"name": "One more", "options": {}}, format="json")

    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"color": 1}, "/options/color"),
        ({"ocr_settings": {"language": "xyz"}}, "/options/ocr_settings/language"),
        (
            {"processing_settings": {"chunk_size": 100}},
            "/options/processing_settings/chunk_overlap",
        ),
    ],
)
def test_options_that_cannot_be_used_are_not_saved(api, options, pointer):
    refused = api.post(URL, {"name": "Archive", "options": options}, format="json")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert not OptionPreset.objects.exists()


@pytest.mark.parametrize("preset_id", ["scans", "x", "8b1f6c2e-90d4-4a57-b3de-6c5a4f3e2d1b"])
def test_built_in_and_unknown_presets_are_neither_changed_nor_deleted(api, preset_id):
    assert api.delete(f"{URL}/{preset_id}").status_code == 404
    assert api.patch(f"{URL}/{preset_id}", {"name": "x"}, format="json").status_code == 404


def test_a_job_follows_a_preset_before_the_defaults_and_after_its_own_options(api, admin):
    default = {"ocr_settings": {"language": "fra"}, "auto_optimize": False}
    admin.membership.organization.settings.default_processing_options = default
    admin.membership.organization.settings.save()

    made = start(api, admin, preset="scans", options={"ocr_settings": {"force": False}})

    kept = Job.objects.get(pk=made.json()["id"]).processing_options
    assert kept["ocr_settings"]["force"] is False  # its own
    assert kept["processing_settings"]["timeout_seconds"] == 1800  # the preset's
    assert kept["auto_optimize"] is True  # the preset's
    assert kept["ocr_settings"]["language"] == "fra"  # the organization's


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_job_names_an_own_preset_by_id_or_name(org, api, admin, by):
    preset = make_preset(org, name="Archive", options=GERMAN)

    made = start(api, admin, preset=str(preset.pk) if by == "id" else "archive")

    kept = Job.objects.get(pk=made.json()["id"]).processing_options
    assert kept["ocr_settings"]["language"] == "deu"


def test_a_job_names_no_preset_of_another_organization(api, admin):
    foreign = make_preset(name="Archive")

    refused = start(api, admin, preset=str(foreign.pk))

    assert refused.status_code == 422
    error = refused.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/preset", "unknown_preset")
    assert not Job.objects.exists()


def test_a_preset_whose_language_is_gone_is_refused_for_a_job(org, api, admin, settings):
    make_preset(org, name="Archive", options=GERMAN)
    settings.OCR_LANGUAGES = ["eng"]

    refused = start(api, admin, preset="Archive")

    error = refused.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/preset", "ocr_language_missing")


def test_one_built_in_preset_undoes_another(org):
    names = [
        {field for section in preset.options.values() if isinstance(section, dict)
         for field in section}
        for preset in presets.of_organization(org)
    ]  # fmt: skip

    assert names[0] == names[1] == names[2]


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_takes_two_queries_however_long(org, api, django_assert_num_queries, length):
    for _ in range(length):
        make_preset(org)

    # The token with its user and organization, the presets.
    with django_assert_num_queries(2):
        api.get(URL)
