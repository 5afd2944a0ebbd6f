"""What people send about themselves, checked."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgsettings.models import ApiToken, User

# Lifetimes of an API token, in days; 0 is for ever.
TOKEN_LIFETIMES = (
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("One year")),
    (0, _("No expiry")),
)


def password_help() -> SafeString:
    """The rules, folded away until somebody wants to read them."""
    texts = password_validators_help_texts()
    rules = format_html_join("", "<li>{}</li>", ((text,) for text in texts))
    return format_html(
        "<details><summary>{}</summary><ul>{}</ul></details>",
        gettext("What a good password is"),
        rules,
    )


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "The name or the password is wrong. Mind capital letters in the password."
        ),
        "inactive": _("This account is switched off. Ask an admin of your organization."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Username or e-mail address")


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip()
        others = User.objects.exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This address belongs to another user."))
        return email


class PasswordForm(PasswordChangeForm):
    """One of several forms of a page: it must not take the focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]
        self.fields["new_password1"].help_text = password_help()
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = _("The new password again")


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=ApiToken._meta.get_field("name").max_length,
        help_text=_("What will use it, so that you know what to revoke."),
        error_messages={"required": _("Give the token a name.")},
    )
    lifetime = forms.TypedChoiceField(
        label=_("Valid for"), choices=TOKEN_LIFETIMES, coerce=int, initial=90
    )

    def expires_at(self) -> datetime | None:
        """When the token ends; None for never. Of a valid form only."""
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=days) if days else None
