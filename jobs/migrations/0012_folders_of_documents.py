from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0011_fair_turns'),
    ]

    operations = [
        migrations.AddField(
            model_name='jobdocument',
            name='path',
            field=models.CharField(blank=True, db_default='', default='', max_length=1024),
        ),
    ]
