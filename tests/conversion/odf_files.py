"""OpenDocument files made in the tests, part by part."""

import zipfile
from pathlib import Path

from documents.conversion.readers.odp import read_presentation
from documents.conversion.readers.opendocument import read_text
from documents.conversion.readers.packages import Package

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    [
        *(
            f'xmlns:{prefix}="{OASIS}:{name}:1.0"'
            for prefix, name in {
                "office": "office", "text": "text", "table": "table", "style": "style",
                "draw": "drawing", "fo": "xsl-fo-compatible", "svg": "svg-compatible",
                "form": "form", "chart": "chart", "presentation": "presentation",
                "meta": "meta",
            }.items()
        ),
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"',
        'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"',
        'xmlns:math="http://www.w3.org/1998/Math/MathML"',
    ]
)  # fmt: skip


def part(root: str, markup: str) -> str:
    return f'<?xml version="1.0"?><office:{root} {NAMESPACES}>{markup}</office:{root}>'


def odf_file(
    path: Path, body: str, *, kind="text", automatic="", styles="", masters="", page_layouts="",
    meta="", parts=None,
) -> Path:  # fmt: skip
    """A file of that kind; `parts` are further parts by name, as XML or bytes."""
    content = (
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    common = (
        f"<office:styles>{styles}</office:styles>"
        f"<office:automatic-styles>{page_layouts}</office:automatic-styles>"
        f"<office:master-styles>{masters}</office:master-styles>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", part("document-content", content))
        archive.writestr("styles.xml", part("document-styles", common))
        if meta:
            about = f"<office:meta>{meta}</office:meta>"
            archive.writestr("meta.xml", part("document-meta", about))
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return path


def read_odt(path: Path, body: str, **parts):
    with Package.open(odf_file(path, body, **parts)) as package:
        return read_text(package)


def read_odp(path: Path, body: str, **parts):
    with Package.open(odf_file(path, body, kind="presentation", **parts)) as package:
        return read_presentation(package)


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int = 1, attributes: str = "") -> str:
    return f'<text:h text:outline-level="{level}" {attributes}>{text}</text:h>'


def items(*entries: str, style: str = "L1", attributes: str = "") -> str:
    """A list; each entry is what stands in its item."""
    inside = "".join(f"<text:list-item>{entry}</text:list-item>" for entry in entries)
    return f'<text:list text:style-name="{style}" {attributes}>{inside}</text:list>'


def level(number: int, format_: str, attributes: str = "") -> str:
    return (
        f'<text:list-level-style-number text:level="{number}" style:num-format="{format_}"'
        f" {attributes}/>"
    )


def list_style(*levels: str, name: str = "L1") -> str:
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def style(name: str, family="paragraph", parent="", properties="", **more: str) -> str:
    """A style; further attributes have __ for the colon and _ for the hyphen in their names."""
    named = {key.replace("__", ":").replace("_", "-"): value for key, value in more.items()}
    attributes = " ".join(f'{key}="{value}"' for key, value in named.items())
    parent = f'style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:name="{name}" style:family="{family}" {parent} {attributes}>'
        f"{properties}</style:style>"
    )


def characters(attributes: str) -> str:
    return f"<style:text-properties {attributes}/>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(content: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{content}</table:table-cell>"


def table(*rows: str) -> str:
    return f"<table:table>{''.join(rows)}</table:table>"
