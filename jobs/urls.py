from django.urls import path
from django.views.generic import RedirectView

from jobs.views import actions, detail, listing, results, wizard

app_name = "jobs"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="jobs:list"), name="home"),
    path("jobs", listing.job_list, name="list"),
    path("jobs/live", listing.job_list_live, name="list-live"),
    path("jobs/active", listing.active_jobs, name="active"),
    path("jobs/new", wizard.new, name="new"),
    path("jobs/<uuid:job_id>", detail.job_detail, name="detail"),
    path("jobs/<uuid:job_id>/live", detail.job_live, name="live"),
    path("jobs/<uuid:job_id>/logs/tail", detail.log_tail, name="log-tail"),
    path("jobs/<uuid:job_id>/logs.txt", detail.log_download, name="log-download"),
    path("jobs/<uuid:job_id>/start", actions.start, name="start"),
    path("jobs/<uuid:job_id>/cancel", actions.cancel, name="cancel"),
    path("jobs/<uuid:job_id>/retry", actions.retry, name="retry"),
    path("jobs/<uuid:job_id>/delete", actions.delete, name="delete"),
    path("jobs/<uuid:job_id>/download", results.download_archive, name="download"),
    path("jobs/<uuid:job_id>/documents/<uuid:row_id>", results.result, name="result"),
    path(
        "jobs/<uuid:job_id>/documents/<uuid:row_id>/download",
        results.download_markdown,
        name="result-download",
    ),
    path("jobs/<uuid:job_id>/setup/select", wizard.select, name="setup-select"),
    path("jobs/<uuid:job_id>/setup/configure", wizard.configure, name="setup-configure"),
    path("jobs/<uuid:job_id>/setup/review", wizard.review, name="setup-review"),
    path("jobs/<uuid:job_id>/setup/remove", wizard.remove, name="setup-remove"),
]
