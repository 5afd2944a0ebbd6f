import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_back(apps, schema_editor):
    """Let documents have their bytes themselves again, which two with the same ones cannot."""
    Document = apps.get_model("documents", "Document")
    StoredFile = apps.get_model("documents", "StoredFile")
    shared = Document.objects.count() - StoredFile.objects.count()
    if shared > 0:
        raise RuntimeError(
            f"{shared} documents share their bytes with others, which the version before cannot"
            " keep. Delete them first."
        )
    stored = StoredFile.objects.filter(pk=OuterRef("stored"))
    Document.objects.update(
        sha256=Subquery(stored.values("sha256")),
        file_size=Subquery(stored.values("file_size")),
        file=Subquery(stored.values("file")),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_stored_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='document', name='document_once_per_content'),
        migrations.RemoveConstraint(model_name='document', name='document_not_empty'),
        migrations.AlterField(
            model_name='document',
            name='stored',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='documents', to='documents.storedfile'),
        ),
        # Empty before they go, so that on the way back they can come before their values.
        migrations.AlterField(
            model_name='document', name='sha256', field=models.CharField(max_length=64, null=True),
        ),
        migrations.AlterField(
            model_name='document', name='file_size', field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='document', name='file', field=models.FileField(max_length=255, null=True),
        ),
        migrations.RunPython(migrations.RunPython.noop, take_back),
        migrations.RemoveField(model_name='document', name='sha256'),
        migrations.RemoveField(model_name='document', name='file_size'),
        migrations.RemoveField(model_name='document', name='file'),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('stored', 'uploaded_by', 'source', 'path', 'filename'), name='document_once_per_name'),
        ),
    ]
