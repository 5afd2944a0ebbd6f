"""Examples for the OpenAPI schema: one job, from its creation to its chunks.

Each stands under the name of its component; a test keeps them true to the schema.
"""

import json
from typing import Any

from documents.api.examples import DOCUMENT_ID, JOB_ID, MARKDOWN, QUALITY, ROW_ID
from orgsettings import options

_ORGANIZATION_ID = "3d9a1c52-6e0b-4b8f-8c11-0f2e7a6b5c4d"
_CREATED_AT, _QUEUED_AT = "2026-03-02T09:13:58.004117Z", "2026-03-02T09:13:58.011902Z"
_STARTED_AT, _COMPLETED_AT = "2026-03-02T09:13:58.530221Z", "2026-03-02T09:14:11.402733Z"

_QUEUED: dict[str, Any] = {
    "id": JOB_ID,
    "organization_id": _ORGANIZATION_ID,
    "user_id": 7,
    "name": "Third quarter",
    "description": "Reports for the board.",
    "status": "QUEUED",
    "outcome": None,
    "total_documents": 1,
    "completed_documents": 0,
    "failed_documents": 0,
    "cancelled_documents": 0,
    "progress_percent": 0,
    "review": {"accepted": 0, "excluded": 0, "none": 0},
    "error_message": None,
    "created_at": _CREATED_AT,
    "queued_at": _QUEUED_AT,
    "started_at": None,
    "completed_at": None,
    "cancelled_at": None,
    "expires_at": "2026-04-01T09:13:58.004117Z",
    "waiting_since": None,
    "waiting_position": None,
    "version": 3,
}
_COMPLETED = _QUEUED | {
    "status": "COMPLETED",
    "outcome": "success",
    "completed_documents": 1,
    "progress_percent": 100,
    "review": {"accepted": 1, "excluded": 0, "none": 0},
    "started_at": _STARTED_AT,
    "completed_at": _COMPLETED_AT,
    "version": 6,
}
_ROW: dict[str, Any] = {
    "id": ROW_ID,
    "document_id": DOCUMENT_ID,
    "filename": "quarterly-report.pdf",
    "path": "2026/Q1",
    "file_size": 482113,
    "media_type": "application/pdf",
    "status": "COMPLETED",
    "stage": None,
    "pages_done": None,
    "pages_total": None,
    "attempts": 1,
    "engine": "pdf",
    "page_count": 12,
    "ocr_page_count": 0,
    "conversion_score": 96,
    "quality_scores": QUALITY,
    "is_rag_ready": True,
    "is_reused": False,
    "warnings": [],
    "result_size": 18211,
    "options_override": {},
    "review": "accepted",
    "reviewed_by": "ada",
    "reviewed_at": "2026-03-02T10:40:12.090417Z",
    "error_code": None,
    "error_message": None,
    "error_hint": None,
    "created_at": _CREATED_AT,
    "started_at": _STARTED_AT,
    "completed_at": "2026-03-02T09:14:11.302511Z",
    "processing_time_seconds": 12.77,
}
_LOG: dict[str, Any] = {
    "id": 4711,
    "timestamp": "2026-03-02T09:14:11.302511Z",
    "level": "SUCCESS",
    "event": "document.completed",
    "message": "quarterly-report.pdf converted (score 96)",
    "document_id": DOCUMENT_ID,
    "job_document_id": ROW_ID,
    "metadata": {"conversion_score": 96, "engine": "pdf"},
}
_ACTIVITY = {
    "active_jobs": 1,
    "queued_jobs": 0,
    "total_jobs": 42,
    "completed_jobs": 38,
    "failed_jobs": 2,
    "cancelled_jobs": 1,
    "total_jobs_24h": 5,
    "total_jobs_7d": 19,
    "completed_jobs_24h": 4,
    "failed_jobs_24h": 0,
}


def _page(plural: str, row: dict[str, Any], size: int = 50) -> dict[str, Any]:
    numbers = {"total": 1, "page": 1, "page_size": size, "total_pages": 1}
    return {plural: [row], **numbers, "next": None, "previous": None}


