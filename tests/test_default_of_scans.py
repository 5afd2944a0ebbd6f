"""The language of scans in organizations of earlier versions, and in new ones."""

from importlib import import_module

import pytest
from django.apps import apps

from orgsettings.models import OrgSettings
from orgsettings.options import ProcessingOptions
from tests.factories import make_org

pytestmark = pytest.mark.django_db

migration = import_module("orgsettings.migrations.0009_keep_english_scans")


def options_of(org):
    return OrgSettings.objects.get(organization=org).default_processing_options


def test_an_organization_that_exists_keeps_reading_scans_in_english():
    bare, chosen = make_org(), make_org(default_options={"ocr_settings": {"psm": 6}})
    german = make_org(default_options={"ocr_settings": {"language": "deu"}})

    migration.keep_english(apps, None)

    assert options_of(bare) == {"ocr_settings": {"language": "eng"}}
    assert options_of(chosen) == {"ocr_settings": {"psm": 6, "language": "eng"}}
    assert options_of(german) == {"ocr_settings": {"language": "deu"}}


def test_the_way_back_leaves_what_was_there_before():
    org = make_org()
    migration.keep_english(apps, None)

    migration.forget_english(apps, None)

    assert options_of(org) == {}


def test_a_new_organization_has_the_language_of_its_scans_found_out():
    assert ProcessingOptions.of(options_of(make_org())).ocr_settings.language == "auto"
