"""The tables of jobs: the schema, its constraints, and the questions asked of it.

Cut by subject; everybody imports from here, as Django looks for models here.
"""

from jobs.file_passwords import FilePassword
from jobs.models.documents import (
    IN_STATE,
    NEVER_TRIED,
    NOT_REVIEWED,
    UNHELD,
    DocumentStatus,
    JobDocument,
    JobDocumentQuerySet,
    Review,
    Stage,
    result_name,
)
from jobs.models.job import (
    ACTIVE,
    NEEDS_ATTENTION,
    TERMINAL,
    Job,
    JobOrigin,
    JobQuerySet,
    JobStatus,
    Outcome,
    expiry,
)
from jobs.models.logs import JobLog, LogLevel
from jobs.models.versions import ResultVersion
from jobs.models.workers import Worker
from jobs.monitoring.measurements import Measurement

__all__ = [
    "ACTIVE",
    "IN_STATE",
    "NEEDS_ATTENTION",
    "NEVER_TRIED",
    "NOT_REVIEWED",
    "TERMINAL",
    "UNHELD",
    "DocumentStatus",
    "FilePassword",
    "Job",
    "JobDocument",
    "JobDocumentQuerySet",
    "JobLog",
    "JobOrigin",
    "JobQuerySet",
    "JobStatus",
    "LogLevel",
    "Measurement",
    "Outcome",
    "ResultVersion",
    "Review",
    "Stage",
    "Worker",
    "expiry",
    "result_name",
]
