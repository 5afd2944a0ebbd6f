"""Examples for the OpenAPI schema: documents as one organization might have them.

Each stands under the name of its component; a test keeps them true to the schema.
"""

from typing import Any

DOCUMENT_ID = "0b5c6f3e-7f0e-4e0b-9d55-2f1a6c7f4a10"
JOB_ID = "6f9e2c1d-3b7a-4f53-8f0e-9a4d1b2c3d4e"
ROW_ID = "c2a7f1d0-58b6-4d7e-a3c9-6e1f0b9d8a77"
MARKDOWN = "# Quarterly report\n\nRevenue rose by 4 % in the third quarter.\n"
QUALITY = {
    "conversion_score": 96,
    "clarity": 9.2,
    "completeness": 9.6,
    "relevance": None,
    "markdown": 9.0,
}

_RESULT: dict[str, Any] = {
    "job_id": JOB_ID,
    "job_document_id": ROW_ID,
    "job_name": "Third quarter",
    "completed_at": "2026-03-02T09:14:11.302511Z",
    "engine": "pdf",
    "page_count": 12,
    "conversion_score": 96,
    "quality_scores": QUALITY,
    "is_rag_ready": True,
    "result_size": 18211,
}
_DOCUMENT: dict[str, Any] = {
    "id": DOCUMENT_ID,
    "filename": "quarterly-report.pdf",
    "path": "2026/Q1",
    "file_size": 482113,
    "media_type": "application/pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "page_count": 12,
    "source": "upload",
    "created_at": "2026-03-02T09:12:40.118204Z",
    "uploaded_by": "ada",
    "latest_result": _RESULT,
}
_SAME: dict[str, Any] = {
    "duplicate": True,
    "already_exists": False,
    "duplicate_of": "5d1f6a52-0c3e-4b0a-8a57-92f3a1f7c0de",
    "same_content": {
        "filename": "report-final.pdf",
        "path": "",
        "uploaded_at": "2025-11-12T15:02:10.430021Z",
        "latest_result": _RESULT,
    },
}
_NEW = _DOCUMENT | {"latest_result": None} | _SAME
_REJECTED = {
    "filename": "setup.exe",
    "path": "2026/Q1",
    "code": "unsupported_format",
    "detail": "“setup.exe” has no supported type.",
}
_FILE = {
    "document_id": DOCUMENT_ID,
    "path": "2026/Q1",
    "filename": "quarterly-report.pdf",
    "original_filename": "quarterly-report.pdf",
    "file_size": 482113,
    "upload_time": 1772442760,
    "file_path": "2026/Q1/quarterly-report.pdf",
}

EXAMPLES: dict[str, Any] = {
    "Document": _DOCUMENT,
    "DocumentPage": {
        "documents": [_DOCUMENT],
        "total": 1,
        "page": 1,
        "page_size": 50,
        "total_pages": 1,
        "next": None,
        "previous": None,
    },
    "Uploaded": {
        "document_id": DOCUMENT_ID,
        "filename": "quarterly-report.pdf",
        "path": "2026/Q1",
        "file_size": 482113,
        "upload_time": "2026-03-02T09:12:40.118204Z",
        **_SAME,
        "message": "File uploaded successfully",
    },
    "UploadResult": {"documents": [_NEW], "rejected": [_REJECTED]},
    "FileListing": {"files": [_FILE], "count": 1},
    "Pages": {
        "count": 2,
        "unit": "pt",
        "pages": [
            {"width": 595.28, "height": 841.89, "rotation": 0},
            {"width": 841.89, "height": 595.28, "rotation": 90},
        ],
        "outline": None,
    },
    "Content": {"content": MARKDOWN},
    "ContentChangeRequest": {"content": MARKDOWN},
    "Result": {
        "document_id": DOCUMENT_ID,
        "job_id": JOB_ID,
        "job_document_id": ROW_ID,
        "filename": "quarterly-report.pdf",
        "path": "2026/Q1",
        "status": "completed",
        "success": True,
        "message": "“quarterly-report.pdf” was converted.",
        "original_path": "quarterly-report.pdf",
        "markdown_path": "quarterly-report.md",
        "document_summary": None,
        "vector_optimized": True,
        "conversion_result": {
            "conversion_score": 96,
            "engine": "pdf",
            "page_count": 12,
            "ocr_page_count": 0,
            "warnings": [],
        },
        "llm_evaluation": {
            "clarity_score": 9.2,
            "completeness_score": 9.6,
            "relevance_score": None,
            "markdown_score": 9.0,
            "overall_feedback": "Nearly all text came through.",
            "pass_recommendation": "Pass",
        },
        "conversion_score": 96,
        "quality_scores": QUALITY,
        "pass_all_thresholds": True,
        "is_rag_ready": True,
        "processing_time": 1.82,
        "processed_at": "2026-03-02T09:14:11.302511Z",
        "thresholds_used": {"conversion_threshold": 70, "clarity_threshold": 7},
    },
    "SupportedFormats": {
        "supported_extensions": [".docx", ".pdf"],
        "max_file_size": 52428800,
        "formats": [
            {
                "name": "pdf",
                "label": "PDF",
                "media_type": "application/pdf",
                "extensions": [".pdf"],
            }
        ],
    },
    "BulkDownloadRequest": {
        "document_ids": [DOCUMENT_ID],
        "download_type": "rag_ready",
        "include_summary": True,
        "include_combined": False,
        "custom_filename": "third-quarter",
    },
}
