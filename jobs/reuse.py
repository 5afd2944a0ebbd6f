"""Earlier results for documents with the same bytes, instead of converting those once more.

A result fits if a job of the same organization made it of a file of the same kind (as its name
says) by the same recipe: the same version of the converter with the same options. Results that
somebody left out of exports do not fit, nor do those of files that were opened by a password:
whoever brings the same bytes may not know it. What was mended of a result since is taken along.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from documents.conversion import Conversion, ConversionOptions, Quality
from documents.conversion.recipes import recipe
from jobs import results
from jobs.models import Job, JobDocument, Review
from jobs.results import ResultMissing
from orgsettings.options import ProcessingOptions

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reused:
    """An earlier result as if it had been converted this moment."""

    source: JobDocument
    conversion: Conversion


def recipe_of(options: ProcessingOptions) -> str:
    """Args: options: those of a job, with what one document alone has of them."""
    return recipe(ConversionOptions.from_processing_options(options.as_dict()))


def reusable(draft: Job) -> QuerySet[JobDocument]:
    """The documents of `draft` that have an earlier result that fits, by its options of now."""
    fitting = _fitting(
        draft, draft.options, OuterRef("document__stored"), OuterRef("document__media_type")
    )
    return JobDocument.objects.filter(Exists(fitting), job=draft).order_by()


def find(job: Job, row: JobDocument, options: ProcessingOptions) -> Reused | None:
    """The newest result that fits `row`, read from the storage; None if there is none.

    None also if `job` is to convert everything anew, or if the file cannot be read.
    """
    if not job.reuse_results or row.document is None:
        return None
    fitting = _fitting(job, options, row.document.stored_id, row.document.media_type)
    earlier = fitting.exclude(pk=row.pk).order_by("-completed_at", "-pk").first()
    if earlier is None:
        return None
    try:
        return Reused(earlier, _conversion(earlier, results.read(earlier)))
    except ResultMissing:
        return None
    except OSError:
        logger.exception("The result of document %s cannot be read to be reused.", earlier.pk)
        return None


def _fitting(
    job: Job, options: ProcessingOptions, stored: Any, media_type: Any
) -> QuerySet[JobDocument]:
    """Results that fit; Args: stored, media_type: of the document, or of that of an outer query."""
    rows = JobDocument.objects.completed().filter(
        job__organization=job.organization_id,
        document__stored=stored,
        document__media_type=media_type,
        recipe=recipe_of(options),
    )
    return rows.exclude(review=Review.EXCLUDED).order_by()


def _conversion(row: JobDocument, markdown: str) -> Conversion:
    scores: dict[str, Any] = row.quality_scores or {"conversion_score": row.conversion_score}
    return Conversion(
        markdown=markdown,
        engine=row.engine,
        media_type=row.media_type,
        page_count=row.page_count,
        ocr_page_count=row.ocr_page_count,
        quality=Quality.from_dict(scores),
        warnings=tuple(row.warnings),
        source_words=results.source_words_of(row),
        document=results.packed_document_of(row),
    )