EXAMPLES: dict[str, Any] = {
    "Job": _QUEUED,
    "JobPage": _page("jobs", _COMPLETED),
    "JobDetail": _COMPLETED
    | {
        "document_counts": {
            "waiting": 0,
            "converting": 0,
            "ocr": 0,
            "scoring": 0,
            "completed": 1,
            "failed": 0,
            "cancelled": 0,
        },
        "processing_options": options.defaults(),
        "estimate": None,
        "results_summary": {
            "rag_ready_documents": 1,
            "average_conversion_score": 96.0,
            "pages": 12,
            "processing_time_seconds": 12.77,
            "result_bytes": 18211,
            "reused_documents": 0,
        },
        "cancellation": None,
        "documents": [_ROW],
        "recent_logs": [_LOG],
    },
    "JobDocument": _ROW,
    "JobDocumentPage": _page("documents", _ROW),
    "JobLogPage": _page("logs", _LOG, 100),
    "Version": {
        "number": 2,
        "made_at": "2026-03-03T08:02:44.907115Z",
        "made_by": "ada",
        "conversion_score": 97,
        "result_size": 18240,
        "result_sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "is_current": True,
    },
    "CancelReceipt": {
        "job_id": JOB_ID,
        "status": "CANCELLED",
        "tasks_revoked": 1,
        "tasks_verified_stopped": 1,
        "verification_timeout": False,
        "cancelled_at": "2026-03-02T09:14:03.771240Z",
        "requested_at": "2026-03-02T09:14:03.120015Z",
        "message": "The job was cancelled. Documents not converted: 1; results kept: 0.",
    },
    "UserStatistics": _ACTIVITY | {"user_id": 7},
    "OrganizationStatistics": _ACTIVITY
    | {
        "organization_id": _ORGANIZATION_ID,
        "concurrency_limit": 3,
        "total_jobs_30d": 42,
        "total_documents_processed": 1893,
        "avg_processing_time_minutes": 2.4,
        "success_rate_7d": 0.95,
        "storage_usage_bytes": 734003200,
        "storage_limit_bytes": 5368709120,
    },
    "JobCreateRequest": {
        "document_ids": [DOCUMENT_ID],
        "name": "Third quarter",
        "description": "Reports for the board.",
        "options": {"ocr_settings": {"language": "eng+deu"}, "auto_optimize": True},
        "preset": "scans",
        "start_immediately": True,
        "when_full": "queue",
    },
    "JobStartRequest": {"when_full": "queue"},
    "PatchedJobRenameRequest": {"name": "Third quarter, final", "description": ""},
    "PatchedReviewRequest": {"review": "accepted"},
    "JobRetryRequest": {
        "document_ids": [DOCUMENT_ID],
        "options": {"processing_settings": {"timeout_seconds": 1800}},
        "password": "open sesame",
    },
    "JobReplaceRequest": {"document_id": DOCUMENT_ID},
    "ProcessingOptionsRequest": {"quality_thresholds": {"conversion_threshold": 80}},
    "BatchProcessRequest": {"document_ids": [DOCUMENT_ID], "options": {"auto_optimize": False}},
    "ProcessStarted": {
        "job_id": JOB_ID,
        "document_id": DOCUMENT_ID,
        "status": "queued",
        "enqueued_at": _QUEUED_AT,
    },
    "BatchStarted": {
        "batch_id": JOB_ID,
        "jobs": [{"document_id": DOCUMENT_ID, "job_id": JOB_ID, "status": "queued"}],
        "conflicts": [
            {
                "document_id": "11111111-2222-4333-8444-555555555555",
                "error": "Document not found",
            }
        ],
        "total": 1,
    },
}

EXAMPLES["DocumentAsData"] = {
    "schema": "urn:curatore:document:1",
    "original": {
        "filename": "quarterly-report.pdf",
        "media_type": "application/pdf",
        "sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    },
    "made_from": "original",
    "language": None,
    "title": "Quarterly report",
    "warnings": [],
    "pages": [{"number": 1, "width": 595.0, "height": 842.0}],
    "blocks": [
        {
            "kind": "heading",
            "spans": [{"text": "Quarterly report"}],
            "page": 1,
            "box": [72.0, 71.6, 301.4, 95.2],
        },
        {
            "kind": "paragraph",
            "spans": [{"text": "Revenue rose by "}, {"text": "4 %", "bold": True}],
            "page": 1,
            "box": [72.0, 110.0, 523.1, 138.5],
        },
    ],
}
_CHUNK = {
    "id": "8f3c1e7a-5d20-5b64-9c1f-4a7be2d09f13",
    "job_id": JOB_ID,
    "job_document_id": ROW_ID,
    "document_id": DOCUMENT_ID,
    "filename": "quarterly-report.pdf",
    "path": "2026/Q1",
    "conversion_score": 96,
    "is_rag_ready": True,
    "index": 0,
    "page": 1,
    "last_page": 1,
    "boxes": [{"page": 1, "box": [72.0, 110.0, 523.1, 138.5]}],
    "headings": ["Quarterly report"],
    "text": "Revenue rose by 4 % in the third quarter.",
    "token_count": 10,
}
# Answers that are no JSON document, by operation and media type; archives speak for themselves.
TEXTS: dict[tuple[str, str], Any] = {
    ("jobs_logs", "text/plain"): (f"{_LOG['timestamp']} {_LOG['level']:<7} {_LOG['message']}\n"),
    ("jobs_logs", "application/x-ndjson"): json.dumps(_LOG) + "\n",
    ("jobs_chunks", "application/x-ndjson"): json.dumps(_CHUNK) + "\n",
    ("jobs_documents_content", "text/markdown"): MARKDOWN,
    ("jobs_documents_export", "text/markdown"): MARKDOWN,
    ("documents_export", "text/markdown"): MARKDOWN,
    ("document_schema", "application/schema+json"): {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:curatore:document:1",
    },
    ("documents_download", "text/markdown"): MARKDOWN,
}
