"""The admin site's doors to a password, counted and told in words as the pages' own."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from orgsettings.forms import CountedPasswordForm, StaffSignInForm
from orgsettings.rate_limits import client_address
from orgsettings.views import told_of_lock

admin.site.login_form = StaffSignInForm


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    response: Any = admin.site.login(request)
    form = getattr(response, "context_data", {}).get("form")
    return told_of_lock(response, getattr(form, "lock", None))


class ChangePassword(PasswordChangeView):
    """For operators of no organization; others find their tokens beside the form under Settings."""

    form_class = CountedPasswordForm
    success_url = reverse_lazy("admin:password_change_done")
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request.user, "membership", None):
            return redirect("settings")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"address": client_address(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request)

    def form_invalid(self, form: Any) -> HttpResponse:
        return told_of_lock(super().form_invalid(form), form.lock)


change_password = admin.site.admin_view(ChangePassword.as_view())
