"""Forms: what is filled in and chosen, as a person sees it."""

from typing import TYPE_CHECKING

from .web_flow import Style
from .web_tree import HEADINGS, Node, inside, text_of

if TYPE_CHECKING:
    from .web_blocks import Walker

TICKED, UNTICKED = "☒ ", "☐ "
# Fields whose values people read; the others are buttons, or say nothing as text.
TEXT_FIELDS = frozenset(
    [
        "", "text", "search", "tel", "url", "email", "date", "month", "week", "time", "number",
        "datetime-local", "datetime",
    ]
)  # fmt: skip
OPENING = HEADINGS | {"dt", "summary"}
MAX_BUTTON = 40  # letters; longer ones are content


def form_input(walker: "Walker", node: Node, style: Style) -> None:
    kind = node.attrs.get("type", "").lower()
    if kind in {"checkbox", "radio"}:
        is_on = "checked" in node.attrs
        item = walker.flow.begins_item
        if item is not None and item.checked is None and kind == "checkbox":
            item.checked = is_on
        else:
            walker.flow.text(TICKED if is_on else UNTICKED, style)
    elif kind in TEXT_FIELDS:
        _value(walker, node.attrs.get("value", ""), style)


def form_select(walker: "Walker", node: Node, style: Style) -> None:
    """The chosen options; of a list that shows one, the first if none was chosen."""
    options = inside(node, {"option"})
    chosen = [option for option in options if "selected" in option.attrs]
    if "multiple" not in node.attrs:
        chosen = chosen[-1:] or options[:1]
    _value(walker, ", ".join(_option(option) for option in chosen), style)


def _option(node: Node) -> str:
    return " ".join((node.attrs.get("label") or text_of(node)).split())


def form_text(walker: "Walker", node: Node, style: Style) -> None:
    _value(walker, text_of(node).strip("\n"), style._replace(keeps=True))


def _value(walker: "Walker", text: str, style: Style) -> None:
    """What stands in a field, parted from the words beside it."""
    if text.strip():
        walker.flow.text(" ", style._replace(keeps=False))
        walker.flow.text(text, style)
        walker.flow.text(" ", style._replace(keeps=False))


def form_button(walker: "Walker", node: Node, style: Style) -> None:
    """Buttons do something and say nothing, but where they are the heading of what they open."""
    around = next((up for up in node.above() if up.tag in OPENING), None)
    is_heading = around is not None and 2 * node.letters >= around.letters
    if is_heading or node.letters > MAX_BUTTON or node.holds:
        walker.walk(node, style)
