"""Stand-in until the shared module comes."""

from lxml import etree


def to_latex(element: etree._Element) -> str:
    for e in element.iter():
        if str(e.tag).endswith("annotation"):
            e.text = ""
    return "".join(map(str, element.itertext())).strip()
