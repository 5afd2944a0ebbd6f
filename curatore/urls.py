"""The map of all URLs."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from curatore import api_urls as api
from curatore import health
from curatore.core.api.deprecation import unversioned
from curatore.core.api.problems import no_such_route, problem_codes_page
from curatore.core.routes import tolerant, without_slash
from orgsettings import admin_doors

handler400 = "curatore.core.failures.bad_request"
handler500 = "curatore.core.failures.server_error"

# “View site” of the admin site leads to the jobs.
admin.site.site_url = "/jobs"

urlpatterns = [
    path("admin/login/", admin_doors.sign_in),
    path("admin/password_change/", admin_doors.change_password),
    path("admin/", admin.site.urls),
    path("api/v1/", include("curatore.api_urls")),
    path("api/", include(unversioned(api.urlpatterns))),
    re_path(r"^api(?:/|$)", no_such_route),
    *tolerant(
        "docs",
        SpectacularSwaggerSplitView.as_view(
            url_name="api:schema", template_name="api/docs.html", title="Curatore API"
        ),
        name="docs",
    ),
    *tolerant("docs/errors", problem_codes_page, name="docs-errors"),
    *tolerant("healthz", health.healthz),
    *tolerant("readyz", health.readyz),
    path("", include("jobs.urls")),
    path("", include("jobs.settings_urls")),
    path("", include("jobs.library.urls")),
    path("", include("orgsettings.urls")),
    re_path(r"^.+/$", without_slash),
]
