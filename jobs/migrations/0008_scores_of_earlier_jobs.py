from itertools import groupby
from operator import itemgetter

from django.db import migrations
from django.db.models import Count

JOBS_AT_ONCE = 500


def sum_up(apps, schema_editor):
    """Count the scores of the documents of all jobs; what jobs/scores.py keeps from then on."""
    Job = apps.get_model("jobs", "Job")
    JobDocument = apps.get_model("jobs", "JobDocument")
    counted = (
        JobDocument.objects.filter(status="COMPLETED")
        .order_by("job", "conversion_score")
        .values_list("job", "conversion_score")
        .annotate(count=Count("pk"))
    )
    changed = []
    for job_id, scores in groupby(counted.iterator(), key=itemgetter(0)):
        job = Job.objects.get(pk=job_id)
        for _, score, count in scores:
            job.score_sum += score * count
            job.score_bands[min(score // 10, 9)] += count
        thresholds = job.processing_options.get("quality_thresholds", {})
        least = thresholds.get("conversion_threshold", 0)
        job.is_low_quality = round(job.score_sum / sum(job.score_bands)) < least
        changed.append(job)
        if len(changed) == JOBS_AT_ONCE:
            _save(Job, changed)
            changed = []
    _save(Job, changed)


def _save(model, jobs):
    model.objects.bulk_update(jobs, ["score_sum", "score_bands", "is_low_quality"])


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0007_scores_of_jobs'),
    ]

    operations = [
        migrations.RunPython(sum_up, migrations.RunPython.noop),
    ]
