import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

import documents.models

AT_ONCE = 1000  # documents


def store_apart(apps, schema_editor):
    """Give each document a stored file of its own: until now no two have the same bytes.

    It takes the id of the document, by which its file is named in the storage; none is moved.
    """
    Document = apps.get_model("documents", "Document")
    StoredFile = apps.get_model("documents", "StoredFile")
    last = uuid.UUID(int=0)
    while some := list(Document.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        StoredFile.objects.bulk_create(
            StoredFile(
                id=document.pk,
                organization_id=document.organization_id,
                sha256=document.sha256,
                file_size=document.file_size,
                file=document.file.name,
                created_at=document.created_at,
            )
            for document in some
        )
        these = Document.objects.filter(pk__gt=last, pk__lte=some[-1].pk)
        these.update(stored=F("pk"))
        last = some[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_discard'),
        ('orgsettings', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('file_size', models.PositiveBigIntegerField()),
                ('file', models.FileField(max_length=255, upload_to=documents.models.stored_name)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stored_files', to='orgsettings.organization')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('organization', 'sha256'), name='storedfile_once_per_content'),
                    models.CheckConstraint(condition=models.Q(('file_size__gt', 0)), name='storedfile_not_empty'),
                ],
            },
        ),
        migrations.AddField(
            model_name='document',
            name='stored',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='documents', to='documents.storedfile'),
        ),
        migrations.AddField(
            model_name='document',
            name='path',
            field=models.CharField(blank=True, db_default='', default='', max_length=1024),
        ),
        migrations.RunPython(store_apart, migrations.RunPython.noop),
    ]
