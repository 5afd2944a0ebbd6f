"""Settings of an organization that matter to its jobs at once."""

from collections.abc import Mapping
from typing import Any

from jobs import serving
from orgsettings.api.organization import OwnOrganizationSettings
from orgsettings.models import OrgSettings


class OrganizationSettings(OwnOrganizationSettings):
    def save(self, given: Mapping[str, Any]) -> OrgSettings:
        """As the view it extends; jobs that wait take the places that a higher limit makes."""
        row = super().save(given)
        serving.serve(row.organization_id)
        return row
