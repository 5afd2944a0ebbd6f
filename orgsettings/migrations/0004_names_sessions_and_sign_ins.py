from django.db import migrations, models

from orgsettings import names


def make_keys(apps, schema_editor):
    """Give everybody the keys of their names, the longest known person first.

    Nobody is renamed. Names that differ in case only stay apart by a number behind the key; so do
    addresses that only now count as the same, the later one then opens no account.
    """
    User = apps.get_model("orgsettings", "User")
    taken_names, taken_addresses = set(), set()
    for user in User.objects.order_by("pk").iterator():
        user.username_key = _free(names.key(user.username), user, taken_names)
        user.username_look = names.look(user.username)
        if user.email:
            user.email_key = _free(names.key(user.email), user, taken_addresses)
        user.save(update_fields=["username_key", "username_look", "email_key"])


def _free(key, user, taken):
    key = f"{key} {user.pk}" if key in taken else key
    taken.add(key)
    return key


def mark_tokens_of_sign_ins(apps, schema_editor):
    """Until now only their name told them."""
    ApiToken = apps.get_model("orgsettings", "ApiToken")
    ApiToken.objects.filter(name="Sign-in over the API").update(is_of_sign_in=True)


class Migration(migrations.Migration):

    dependencies = [
        ("orgsettings", "0003_invitations_and_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInCount",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                ("ends_at", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["ends_at"], name="signincount_end")],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="session_salt",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="username_key",
            field=models.CharField(default="", editable=False, max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="username_look",
            field=models.CharField(default="", editable=False, max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="email_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="apitoken",
            name="is_of_sign_in",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(mark_tokens_of_sign_ins, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique"),
        migrations.AlterField(
            model_name="user",
            name="username_key",
            field=models.CharField(editable=False, max_length=300, unique=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="username_look",
            field=models.CharField(db_index=True, editable=False, max_length=300),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=~models.Q(email_key=""),
                fields=("email_key",),
                name="user_email_unique",
            ),
        ),
    ]
