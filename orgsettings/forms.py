"""What people send about themselves, checked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AuthenticationForm,
    PasswordChangeForm,
)
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgsettings import passwords
from orgsettings.models import ApiToken, User
from orgsettings.sign_in_limits import Unchecked

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


class LockedInWords(AuthenticationForm):
    """Says that a password was not checked; `lock` is then the refusal."""

    lock: Unchecked | None = None

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except Unchecked as refusal:
            self.lock = refusal
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal


class StaffSignInForm(LockedInWords, AdminAuthenticationForm):
    """The admin site's."""


class SignInForm(LockedInWords):
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


class CountedPasswordForm(PasswordChangeForm):
    """Wrong old passwords count as those of signing in do; `lock` is the refusal."""

    lock: Unchecked | None = None

    def __init__(self, user: Any, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.address = address

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        try:
            right = passwords.check_old(self.user, old, address=self.address, now=timezone.now())
        except Unchecked as refusal:
            self.lock = refusal
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        if not right:
            wrong = "password_incorrect"
            raise forms.ValidationError(self.error_messages[wrong], code=wrong)
        return old

    def save(self, commit: bool = True) -> User:
        passwords.change(
            self.user, self.cleaned_data["new_password1"], revoke=self.to_revoke(),
            now=timezone.now(),
        )  # fmt: skip
        return self.user

    def to_revoke(self) -> list[UUID]:
        """The tokens that go with the old password: all, as nobody was asked."""
        return [token.pk for token in self.user.api_tokens.all()]


class PasswordForm(CountedPasswordForm):
    """One of several forms of a page: it must not take the focus. It asks which tokens to keep."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ApiToken.objects.usable(timezone.now()).for_user(self.user)
        self.fields["revoke"] = forms.ModelMultipleChoiceField(
            label=_("API tokens to revoke"),
            queryset=own.filter(is_of_sign_in=False),
            initial=[token.pk for token in own],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        del self.fields["old_password"].widget.attrs["autofocus"]
        self.fields["new_password1"].help_text = password_help()
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = _("The new password again")

    def to_revoke(self) -> list[UUID]:
        return [token.pk for token in self.cleaned_data["revoke"]]


class ResetForm(AdminPasswordChangeForm):
    """An operator gives somebody a new password, on the admin site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = format_html(
            "<p>{}</p>{}",
            gettext("It ends all sessions of this person and revokes all their API tokens."),
            self.fields["password1"].help_text,
        )

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user = super().save(commit)
            passwords.reset(user, timezone.now())
        return user


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
