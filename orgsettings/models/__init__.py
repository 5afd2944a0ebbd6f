"""The tables of organizations and people, cut by subject; everybody imports from here."""

from orgsettings.models.keys import (
    ApiToken,
    ApiTokenQuerySet,
    Invitation,
    InvitationQuerySet,
)
from orgsettings.models.people import (
    RETENTION_CHOICES,
    JobsSeen,
    Membership,
    OptionPreset,
    Organization,
    OrgSettings,
    Role,
    User,
)
from orgsettings.models.traces import (
    RateWindow,
    SettingsChange,
    SignInCount,
    StorageUsage,
    StoredAnswer,
)

__all__ = [
    "RETENTION_CHOICES",
    "ApiToken",
    "ApiTokenQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "JobsSeen",
    "Membership",
    "OptionPreset",
    "OrgSettings",
    "Organization",
    "RateWindow",
    "Role",
    "SettingsChange",
    "SignInCount",
    "StorageUsage",
    "StoredAnswer",
    "User",
]
