"""Addresses of Admin settings that show jobs and workers; members: orgsettings/urls.py."""

from django.urls import path

from jobs.views import administration, presets

urlpatterns = [
    path("settings-admin", administration.management, name="settings-admin"),
    path(
        "settings-admin/statistics",
        administration.statistics_live,
        name="settings-admin-statistics",
    ),
    path(
        "settings-admin/retention",
        administration.retention_preview,
        name="settings-admin-retention",
    ),
    path(
        "settings-admin/presets/<uuid:preset_id>/rename",
        presets.rename,
        name="settings-admin-preset-rename",
    ),
    path(
        "settings-admin/presets/<uuid:preset_id>/delete",
        presets.delete,
        name="settings-admin-preset-delete",
    ),
    path("settings-admin/workers", administration.workers, name="settings-admin-workers"),
    path(
        "settings-admin/workers/live",
        administration.workers_live,
        name="settings-admin-workers-live",
    ),
]
