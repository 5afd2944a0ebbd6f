"""The map of the API, version 1."""

from django.urls import URLPattern
from drf_spectacular.views import SpectacularAPIView

from curatore.api import schema  # noqa: F401  # tells drf-spectacular about tokens
from curatore.routes import tolerant
from documents import api as documents
from jobs.api import actions, contents, jobs, logs, statistics
from orgsettings import api as orgsettings

app_name = "api"

urlpatterns: list[URLPattern] = [
    *tolerant("schema", SpectacularAPIView.as_view(), name="schema"),
    *tolerant("auth/login", orgsettings.Login.as_view()),
    *tolerant("api-keys", orgsettings.TokenList.as_view()),
    *tolerant("api-keys/<str:token_id>", orgsettings.TokenDetail.as_view()),
    *tolerant("config/defaults", orgsettings.Defaults.as_view()),
    *tolerant("config/supported-formats", documents.SupportedFormats.as_view()),
    *tolerant("documents", documents.DocumentList.as_view()),
    *tolerant("documents/upload", documents.DocumentUpload.as_view()),
    *tolerant("documents/<str:document_id>", documents.DocumentDetail.as_view()),
    *tolerant("documents/<str:document_id>/result", documents.DocumentResult.as_view()),
    *tolerant("documents/<str:document_id>/content", documents.DocumentContent.as_view()),
    *tolerant("documents/<str:document_id>/download", documents.DocumentDownload.as_view()),
    *tolerant("jobs", jobs.JobList.as_view()),
    *tolerant("jobs/stats/user", statistics.UserStatistics.as_view()),
    *tolerant("jobs/stats/organization", statistics.OrganizationStatistics.as_view()),
    *tolerant("jobs/<str:job_id>", jobs.JobDetail.as_view(), name="job"),
    *tolerant("jobs/<str:job_id>/start", actions.JobStart.as_view()),
    *tolerant("jobs/<str:job_id>/cancel", actions.JobCancel.as_view()),
    *tolerant("jobs/<str:job_id>/retry", actions.JobRetry.as_view()),
    *tolerant("jobs/<str:job_id>/documents", contents.JobDocuments.as_view()),
    *tolerant(
        "jobs/<str:job_id>/documents/<str:row_id>/content", contents.JobDocumentContent.as_view()
    ),
    *tolerant("jobs/<str:job_id>/logs", logs.JobLogs.as_view()),
    *tolerant("jobs/<str:job_id>/download", contents.JobDownload.as_view()),
]
