"""Workbooks built for tests, and what the reader makes of them."""

import zipfile

from documents.conversion import ConversionOptions
from documents.conversion.document import Heading, Paragraph, Table, plain
from documents.conversion.formats import claimed_by
from documents.conversion.readers import delimited, sheets
from documents.conversion.writer import to_markdown

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
PREFIXES = {
    "office": f"{OASIS}:office:1.0",
    "table": f"{OASIS}:table:1.0",
    "text": f"{OASIS}:text:1.0",
    "style": f"{OASIS}:style:1.0",
    "fo": f"{OASIS}:xsl-fo-compatible:1.0",
    "draw": f"{OASIS}:drawing:1.0",
    "chart": f"{OASIS}:chart:1.0",
    "number": f"{OASIS}:datastyle:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ODS_NAMES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())


def reading(path):
    """What the reader of its format finds in the file at `path`."""
    name = claimed_by(path.name).name
    module = delimited if name in {"csv", "tsv"} else sheets
    return module.read(path, path.name, ConversionOptions(), lambda *told: None, format_name=name)


def document(path):
    return reading(path).document


def markdown(path):
    return to_markdown(document(path))


def tables(path):
    """The texts of all tables, row by row."""
    return [texts(block) for block in document(path).body() if isinstance(block, Table)]


def texts(table):
    return [[plain(cell.spans) for cell in row] for row in table.rows]


def lines(path):
    """The texts of headings and paragraphs."""
    blocks = document(path).body()
    return [plain(block.spans) for block in blocks if isinstance(block, (Heading, Paragraph))]


def write_xlsx(path, rows, *, before="", after="", styles="", strings="", workbook="", drawing=""):
    """An XLSX of one sheet, from the XML of its rows and of what else there is in its parts."""
    parts = {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{workbook}<sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="worksheets/sheet1.xml", styles="styles.xml", sharedStrings="strings.xml"
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATED}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
        "xl/worksheets/_rels/sheet1.xml.rels": relations(drawing="../drawings/drawing1.xml"),
        "xl/drawings/drawing1.xml": f'<xdr:wsDr xmlns:xdr="{DRAWN}" xmlns:a="{DRAWING}" '
        f'xmlns:mc="{COMPATIBLE}">{drawing}</xdr:wsDr>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    write_zip(path, parts)


def relations(**targets):
    entries = "".join(
        f'<Relationship Id="{kind}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{RELATIONS}">{entries}</Relationships>'


def write_ods(path, tables, *, styles="", **parts):
    """An ODS from the XML of its tables and automatic styles."""
    content = (
        f"<office:document-content {ODS_NAMES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    write_zip(path, {"mimetype": mimetype, "content.xml": content, **parts})


def write_zip(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
