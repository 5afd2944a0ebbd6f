"""Charts, drawn on the server as SVG: no script, no style attribute."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

HEIGHT = 40
_STEP, _WIDTH = 10, 7


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


def _heights(bars: Sequence[Any]) -> list[tuple[int, Any, float]]:
    """A day without anything keeps a hairline, so that the days can be counted."""
    return [
        (number, bar, 1.0 if bar.share is None else max(bar.share * HEIGHT, 2.0))
        for number, bar in enumerate(bars)
    ]
