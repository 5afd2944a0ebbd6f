"""What is embedded in OpenDocument files: formulas, charts, pictures and form controls."""

from collections import Counter
from collections.abc import Iterable

from lxml import etree

from ..document import Block, Cell, Picture, Span, Table
from .elements import name_of
from .mathml import to_latex
from .odf_names import CHART, DRAW, FORM, MATHML, OFFICE, SVG, TABLE, TEXT, TRUE, XLINK, XML
from .packages import Package
from .spans import joined

MOST_CELLS = 100_000
FILE_NAME = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg")
CHECKED = frozenset({"checked", TRUE})
FIELDS = frozenset({
    "text", "textarea", "formatted-text", "number", "date", "time", "combobox", "file",
})  # fmt: skip


class Objects:
    """The objects of one file; `pictures` are those met so far, by the names of their parts."""

    def __init__(self, package: Package, root: etree._Element, counts: Counter[str]) -> None:
        self._package, self._counts = package, counts
        self._controls = {
            element.get(f"{XML}id") or element.get(f"{FORM}id") or "": element
            for forms in root.iter(f"{OFFICE}forms")
            for element in forms.iter()
            if isinstance(element.tag, str) and element.tag.startswith(FORM)
        }
        self.pictures: list[str] = []

    def inline(self, frame: etree._Element) -> Span | None:
        """What stands in a line as if it were text: a formula, or the state of a control."""
        if name_of(frame) == "control":
            words = self._control(frame)
            return Span(words) if words else None
        latex = self.formula(frame)
        return Span(latex, formula=True) if latex else None

    def formula(self, frame: etree._Element) -> str | None:
        """The LaTeX of a frame that holds a formula."""
        root = self._object(frame)
        if root is None or root.tag != f"{MATHML}math":
            return None
        return to_latex(root) or None

    def blocks(self, frame: etree._Element) -> list[Block]:
        """The chart in a frame, or the description of what else is in it."""
        root = self._object(frame)
        chart = next(root.iter(f"{CHART}chart"), None) if root is not None else None
        if chart is not None and (table := _chart_table(chart)) is not None:
            return [table]
        if frame.find(f"{DRAW}object") is not None or frame.find(f"{DRAW}object-ole") is not None:
            self._counts["embedded objects"] += 1
        elif (image := frame.find(f"{DRAW}image")) is not None:
            target = image.get(f"{XLINK}href", "").removeprefix("./")
            if target in self._package.names and target not in self.pictures:
                self.pictures.append(target)
        return described(frame)

    def _object(self, frame: etree._Element) -> etree._Element | None:
        """The root of what a frame embeds: in a part of its own, or in the frame itself."""
        held = frame.find(f"{DRAW}object")
        if held is None:
            return None
        for child in held:
            if name_of(child) in {"math", "document"}:
                return child
        target = held.get(f"{XLINK}href", "").removeprefix("./").strip("/")
        return self._package.tree(f"{target}/content.xml") if target else None

    def _control(self, frame: etree._Element) -> str:
        """A control as it shows itself: its box and label, or what was entered or chosen."""
        control = self._controls.get(frame.get(f"{DRAW}control", ""))
        if control is None:
            return ""
        kind, label = name_of(control), control.get(f"{FORM}label", "")
        if kind == "checkbox":
            return f"{'☑' if _state(control, 'state') in CHECKED else '☐'} {label}"
        if kind == "radio":
            return f"{'◉' if _state(control, 'selected') in CHECKED else '○'} {label}"
        if kind == "listbox":
            chosen = (o for o in control if _state(o, "selected") in CHECKED)
            return ", ".join(o.get(f"{FORM}label") or o.get(f"{FORM}value") or "" for o in chosen)
        return _state(control, "value") if kind in FIELDS else label


def _state(control: etree._Element, name: str) -> str:
    """What a control holds now, or else in the beginning."""
    return control.get(f"{FORM}current-{name}") or control.get(FORM + name) or ""


def described(frame: etree._Element) -> list[Block]:
    """A picture that somebody has described."""
    texts = (frame.findtext(SVG + name) or "" for name in ("desc", "title"))
    words = next((" ".join(text.split()) for text in texts if text.strip()), "")
    # Some programs describe a picture by the name of its file.
    if not words or words.lower().endswith(FILE_NAME):
        return []
    return [Picture(description=words)]


def _chart_table(chart: etree._Element) -> Table | None:
    """The table that a chart is drawn from, with its title as caption."""
    table = chart.find(f"{TABLE}table")
    rows: list[list[Cell]] = []
    count = 0
    for row in table.iter(f"{TABLE}table-row") if table is not None else ():
        cells = [Cell([Span(_text(cell))]) for cell in row.iterchildren(f"{TABLE}table-cell")]
        count += len(cells)
        if count > MOST_CELLS:
            break
        rows.append(cells)
    if not any(span.text for row in rows for cell in row for span in cell.spans):
        return None
    title = chart.find(f"{CHART}title")
    return Table(rows, caption=joined([Span(_text(title))]) if title is not None else [])


def _text(element: etree._Element) -> str:
    paragraphs: Iterable[etree._Element] = element.iterchildren(f"{TEXT}p")
    text = " ".join("".join(map(str, paragraph.itertext())) for paragraph in paragraphs)
    # Charts without a value in one place of a series keep "NaN" there.
    return "" if text == "NaN" else text or element.get(f"{OFFICE}value", "")
