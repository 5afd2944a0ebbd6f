"""Numbers about jobs over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.refusals import may_refuse
from curatore.core.errors import PermissionRefused
from jobs.monitoring import statistics
from jobs.serializers.statistics import OrganizationStatisticsSerializer, UserStatisticsSerializer
from orgsettings.access import require_admin
from orgsettings.api.base import ApiView


@extend_schema(tags=["statistics"])
class UserStatistics(ApiView):
    @extend_schema(
        operation_id="jobs_stats_user",
        summary="Numbers of one's own jobs",
        responses=UserStatisticsSerializer,
    )
    def get(self, request: Request) -> Response:
        numbers = statistics.of_user(self.user, timezone.now())
        return Response(UserStatisticsSerializer(numbers).data)


@extend_schema(tags=["statistics"])
class OrganizationStatistics(ApiView):
    @extend_schema(
        operation_id="jobs_stats_organization",
        summary="Numbers of the organization (admins)",
        responses=OrganizationStatisticsSerializer,
        extensions=may_refuse(PermissionRefused),
    )
    def get(self, request: Request) -> Response:
        require_admin(self.user)
        numbers = statistics.of_organization(self.organization, timezone.now())
        return Response(OrganizationStatisticsSerializer(numbers).data)
