"""What people send to invite others, and to join."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.utils.translation import gettext_lazy as _

from orgsettings.forms import password_help
from orgsettings.models import Invitation, Role, User


class InvitationForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.MEMBER,
        help_text=_(
            "Members run their own jobs. Admins manage all jobs, settings and members."
            " Viewers see everything and change nothing."
        ),
    )
    note = forms.CharField(
        label=_("Who it is for"),
        required=False,
        max_length=Invitation._meta.get_field("note").max_length,
        help_text=_("To tell invitations apart, such as a name."),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class LinkForm(forms.Form):
    """The link of an invitation, or only what stands behind its `#`."""

    link = forms.CharField(
        label=_("The link, or its last part"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_link(self) -> str:
        return self.cleaned_data["link"].rpartition("#")[2]


class JoinForm(UserCreationForm):
    """The account of a person who was invited; orgsettings/invitations.py makes it."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("Letters, digits and . + - _ only.")
        self.fields["email"].required = True
        self.fields["password1"].help_text = password_help()
        self.fields["password2"].help_text = ""
        self.fields["password2"].label = _("The password again")
