"""Small Word files made of the XML that a test is about."""

import zipfile
from pathlib import Path

SPACES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    }.items()
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word_file(
    path: Path,
    body: str,
    relations: dict[str, str] | None = None,
    whole: dict[str, str] | None = None,
    **parts: str,
) -> Path:
    """A DOCX whose body is `body`; `parts` are the insides of styles, numbering, footnotes ...

    `relations` are targets by their ids; those with a colon are outside the file. `whole` are parts
    as they stand, by their names.
    """
    links = "".join(_relation(*pair) for pair in (relations or {}).items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", _relations(
            f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        ))  # fmt: skip
        archive.writestr("word/_rels/document.xml.rels", _relations(links))
        archive.writestr(
            "word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
        )
        for name, inside in (whole or {}).items():
            archive.writestr(f"word/{name}", inside)
        for name, inside in parts.items():
            root = {"header1": "hdr", "footer1": "ftr"}.get(name, name)
            archive.writestr(f"word/{name}.xml", f"<w:{root} {SPACES}>{inside}</w:{root}>")
    return path


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _relation(key: str, target: str) -> str:
    mode = ' TargetMode="External"' if ":" in target else ""
    return f'<Relationship Id="{key}" Type="{OFFICE}/any" Target="{target}"{mode}/>'


def _relations(inside: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inside}</Relationships>'
