"""Small pieces that every page is made of. Loaded for all templates (settings, "builtins")."""

import re
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curatore.core.shortening import halves

register = template.Library()

_WORD = re.compile(r"\w+")

# Status of a job or document -> icon. The word stands beside it: color never speaks alone.
_STATUS_ICONS = {
    "PENDING": "clock",
    "QUEUED": "hourglass",
    "RUNNING": "loader-circle",
    "COMPLETED": "circle-check",
    "FAILED": "circle-x",
    "CANCELLED": "ban",
    "PARTIAL": "circle-alert",
    "CANCELLING": "circle-stop",
    "WAITING": "hourglass",
}


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A symbol of static/vendor/lucide/icons.svg; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/lucide/icons.svg"),
        name,
    )


@register.simple_tag
def job_badge(job: Any) -> SafeString:
    """The status of a job; one with failures, being cancelled or waiting for a place says so."""
    if job.is_draft and job.is_in_line:
        return _badge("WAITING", _("Waiting"))
    if job.is_cancelling:
        return _badge("CANCELLING", _("Cancelling"))
    if job.outcome == "partial":
        missing = job.failed_documents or job.cancelled_documents
        words = _("Completed, %d failed") if job.failed_documents else _("Completed, %d cancelled")
        return _badge("PARTIAL", words % missing)
    word = _("Draft") if job.is_draft else job.get_status_display()
    return _badge(job.status, word)


@register.simple_tag
def document_badge(row: Any) -> SafeString:
    return _badge(row.state, row.state.label)


@register.simple_tag
def stage(row: Any) -> str:
    """What is done with a running document: “OCR, page 12 of 40”."""
    word = _(row.get_stage_display())  # as jobs.partition.stages calls it
    if row.page_at_work is None:
        return word
    values = {"stage": word, "page": row.page_at_work, "total": row.pages_total}
    return _("%(stage)s, page %(page)d of %(total)d") % values


def _badge(status: str, word: str) -> SafeString:
    return format_html(
        '<span class="badge badge-{}">{}{}</span>',
        status.lower(),
        icon(_STATUS_ICONS[status]),
        word,
    )


@register.simple_tag
def score(value: float | None, threshold: float) -> SafeString:
    """A score out of 100, green from the threshold on; a dash where there is none."""
    if value is None:
        return format_html('<span class="muted">{}</span>', "–")
    shown = round(value)
    level = "good" if shown >= threshold else "low"
    meaning = _("meets the threshold") if level == "good" else _("below the threshold")
    return format_html(
        '<span class="score score-{}" title="{} / 100, {} ({})">{}'
        '<span class="visually-hidden"> / 100, {}</span></span>',
        level, shown, meaning, f"{threshold:g}", shown, meaning,
    )  # fmt: skip


@register.simple_tag
def rag_ready(row: Any) -> SafeString:
    """Whether the result of a document meets all thresholds; a dash where there is no result."""
    if not row.is_completed:
        return format_html('<span class="muted">{}</span>', "–")
    if row.is_rag_ready:
        sign = icon("check", "icon-small")
        return format_html('<span class="text-success">{}{}</span>', sign, _("Yes"))
    return format_html('<span class="text-warning">{}</span>', _("No"))


@register.simple_tag
def review_badge(row: Any) -> SafeString:
    """What somebody decided about the result of a document; nothing while nobody has."""
    if row.review == "none":
        return SafeString("")
    who = row.reviewed_by.username if row.reviewed_by else _("someone who left")
    return format_html(
        '<span class="verdict verdict-{}" title="{}">{}{}</span>',
        row.review,
        _("By %(who)s on %(day)s") % {"who": who, "day": date_format(row.reviewed_at, "j M Y")},
        icon("circle-check" if row.review == "accepted" else "ban", "icon-small"),
        _(row.get_review_display()),
    )


@register.simple_tag
def moment(value: datetime | None, style: str = "relative") -> SafeString:
    """A time that the browser shows as local; without JavaScript it reads as UTC.

    `style` is "relative" (“5 min ago”), "absolute" or "date".
    """
    if value is None:
        return format_html('<span class="muted">{}</span>', "–")
    utc = timezone.localtime(value)
    shown = date_format(utc, "j M Y" if style == "date" else "j M Y, H:i \\U\\T\\C")
    return format_html(
        '<time datetime="{}" data-time="{}" title="{}">{}</time>',
        utc.isoformat(), style, date_format(utc, "Y-m-d H:i:s") + " UTC", shown,
    )  # fmt: skip


@register.simple_tag
def running_since(value: datetime) -> SafeString:
    """How long ago `value` was; the browser counts on."""
    passed = timezone.now() - value
    return format_html(
        '<span data-since="{}">{}</span>', value.isoformat(), duration(passed.total_seconds())
    )


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """“0.4 s”, “42 s”, “3 min 05 s”, “2 h 07 min”, “3 d 4 h”; a dash for None."""
    if seconds is None:
        return "–"
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    total = max(total, 0)
    if total < 10:
        return f"{total:.1f} s"
    whole = round(total)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


