"""Tables of PDFs by the layout engine alone, as Markdown that a script of truths can judge.

python -m benchmarks.tables FOLDER_OF_PDFS FOLDER_OF_MARKDOWN
"""

import argparse
import re
import sys
import time
from pathlib import Path

import pypdfium2

from documents.conversion.document import Span, Table
from documents.conversion.layout.lines import text_of
from documents.conversion.layout.page import TextRegion
from documents.conversion.layout.regions import regions
from documents.conversion.readers.pdf_words import open_forms, source_page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdfs", type=Path)
    parser.add_argument("markdown", type=Path)
    options = parser.parse_args()
    options.markdown.mkdir(parents=True, exist_ok=True)
    pages, reading, laying_out = 0, 0.0, 0.0
    for path in sorted(options.pdfs.glob("*.pdf")):
        document = pypdfium2.PdfDocument(path)
        open_forms(document)
        blocks = []
        for number in range(1, len(document) + 1):
            begin = time.perf_counter()
            page = source_page(document, number)
            middle = time.perf_counter()
            blocks += [_markdown(region) for region in regions(page)]
            laying_out += time.perf_counter() - middle
            reading += middle - begin
            pages += 1
        (options.markdown / f"{path.name}.md").write_text("\n\n".join(blocks) + "\n")
    each = 1000 / max(1, pages)
    sys.stdout.write(
        f"{pages} pages; a page: words {reading * each:.1f} ms, layout {laying_out * each:.1f} ms\n"
    )


def _markdown(region: TextRegion | Table) -> str:
    if isinstance(region, Table):
        return _table(region)
    text = "\n".join(text_of(line.words) for line in region.lines)
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)


def _table(table: Table) -> str:
    width = max(sum(cell.column_span for cell in row) for row in table.rows)
    rows, below = [], {}
    for row in table.rows:
        cells, waiting = [], list(row)
        at = 0
        while at < width:
            if below.get(at, 0) > 0:
                below[at] -= 1
                cells.append("")
                at += 1
                continue
            if not waiting:
                cells.append("")
                at += 1
                continue
            cell = waiting.pop(0)
            cells += [_spans(cell.spans)] + [""] * (cell.column_span - 1)
            for column in range(at, at + cell.column_span):
                below[column] = cell.row_span - 1
            at += cell.column_span
        rows.append("| " + " | ".join(cells) + " |")
    rows.insert(1, "|" + " --- |" * width)
    return "\n".join(rows)


def _spans(spans: list[Span]) -> str:
    text = ""
    for span in spans:
        tag = "sup" if span.raised else "sub" if span.lowered else ""
        text += f"<{tag}>{span.text}</{tag}>" if tag else span.text
    return text.replace("|", "\\|").replace("\n", "<br>")


if __name__ == "__main__":
    main()
