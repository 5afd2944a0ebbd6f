"""Organizations, settings, API tokens and sign-in as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curatore.core.api.fields import Text, WholeNumber
from orgsettings.models import ApiToken, JobsSeen, Organization, Role, User
from orgsettings.options_schema import ChosenOptionsField, GivenOptionsField
from orgsettings.tokens import LONGEST_DAYS, LONGEST_NAME


class TokenSerializer(serializers.ModelSerializer):
    is_active = serializers.BooleanField(read_only=True)

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "prefix",
            "is_active",
            "created_at",
            "last_used_at",
            "expires_at",
        ]
        read_only_fields = fields


class TokenCreateSerializer(serializers.Serializer):
    name = Text(max_length=LONGEST_NAME)
    expires_days = WholeNumber(
        min_value=1,
        max_value=LONGEST_DAYS,
        default=None,
        allow_null=True,
        help_text="Days until it stops working; never, if missing.",
    )


class TokenRenameSerializer(serializers.Serializer):
    name = Text(max_length=LONGEST_NAME)


class NewTokenSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    key = serializers.CharField(help_text="The token itself; shown only now.")
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class LoginSerializer(serializers.Serializer):
    email_or_username = Text(max_length=254)
    password = Text(max_length=1000, trim_whitespace=False)


class LoggedInSerializer(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="bearer")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class MeSerializer(serializers.ModelSerializer):
    """A person as earlier clients know one; an admin's role is `org_admin` to them."""

    email = serializers.CharField(read_only=True, help_text="May be empty.")
    full_name = serializers.CharField(source="get_full_name", read_only=True)
    organization_id = serializers.UUIDField(source="membership.organization_id", read_only=True)
    organization_name = serializers.CharField(source="membership.organization.name", read_only=True)
    role = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="date_joined", read_only=True)
    last_login_at = serializers.DateTimeField(source="last_login", read_only=True, allow_null=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "full_name",
            "organization_id",
            "organization_name",
            "role",
            "is_active",
            "created_at",
            "last_login_at",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(["org_admin", "member", "viewer"]))
    def get_role(self, user: User) -> str:
        role = user.membership.role
        return "org_admin" if role == Role.ADMIN else role


class PresetSerializer(serializers.Serializer):
    id = serializers.CharField(help_text="A word of a built-in one, else a UUID.")
    name = serializers.CharField()
    description = serializers.CharField(help_text="Empty of own ones.")
    is_built_in = serializers.BooleanField()
    options = ChosenOptionsField(help_text="What it does not name follows the defaults.")


class PresetListSerializer(serializers.Serializer):
    presets = PresetSerializer(many=True)


class PresetCreateSerializer(serializers.Serializer):
    name = Text(max_length=100)
    options = GivenOptionsField()


class PresetChangeSerializer(serializers.Serializer):
    name = Text(max_length=100, required=False)
    options = GivenOptionsField(required=False)


class SettingsValuesSerializer(serializers.Serializer):
    job_concurrency_limit = serializers.IntegerField(
        min_value=1, max_value=10, help_text="Jobs that may be active at once, 1 to 10."
    )
    job_retention_days = serializers.ChoiceField(
        choices=[7, 30, 90, 0], help_text="Days that an ended job is kept; 0 for ever."
    )
    members_see = serializers.ChoiceField(
        choices=JobsSeen.choices,
        help_text="Which jobs members may read; documents and results are shared in any case.",
    )
    default_processing_options = ChosenOptionsField(
        help_text="What new jobs start with, where it differs from the server's defaults."
    )


class OrganizationSettingsSerializer(SettingsValuesSerializer):
    """What applies now, be it chosen by an admin or the server's default."""

    updated_at = serializers.DateTimeField()
    settings = SettingsValuesSerializer(help_text="The same again, for earlier clients.")


class OrganizationSettingsChangeSerializer(serializers.Serializer):
    """Describes the body; orgsettings/changes.py checks it, for the pages too."""

    job_concurrency_limit = serializers.IntegerField(
        min_value=1, max_value=10, required=False, allow_null=True
    )
    job_retention_days = serializers.ChoiceField(
        choices=[7, 30, 90, 0], required=False, allow_null=True
    )
    members_see = serializers.ChoiceField(choices=JobsSeen.choices, required=False, allow_null=True)
    default_processing_options = GivenOptionsField(required=False, allow_null=True)


class OrganizationSerializer(serializers.ModelSerializer):
    display_name = serializers.CharField(source="name", read_only=True)
    settings = serializers.SerializerMethodField()

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "display_name",
            "slug",
            "is_active",
            "settings",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(SettingsValuesSerializer)
    def get_settings(self, organization: Organization) -> dict[str, Any]:
        row = organization.settings
        values = {
            "job_concurrency_limit": row.concurrency_limit,
            "job_retention_days": row.retention_days or 0,
            "members_see": row.members_see,
            "default_processing_options": row.default_processing_options,
        }
        return SettingsValuesSerializer(values).data
