"""The map of the API, version 1."""

from django.urls import URLPattern
from drf_spectacular.views import SpectacularAPIView

from curatore.apidocs import schema  # noqa: F401  # tells drf-spectacular about tokens
from curatore.core.routes import tolerant
from documents.api import listings, originals
from jobs.api import actions, contents, editing, exports, jobs, logs, statistics
from jobs.api.organization import OrganizationSettings
from jobs.legacy import api as legacy
from jobs.library.api import documents
from jobs.library.api import results as document_results
from orgsettings.api import organization, presets, tokens

app_name = "api"

_ROW = "jobs/<str:job_id>/documents/<str:row_id>"

urlpatterns: list[URLPattern] = [
    *tolerant("schema", SpectacularAPIView.as_view(), name="schema"),
    *tolerant("auth/login", tokens.Login.as_view()),
    *tolerant("auth/me", tokens.Me.as_view()),
    *tolerant("api-keys", tokens.TokenList.as_view()),
    *tolerant("api-keys/<str:token_id>", tokens.TokenDetail.as_view()),
    *tolerant("organizations/me", organization.OwnOrganization.as_view()),
    *tolerant("organizations/me/settings", OrganizationSettings.as_view()),
    *tolerant("organizations/me/presets", presets.PresetList.as_view()),
    *tolerant("organizations/me/presets/<str:preset_id>", presets.PresetDetail.as_view()),
    *tolerant("config/defaults", organization.Defaults.as_view()),
    *tolerant("config/document-schema", exports.DocumentSchema.as_view()),
    *tolerant("config/supported-formats", listings.SupportedFormats.as_view()),
    *tolerant("documents", documents.DocumentList.as_view()),
    *tolerant("documents/upload", documents.DocumentUpload.as_view()),
    *tolerant("documents/uploaded", listings.UploadedFiles.as_view()),
    *tolerant("documents/batch", listings.BatchFiles.as_view()),
    *tolerant("documents/batch/process", legacy.ProcessBatch.as_view()),
    *tolerant("documents/batch/<str:filename>/process", legacy.ProcessBatchFile.as_view()),
    *tolerant("documents/download/bulk", exports.BulkDownload.as_view()),
    *tolerant("documents/download/rag-ready", exports.RagReadyDownload.as_view()),
    *tolerant("documents/<str:document_id>", documents.DocumentDetail.as_view()),
    *tolerant("documents/<str:document_id>/result", document_results.DocumentResult.as_view()),
    *tolerant("documents/<str:document_id>/content", editing.EditableDocumentContent.as_view()),
    *tolerant("documents/<str:document_id>/download", document_results.DocumentDownload.as_view()),
    *tolerant("documents/<str:document_id>/export", exports.DocumentExport.as_view()),
    *tolerant("documents/<str:document_id>/original", originals.DocumentOriginal.as_view()),
    *tolerant("documents/<str:document_id>/pages", originals.DocumentPages.as_view()),
    *tolerant(
        "documents/<str:document_id>/pages/<str:page>.png", originals.DocumentPagePicture.as_view()
    ),
    *tolerant("documents/<str:document_id>/process", legacy.ProcessDocument.as_view()),
    *tolerant("jobs", jobs.JobList.as_view()),
    *tolerant("jobs/stats/user", statistics.UserStatistics.as_view()),
    *tolerant("jobs/stats/organization", statistics.OrganizationStatistics.as_view()),
    *tolerant("jobs/<str:job_id>", jobs.JobDetail.as_view(), name="job"),
    *tolerant("jobs/<str:job_id>/start", actions.JobStart.as_view()),
    *tolerant("jobs/<str:job_id>/withdraw", actions.JobWithdraw.as_view()),
    *tolerant("jobs/<str:job_id>/cancel", actions.JobCancel.as_view()),
    *tolerant("jobs/<str:job_id>/retry", actions.JobRetry.as_view()),
    *tolerant("jobs/<str:job_id>/documents", contents.JobDocuments.as_view()),
    *tolerant(_ROW, contents.JobDocumentDetail.as_view()),
    *tolerant(f"{_ROW}/content", contents.JobDocumentContent.as_view()),
    *tolerant(f"{_ROW}/export", exports.JobDocumentExport.as_view()),
    *tolerant(f"{_ROW}/replace", actions.JobReplace.as_view()),
    *tolerant(f"{_ROW}/versions", editing.ResultVersions.as_view()),
    *tolerant(f"{_ROW}/versions/<str:number>/restore", editing.ResultRestore.as_view()),
    *tolerant("jobs/<str:job_id>/logs", logs.JobLogs.as_view()),
    *tolerant("jobs/<str:job_id>/download", contents.JobDownload.as_view()),
    *tolerant("jobs/<str:job_id>/chunks", exports.JobChunks.as_view()),
]
