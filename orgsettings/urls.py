from django.contrib.auth.views import LogoutView
from django.urls import path

from orgsettings import member_views, views

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
    path("settings/first-steps", views.dismiss_first_steps, name="settings-first-steps"),
    path("settings/shortcuts", views.shortcuts, name="settings-shortcuts"),
    path("settings-admin/members", member_views.member_list, name="settings-admin-members"),
    path(
        "settings-admin/members/<int:member_id>/role",
        member_views.change_role,
        name="settings-admin-member-role",
    ),
    path(
        "settings-admin/members/<int:member_id>/deactivate",
        member_views.deactivate,
        name="settings-admin-member-deactivate",
    ),
    path(
        "settings-admin/members/<int:member_id>/reactivate",
        member_views.reactivate,
        name="settings-admin-member-reactivate",
    ),
    path("settings-admin/invitations", member_views.invite, name="settings-admin-invite"),
    path(
        "settings-admin/invitations/<uuid:invitation_id>/revoke",
        member_views.revoke_invitation,
        name="settings-admin-invitation-revoke",
    ),
    path("join", member_views.open_invitation, name="join"),
    path("join/account", member_views.join, name="join-account"),
]
