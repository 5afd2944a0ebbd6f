from django.contrib.auth.views import LogoutView
from django.urls import path

from orgsettings import views

urlpatterns = [
    path("login", views.SignIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("settings", views.account, name="settings"),
    path("settings/profile", views.profile, name="settings-profile"),
    path("settings/password", views.password, name="settings-password"),
    path("settings/tokens", views.token_create, name="settings-token-create"),
    path(
        "settings/tokens/<uuid:token_id>/revoke", views.token_revoke, name="settings-token-revoke"
    ),
    path("settings/theme", views.theme, name="settings-theme"),
    path("settings/shortcuts", views.shortcuts, name="settings-shortcuts"),
]
