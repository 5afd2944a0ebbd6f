"""Examples for the OpenAPI schema: an organization, its settings, and a token.

Each stands under the name of its component; a test keeps them true to the schema.
"""

from typing import Any

from orgsettings import options

_SETTINGS = {
    "job_concurrency_limit": 3,
    "job_retention_days": 30,
    "members_see": "own",
    "default_processing_options": {"ocr_settings": {"language": "eng+deu"}},
}
_PRESET = {
    "id": "8b1f6c2e-90d4-4a57-b3de-6c5a4f3e2d1b",
    "name": "Old files of the archive",
    "description": "",
    "is_built_in": False,
    "options": {"ocr_settings": {"language": "eng", "force": True}},
}
# Made up, like everything here.
_TOKEN: dict[str, Any] = {
    "id": "5a8d3c9e-1f24-4c6b-b1a7-2d3e4f5a6b7c",
    "name": "Nightly import",
    "prefix": "cur_26984ab8",
    "created_at": "2026-03-01T16:20:05.551230Z",
    "expires_at": "2027-03-01T16:20:05.551230Z",
}
_USED_TOKEN = _TOKEN | {"is_active": True, "last_used_at": "2026-03-02T02:00:13.004488Z"}
_SECRET = "cur_26984ab8d40e6db3a9e7462d877667a7b2ce924e0eb00e40bc1fdf6de6b44a32"  # noqa: S105

EXAMPLES: dict[str, Any] = {
    "Defaults": options.defaults(),
    "Organization": {
        "id": "3d9a1c52-6e0b-4b8f-8c11-0f2e7a6b5c4d",
        "name": "Northwind",
        "display_name": "Northwind",
        "slug": "northwind",
        "is_active": True,
        "settings": _SETTINGS,
        "created_at": "2026-01-15T08:00:00Z",
        "updated_at": "2026-02-20T13:37:12.904311Z",
    },
    "OrganizationSettings": _SETTINGS
    | {"updated_at": "2026-02-20T13:37:12.904311Z", "settings": _SETTINGS},
    "OrganizationSettingsChangeRequest": {"job_concurrency_limit": 5, "job_retention_days": 90},
    "Preset": _PRESET,
    "PresetList": {"presets": [_PRESET]},
    "PresetCreateRequest": {"name": _PRESET["name"], "options": _PRESET["options"]},
    "PatchedPresetChangeRequest": {"name": "Archive"},
    "Token": _USED_TOKEN,
    "TokenRenameRequest": {"name": "Nightly import"},
    "TokenPage": {
        "keys": [_USED_TOKEN],
        "total": 1,
        "page": 1,
        "page_size": 50,
        "total_pages": 1,
        "next": None,
        "previous": None,
    },
    "TokenCreateRequest": {"name": "Nightly import", "expires_days": 365},
    "NewToken": _TOKEN | {"key": _SECRET},
    "LoginRequest": {
        "email_or_username": "ada@example.org",
        "password": "correct horse battery staple",
    },
    "Me": {
        "id": 7,
        "username": "ada",
        "email": "ada@example.org",
        "full_name": "Ada Byron",
        "organization_id": "3d9a1c52-6e0b-4b8f-8c11-0f2e7a6b5c4d",
        "organization_name": "Northwind",
        "role": "org_admin",
        "is_active": True,
        "created_at": "2026-01-15T08:00:00Z",
        "last_login_at": "2026-03-02T07:58:41.120394Z",
    },
    "LoggedIn": {"access_token": _SECRET, "token_type": "bearer", "expires_in": 3600},
}
