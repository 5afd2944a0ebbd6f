from django.urls import path
from django.views.generic import RedirectView

from jobs.legacy import views as process
from jobs.views import actions, bulk, detail, exports, listing, logs, results, reviewing, wizard

app_name = "jobs"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="jobs:list"), name="home"),
    path("jobs", listing.job_list, name="list"),
    path("jobs/live", listing.job_list_live, name="list-live"),
    path("jobs/active", listing.active_jobs, name="active"),
    path("jobs/bulk/download", bulk.download, name="bulk-download"),
    path("jobs/bulk/<str:verb>", bulk.many, name="bulk"),
    path("jobs/new", wizard.new, name="new"),
    path("jobs/<uuid:job_id>", detail.job_detail, name="detail"),
    path("jobs/<uuid:job_id>/live", detail.job_live, name="live"),
    path("jobs/<uuid:job_id>/logs/tail", logs.log_tail, name="log-tail"),
    path("jobs/<uuid:job_id>/logs/files", logs.log_files, name="log-files"),
    path("jobs/<uuid:job_id>/logs.txt", logs.log_text, name="log-download"),
    path("jobs/<uuid:job_id>/logs.ndjson", logs.log_lines, name="log-lines"),
    path("jobs/<uuid:job_id>/start", actions.start, name="start"),
    path("jobs/<uuid:job_id>/withdraw", actions.withdraw, name="withdraw"),
    path("jobs/<uuid:job_id>/cancel", actions.cancel, name="cancel"),
    path("jobs/<uuid:job_id>/retry", actions.retry, name="retry"),
    path("jobs/<uuid:job_id>/replace", actions.replace, name="replace"),
    path("jobs/<uuid:job_id>/review", reviewing.review, name="review"),
    path("jobs/<uuid:job_id>/rename", actions.rename, name="rename"),
    path("jobs/<uuid:job_id>/clone", actions.clone, name="clone"),
    path("jobs/<uuid:job_id>/delete", actions.delete, name="delete"),
    path("jobs/<uuid:job_id>/download", exports.download_archive, name="download"),
    path("jobs/<uuid:job_id>/export", exports.export, name="export"),
    path("jobs/<uuid:job_id>/chunks.ndjson", exports.download_chunks, name="chunks"),
    path("jobs/<uuid:job_id>/report.csv", exports.download_report, name="report"),
    path("jobs/<uuid:job_id>/documents/<uuid:row_id>", results.result, name="result"),
    path(
        "jobs/<uuid:job_id>/documents/<uuid:row_id>/download",
        results.download_result,
        name="result-download",
    ),
    path("jobs/<uuid:job_id>/documents/<uuid:row_id>/save", results.save, name="result-save"),
    path(
        "jobs/<uuid:job_id>/documents/<uuid:row_id>/preview",
        results.preview_edit,
        name="result-preview",
    ),
    path(
        "jobs/<uuid:job_id>/documents/<uuid:row_id>/restore",
        results.restore,
        name="result-restore",
    ),
    path("jobs/<uuid:job_id>/setup/select", wizard.select, name="setup-select"),
    path("jobs/<uuid:job_id>/setup/configure", wizard.configure, name="setup-configure"),
    path("jobs/<uuid:job_id>/setup/review", wizard.review, name="setup-review"),
    path("jobs/<uuid:job_id>/setup/remove", wizard.remove, name="setup-remove"),
    path("process", process.page, name="process"),
    path("process/remove", process.remove, name="process-remove"),
    path("process/start", process.start, name="process-start"),
    path("process/live", process.live, name="process-live"),
    path("process/cancel", process.cancel, name="process-cancel"),
    path("process/download", process.download, name="process-download"),
    path("process/start-over", process.start_over, name="process-start-over"),
]
