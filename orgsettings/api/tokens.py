"""API tokens and sign-in over the API."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.refusals import may_refuse
from curatore.core.bodies import Body, takes
from curatore.core.errors import PermissionRefused
from orgsettings import access, rate_limits, tokens
from orgsettings.api.base import ApiView, PageQuery, checked, page, page_of
from orgsettings.models import ApiToken
from orgsettings.rate_limits import Allowance
from orgsettings.serializers import (
    LoggedInSerializer,
    LoginSerializer,
    MeSerializer,
    NewTokenSerializer,
    TokenCreateSerializer,
    TokenRenameSerializer,
    TokenSerializer,
)
from orgsettings.sign_in_limits import TooManyAtOnce, TooManyAttempts


@extend_schema(tags=["tokens"])
class TokenList(ApiView):
    @extend_schema(
        operation_id="api_keys_list",
        summary="One's own API tokens",
        parameters=[PageQuery],
        responses=page_of("keys", TokenSerializer, "TokenPage"),
    )
    def get(self, request: Request) -> Response:
        query = checked(PageQuery, request.query_params)
        own = ApiToken.objects.for_user(self.user)
        return page(request, own, query, "keys", lambda rows: TokenSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="api_keys_create",
        summary="Create an API token",
        request=TokenCreateSerializer,
        responses={201: NewTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """The `key` in the answer is shown only now: only a hash of it is stored."""
        body = checked(TokenCreateSerializer, request.data)
        days = body["expires_days"]
        token, secret = tokens.create(
            self.user,
            name=body["name"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        shown = {
            "id": token.pk,
            "name": token.name,
            "key": secret,
            "prefix": token.prefix,
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        }
        return Response(NewTokenSerializer(shown).data, status=201)


@extend_schema(tags=["tokens"])
class TokenDetail(ApiView):
    @extend_schema(
        operation_id="api_keys_rename",
        summary="Rename an API token",
        request=TokenRenameSerializer,
        responses=TokenSerializer,
        extensions=may_refuse(PermissionRefused),
    )
    def put(self, request: Request, token_id: str) -> Response:
        """One's own; as an admin any of the organization."""
        token = access.find_token_to_manage(self.user, token_id)
        tokens.rename(token, checked(TokenRenameSerializer, request.data)["name"])
        return Response(TokenSerializer(token).data)

    @extend_schema(
        operation_id="api_keys_revoke",
        summary="Revoke an API token",
        responses={204: None},
        extensions=may_refuse(PermissionRefused),
    )
    def delete(self, request: Request, token_id: str) -> Response:
        """One's own; as an admin any of the organization. Again, it changes nothing."""
        tokens.revoke(access.find_token_to_manage(self.user, token_id), timezone.now())
        return Response(status=204)


@extend_schema(tags=["tokens"])
@takes(Body.SMALL)
class Login(ApiView):
    authentication_classes = []
    permission_classes = [AllowAny]

    def counted(self, request: Request) -> Allowance | None:
        address = rate_limits.client_address(request._request)
        limit = settings.API_LOGIN_RATE_LIMIT
        return rate_limits.count("login", address, limit, timezone.now())

    @extend_schema(
        operation_id="auth_login",
        summary="A token for username or e-mail address and password",
        request=LoginSerializer,
        responses=LoggedInSerializer,
        extensions=may_refuse(
            tokens.WrongCredentials, TooManyAttempts, TooManyAtOnce, PermissionRefused
        ),
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """For programs that ask their user; others create an API token. It works for an hour."""
        body = checked(LoginSerializer, request.data)
        secret = tokens.log_in(
            request._request,
            name=body["email_or_username"],
            password=body["password"],
            now=timezone.now(),
        )
        lifetime = int(tokens.LOGIN_LIFETIME.total_seconds())
        return Response({"access_token": secret, "token_type": "bearer", "expires_in": lifetime})


@extend_schema(tags=["tokens"])
class Me(ApiView):
    @extend_schema(
        operation_id="auth_me", summary="Who is asking, and in which role", responses=MeSerializer
    )
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(self.user).data)