@register.filter
def time_range(remaining: Any) -> str:
    """“20–40 s”, “6–8 min”, “2–3 h”: no more exact than an estimate is."""
    unit, size, step = "h", 3600, 1
    if remaining.longest <= 90:
        unit, size, step = "s", 1, 10
    elif remaining.longest <= 5400:
        unit, size = "min", 60
    shortest = max(floor(remaining.shortest / size / step) * step, step)
    longest = max(ceil(remaining.longest / size / step) * step, step)
    return f"{longest} {unit}" if shortest == longest else f"{shortest}–{longest} {unit}"


@register.filter
def roughly(remaining: Any) -> str:
    """The middle of a range of seconds in words, to follow “about”: “3 minutes”."""
    seconds = (remaining.shortest + remaining.longest) / 2
    if seconds < 90:
        count = max(round(seconds, -1), 10)
        return ngettext("%d second", "%d seconds", count) % count
    if seconds < 5400:
        count = round(seconds / 60)
        return ngettext("%d minute", "%d minutes", count) % count
    count = round(seconds / 3600)
    return ngettext("%d hour", "%d hours", count) % count


@register.filter
def capped(count: int, most: int) -> str:
    """A count that stopped at one more than `most`: “10,000+”."""
    return f"{most:,}+" if count > most else f"{count:,}"


@register.filter
def took(job: Any) -> timedelta | None:
    """How long an ended job ran; None if it never did."""
    if job.started_at is None or job.ended_at is None:
        return None
    return job.ended_at - job.started_at


@register.filter
def days_until(value: datetime) -> int:
    """Whole days from now, never negative."""
    return max((value - timezone.now()).days, 0)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value of a key that is only known in the template."""
    return mapping.get(key)


@register.simple_tag
def file_name(document: Any) -> SafeString:
    """The name of a document, or of one in a job, behind the folder that it comes from."""
    return _file_name(document, document.filename)


@register.simple_tag
def short_file_name(document: Any) -> SafeString:
    """The same for tables: a long name is shortened in the middle where there is no room."""
    return _file_name(document, shortened(document.filename))


def _file_name(document: Any, name: str) -> SafeString:
    if not document.path:
        return format_html("{}", name)
    return format_html('<span class="file-folder">{}/</span><wbr>{}', document.path, name)


@register.simple_tag
def shortened(name: str) -> SafeString:
    """A name that loses its middle if there is no room; whole for screen readers and on hover."""
    start, end = halves(name)
    if not end:
        return format_html("{}", name)
    return format_html(
        '<span class="shortened" dir="auto" title="{}"><span class="visually-hidden">{}</span>'
        '<span class="shortened-start" aria-hidden="true">{}</span>'
        '<span class="shortened-end" aria-hidden="true">{}</span></span>',
        name, name, start, end,
    )  # fmt: skip


@register.filter
def marked(text: str, words: str) -> SafeString:
    """`text` with every occurrence of `words`, in any case, marked as found."""
    return _marked(text, re.escape(words))


@register.filter
def marked_words(text: str, search: str) -> SafeString:
    """`text` with every word of `search`, in any case, marked as found."""
    words = "|".join(map(re.escape, dict.fromkeys(_WORD.findall(search))))
    return _marked(text, rf"\b(?:{words})\b" if words else "")


def _marked(text: str, pattern: str) -> SafeString:
    if not pattern:
        return format_html("{}", text)
    # A pattern with a group splits into what is between the hits, a hit, what is between ...
    pieces = re.compile(f"({pattern})", re.IGNORECASE).split(text)
    return format_html_join(
        "", "{}{}", ((piece, format_html("<mark>{}</mark>", hit) if hit else "")
                     for piece, hit in zip(pieces[::2], [*pieces[1::2], ""], strict=True))
    )  # fmt: skip


@register.filter
def spaced(name: str) -> str:
    """A name of the program as words: “error_code” is “error code”."""
    return name.replace("_", " ")


@register.filter
def part_name(name: str) -> str:
    """A part of a score in words: “text_coverage” is “text coverage”."""
    return spaced(name).replace("ocr", "OCR").replace("markdown", "Markdown")


@register.simple_tag
def progress_bar(job: Any, label: str, running: int = 0) -> SafeString:
    """One bar of all documents: what is done from the left, what was cancelled from the right.

    Next to what is done stands what runs; the gap waits. Drawn as SVG, since widths in style
    attributes are forbidden by the content security policy.
    """
    total = max(job.total_documents, 1)
    counts = {
        "completed": job.completed_documents,
        "failed": job.failed_documents,
        "running": running,
        "cancelled": job.cancelled_documents,
    }
    widths = {kind: 100 * documents / total for kind, documents in counts.items()}
    start, parts = 0.0, []
    for kind, width in widths.items():
        start = 100 - width if kind == "cancelled" else start
        if width:
            parts.append((kind, f"{start:.3f}", f"{width:.3f}"))
        start += width
    return format_html(
        '<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="progressbar"'
        ' aria-valuemin="0" aria-valuemax="100" aria-valuenow="{}" aria-label="{}">{}</svg>',
        job.progress_percent,
        label,
        format_html_join("", '<rect class="bar-{}" x="{}" width="{}" height="1"/>', parts),
    )


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The numbers to show around the current page; None stands for a gap."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in elided]
