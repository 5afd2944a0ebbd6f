"""manage.py migrate: as Django's, after seeing to it that nobody else reads what is stored."""

from typing import Any

from django.core.management.commands import migrate

from curatore.core import private_files


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        # Not in `handle`: the checks before it connect to the database, which makes its file.
        for sentence in private_files.close():
            self.stdout.write(sentence)
        return super().execute(*args, **options)
