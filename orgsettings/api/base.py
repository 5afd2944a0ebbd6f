"""What the endpoints share: the view, checked input, and lists by pages."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from curatore.core.api.fields import MOST_CHOICES
from curatore.core.text import is_readable, require_readable_headers
from orgsettings import body_limits, rate_limits
from orgsettings.models import Organization, User
from orgsettings.rate_limits import Allowance

Row = TypeVar("Row", bound=Model)

# Beyond any table's last page, and within what every database counts with.
_LAST_PAGE = 10**9


class ApiView(APIView):
    """An endpoint for members: `IsMember` has let in whoever reaches a handler."""

    allowance: Allowance | None = None  # what is left to whoever asks; None: no limit

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def organization(self) -> Organization:
        return self.user.membership.organization

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        require_readable_headers(request._request)
        if not is_readable(request.path_info):
            raise Http404
        if refused := body_limits.refusal(request._request):
            raise refused
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Count the request before anything is looked up: against its person or address."""
        try:
            super().perform_authentication(request)
        finally:  # a wrong token counts, too
            self.allowance = self.counted(request)

    def counted(self, request: Request) -> Allowance | None:
        """Raises RateLimited when it is one request too many."""
        now, is_read = timezone.now(), request.method in SAFE_METHODS
        if request.user.is_authenticated:
            # Whoever makes more tokens gets no more requests.
            who = f"user {request.user.pk}"
            return rate_limits.count("api", who, settings.API_RATE_LIMIT, now, is_read=is_read)
        address = rate_limits.client_address(request._request)
        limit = settings.API_ANONYMOUS_RATE_LIMIT
        return rate_limits.count("address", address, limit, now, is_read=is_read)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The methods of the address, in the header Allow."""
        # Not DRF's Response: there is nothing to render, least of all as an archive.
        return HttpResponse(status=204, headers=self.default_response_headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance:
            for name, value in self.allowance.headers.items():
                answer.headers[name] = value
        return answer


def checked(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """The values of a body or a query string in their types.

    Raises:
        ValidationError: with every value that breaks a rule.
    """
    checker = serializer(data=data)
    checker.is_valid(raise_exception=True)
    return checker.validated_data


class PageQuery(serializers.Serializer):
    """The query parameters of every list."""

    page = serializers.IntegerField(min_value=1, max_value=_LAST_PAGE, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=50)


def page(
    request: Request,
    rows: QuerySet[Row],
    query: dict[str, Any],
    plural: str,
    serialized: Callable[[list[Row]], Any],
) -> Response:
    """One page of `rows`: two queries, and those of `serialized`.

    Not DRF's pagination: a page beyond the last is empty instead of 404, a wrong number is refused
    with its pointer, and the rows stand under a name of their own; a subclass would override all.

    Args:
        query: the checked values of a PageQuery.
        plural: the member that holds the rows, such as "jobs".
        serialized: turns the rows of the page into JSON.
    """
    number, size = query["page"], query["page_size"]
    total = rows.count()
    total_pages = -(-total // size)
    first = (number - 1) * size
    shown = list(rows[first : first + size]) if first < total else []
    return Response(
        {
            plural: serialized(shown),
            "total": total,
            "page": number,
            "page_size": size,
            "total_pages": total_pages,
            "next": _link(request, number + 1) if number < total_pages else None,
            "previous": _link(request, number - 1) if 1 < number <= total_pages + 1 else None,
        }
    )


def _link(request: Request, number: int) -> str:
    return replace_query_param(request.build_absolute_uri(), "page", number)


def page_of(
    plural: str, item: type[serializers.BaseSerializer], name: str
) -> type[serializers.Serializer]:
    """The OpenAPI description of what `page` answers."""
    fields: dict[str, Any] = {
        plural: item(many=True),
        "total": serializers.IntegerField(help_text="Rows on all pages."),
        "page": serializers.IntegerField(),
        "page_size": serializers.IntegerField(),
        "total_pages": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    described = type(name, (serializers.Serializer,), fields)
    return extend_schema_serializer(many=False, component_name=name)(described)


class BlankAsNull(serializers.CharField):
    """Text that is kept as "" in the database and shown as null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"read_only": True, "allow_null": True} | kwargs))

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class CommaSeparated(serializers.CharField):
    """Several of some choices in one query parameter, as in `status=QUEUED,RUNNING`."""

    def __init__(self, choices: list[str], **kwargs: Any) -> None:
        self.choices = choices
        kwargs.setdefault("help_text", f"One or several, with commas, of {', '.join(choices)}.")
        super().__init__(**({"required": False, "allow_blank": True} | kwargs))

    def to_representation(self, value: Any) -> Any:
        return value  # the default, in the OpenAPI schema

    def to_internal_value(self, data: Any) -> Any:
        words = [word.strip() for word in super().to_internal_value(data).split(",")]
        if len(words) > MOST_CHOICES:
            raise serializers.ValidationError(
                f"There are more than {MOST_CHOICES} values.", code="max_length"
            )
        unknown = [word for word in words if word and word not in self.choices]
        if unknown:
            raise serializers.ValidationError(
                f"“{unknown[0]}” is none of {', '.join(self.choices)}.", code="invalid_choice"
            )
        return [word for word in dict.fromkeys(words) if word]
