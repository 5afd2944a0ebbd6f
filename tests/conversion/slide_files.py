"""Presentations made in the tests: by python-pptx, with XML of our own where it has no words."""

import zipfile
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.util import Pt

from documents.conversion.readers.packages import Package
from documents.conversion.readers.slides import read_powerpoint

TITLE, TITLE_AND_CONTENT, COMPARISON, TITLE_ONLY, BLANK = 0, 1, 4, 5, 6
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def presentation():
    """An empty presentation of 720 by 540 points."""
    return Presentation()


def add_slide(slides, layout=BLANK):
    return slides.slides.add_slide(slides.slide_layouts[layout])


def add_text(holder, text, left, top, width=200, height=40):
    """A text box on a slide or in a group; its paragraphs are the lines of `text`."""
    box = holder.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(height))
    box.text_frame.text = text
    return box


def add_xml(shape_tree, markup):
    """Add what `markup` says to an element; it may use the usual prefixes."""
    element = etree.fromstring(markup.replace(">", f" {NAMESPACES}>", 1))
    shape_tree.append(element)
    return element


def read_slides(slides, path: Path):
    slides.save(str(path))
    return read_file(path).document


def read_file(path: Path):
    with Package.open(path) as package:
        return read_powerpoint(package)


def add_parts(path: Path, **parts: str) -> None:
    """Add parts to the file; their names have __ for / and _ for . before the ending."""
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
