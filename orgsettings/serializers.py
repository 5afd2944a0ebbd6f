"""API tokens, sign-in and defaults as JSON."""

from rest_framework import serializers

from orgsettings.models import ApiToken
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
    name = serializers.CharField(max_length=LONGEST_NAME)
    expires_days = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        default=None,
        allow_null=True,
        help_text="Days until it stops working; never, if missing.",
    )


class NewTokenSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    key = serializers.CharField(help_text="The token itself; shown only now.")
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class LoginSerializer(serializers.Serializer):
    email_or_username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class LoggedInSerializer(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="bearer")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class DefaultsSerializer(serializers.Serializer):
    """Processing options as a new job of the organization gets them."""

    quality_thresholds = serializers.DictField(child=serializers.FloatField())
    ocr_settings = serializers.DictField(child=serializers.JSONField())
    processing_settings = serializers.DictField(child=serializers.IntegerField())
    auto_optimize = serializers.BooleanField()
    extraction_engine = serializers.CharField()
