"""Charts, drawn on the server as SVG: no script, no style attribute."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

HEIGHT = 40
_STEP, _WIDTH = 10, 7
_SMALL = 20  # height of a chart in a row


@register.simple_tag
def bar_chart(bars: Sequence[Any]) -> SafeString:
    """One bar for each of `bars` (`share` of the height or None, `day`, `text`).

    Hidden from screen readers: the page gives them the same as a table.
    """
    shapes = format_html_join(
        "",
        '<rect class="chart-{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        (
            (
                "none" if bar.share is None else "bar",
                number * _STEP,
                f"{HEIGHT - height:.2f}",
                _WIDTH,
                f"{height:.2f}",
                bar.day,
                bar.text,
            )
            for number, bar, height in _heights(bars)
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        len(bars) * _STEP - (_STEP - _WIDTH),
        HEIGHT,
        shapes,
    )


@register.simple_tag
def score_bands(bands: Sequence[int], threshold: float) -> SafeString:
    """How many documents have which conversion score: a small bar for each band of `bands`.

    The bands part 0 to 100 evenly; those wholly below `threshold` are marked.
    """
    width, tallest = 100 / len(bands), max(*bands, 1)
    shapes, words = [], []
    for number, count in enumerate(bands):
        first = round(number * width)
        last = 100 if number == len(bands) - 1 else round((number + 1) * width) - 1
        height = max(_SMALL * count / tallest, 2.0) if count else 0.5
        kind = "none" if not count else "low" if last < threshold else "good"
        shapes.append((kind, number * _STEP, f"{_SMALL - height:.2f}", _WIDTH, f"{height:.2f}"))
        if count:
            words.append(f"{first}–{last}: {count}")
    bar = '<rect class="band-{}" x="{}" y="{}" width="{}" height="{}"/>'
    label = _("Documents by score: %s") % ", ".join(words)
    return format_html(
        '<svg class="bands" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><title>{}</title>{}</svg>',
        len(bands) * _STEP - (_STEP - _WIDTH),
        _SMALL,
        label,
        label,
        format_html_join("", bar, shapes),
    )


@register.simple_tag
def quality_ring(mean: float, threshold: float) -> SafeString:
    """A mean score of 100 as a ring, with a mark where the threshold is."""
    level = "good" if mean >= threshold else "low"
    # A circumference of 100 makes the length of the arc the score itself.
    return format_html(
        '<svg class="ring ring-{}" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
        '<circle class="ring-track" cx="20" cy="20" r="15.9155" pathLength="100"/>'
        '<circle class="ring-value" cx="20" cy="20" r="15.9155" pathLength="100"'
        ' stroke-dasharray="{} 100"/>'
        '<line class="ring-mark" x1="20" y1="1" x2="20" y2="7" transform="rotate({} 20 20)"/>'
        '<text x="20" y="24.5">{}</text></svg>',
        level,
        f"{mean:.1f}",
        f"{threshold * 3.6:.1f}",
        round(mean),
    )


def _heights(bars: Sequence[Any]) -> list[tuple[int, Any, float]]:
    """A day without anything keeps a hairline, so that the days can be counted."""
    return [
        (number, bar, 1.0 if bar.share is None else max(bar.share * HEIGHT, 2.0))
        for number, bar in enumerate(bars)
    ]
