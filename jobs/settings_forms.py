"""What admins send to change the settings of their organization, checked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curatore.core.errors import InvalidInput
from jobs.forms import OptionsForm
from orgsettings import options as processing_options
from orgsettings.changes import LIMITS
from orgsettings.models import RETENTION_CHOICES, JobsSeen, OrgSettings
from orgsettings.options import Options


class OrganizationSettingsForm(OptionsForm):
    """The limit, the retention period, and every default processing option."""

    def __init__(
        self, data: Any = None, *, row: OrgSettings, preset: Options | None = None
    ) -> None:
        """Shows what applies now, be it chosen or the server's default.

        Args:
            preset: options to show before those; they apply only once they are saved.
        """
        effective = processing_options.effective(row.default_processing_options)
        super().__init__(data, options=processing_options.effective(preset or {}, effective))
        self.now = {
            "job_concurrency_limit": row.concurrency_limit,
            "job_retention_days": row.retention_days or 0,
            "members_see": row.members_see,
            "default_processing_options": processing_options.without_defaults(effective),
        }
        self.fields |= {
            "job_concurrency_limit": _limit(row.concurrency_limit),
            "job_retention_days": _retention(row.retention_days or 0),
            "members_see": _members_see(row.members_see),
        }

    def changed(self) -> dict[str, Any]:
        """The settings that are different from what applies now. Of a valid form only."""
        chosen = {
            "job_concurrency_limit": self.cleaned_data["job_concurrency_limit"],
            "job_retention_days": self.cleaned_data["job_retention_days"],
            "members_see": self.cleaned_data["members_see"],
            "default_processing_options": processing_options.without_defaults(self.chosen()),
        }
        return {name: value for name, value in chosen.items() if value != self.now[name]}

    def refuse_settings(self, refusal: InvalidInput) -> None:
        """Show each error of `refusal` beside its field."""
        for error in refusal.errors:
            name = error["pointer"].removeprefix("/default_processing_options").strip("/")
            name = name.replace("/", ".")
            self.add_error(name if name in self.fields else None, error["detail"])


def _limit(now: int) -> forms.IntegerField:
    sentence = _("Enter a whole number from 1 to 10.")
    return forms.IntegerField(
        label=_("Concurrent job limit"),
        help_text=_("Jobs that may be queued or running at the same moment, 1 to 10."),
        min_value=LIMITS.start,
        max_value=LIMITS.stop - 1,
        initial=now,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )


def _retention(now: int) -> forms.TypedChoiceField:
    sentence = _("Choose how long jobs are kept.")
    return forms.TypedChoiceField(
        label=_("Job retention period"),
        choices=RETENTION_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        initial=now,
        error_messages=dict.fromkeys(("required", "invalid_choice"), sentence),
    )


def _members_see(now: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Members see"),
        help_text=_(
            "Which jobs members may open. Documents and their results are shared by the whole"
            " organization in any case; admins and viewers see all jobs."
        ),
        choices=JobsSeen.choices,
        initial=now,
    )
