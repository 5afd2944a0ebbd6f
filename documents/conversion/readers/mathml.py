"""Formulas of OpenDocument files: MathML in parts of XML, as LaTeX."""

from lxml import etree

from .elements import name_of

MAX_DEPTH = 60  # elements in each other; what lies deeper is taken as text
MOST_ELEMENTS = 20_000


def to_latex(formula: etree._Element) -> str:
    """A `math:math` element as LaTeX, without dollar signs."""
    # The converter of web pages reads it, which is heavy to load for files without formulas.
    from .math_latex import latex
    from .web_tree import Node

    root = Node(name_of(formula), _attributes(formula))
    waiting = [(formula, root, 0)]
    count = 0
    while waiting and count < MOST_ELEMENTS:
        element, node, depth = waiting.pop()
        count += 1
        if element.text:
            node.children.append(element.text)
        for child in element:
            name = name_of(child)
            below = Node(name if depth < MAX_DEPTH else "mtext", _attributes(child), parent=node)
            node.children.append(below)
            if name and depth < MAX_DEPTH:
                waiting.append((child, below, depth + 1))
            else:
                below.children.append("".join(map(str, child.itertext())))
            if child.tail:
                node.children.append(child.tail)
    return latex(root)


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}
