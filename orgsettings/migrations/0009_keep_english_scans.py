"""Organizations of earlier versions keep reading scans in English, which was the default.

New ones have their languages found out (`auto`). English was never stored, since what is as the
default is not: so whoever had chosen it cannot be told from those who had chosen nothing.
"""

from django.db import migrations


def keep_english(apps, schema_editor):
    settings = apps.get_model("orgsettings", "OrgSettings")
    for row in settings.objects.iterator():
        ocr = row.default_processing_options.get("ocr_settings", {})
        if "language" not in ocr:
            row.default_processing_options["ocr_settings"] = ocr | {"language": "eng"}
            row.save(update_fields=["default_processing_options"])


def forget_english(apps, schema_editor):
    settings = apps.get_model("orgsettings", "OrgSettings")
    for row in settings.objects.iterator():
        ocr = row.default_processing_options.get("ocr_settings", {})
        if ocr.get("language") not in {"eng", "auto"}:
            continue
        del ocr["language"]
        if not ocr:
            del row.default_processing_options["ocr_settings"]
        row.save(update_fields=["default_processing_options"])


class Migration(migrations.Migration):
    dependencies = [("orgsettings", "0008_jobs_that_members_see")]

    operations = [migrations.RunPython(keep_english, forget_english)]
