"""Make PDFs of known text through real producers: python -m benchmarks.corpus.make FOLDER

Needs pandoc, and what there is of Chromium, LibreOffice and pdflatex, and the packages typst and
weasyprint; a producer that is missing is left out. Beside each NAME.pdf stands NAME.json: its
truth. Nothing of this is committed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .render import Tree, html, latex, tree_of, typst
from .truth import truth_of

TEXTS = Path(__file__).parent / "texts"
HEADER = "Society of the lower river"
FOOTER = "Page {} of the printed edition"

STYLE = """
body { font: 10.5pt/1.45 'Liberation Serif'; } h1, h2, h3 { font-family: 'Liberation Sans'; }
pre, code { font: 9pt/1.3 'DejaVu Sans Mono'; } table { border-collapse: collapse; margin: 8pt 0; }
sup, sub { font-size: 70%; }
"""
BOXED = "th, td { border: .5pt solid #333; padding: 2pt 6pt; text-align: left; }"
BARE = "th, td { padding: 2pt 9pt; text-align: left; } th { border-bottom: .7pt solid black; }"
MARGINS = f"""
@page {{ size: a5; margin: 20mm 15mm; @top-center {{ content: "{HEADER}"; font-size: 8pt }}
  @bottom-center {{ content: "Page " counter(page) " of the printed edition"; font-size: 8pt }} }}
.note {{ float: footnote; font-size: 8pt }}
"""
TWO_COLUMNS = "body { column-count: 2; column-gap: 18pt; text-align: justify; hyphens: auto }"
INDENTED = "p { margin: 0; text-indent: 14pt; text-align: justify }"
WIDE = "body { font: 12pt/1.8 'Liberation Sans' } li { margin: 6pt 0 }"
DENSE = "body { font: 9pt/1.15 'DejaVu Sans' } p { margin: 4pt 0 } h1, h2, h3 { margin: 8pt 0 2pt }"
BOOK = """#set par(justify: true, first-line-indent: 1.5em, spacing: 0.65em)
#set page(margin: (inside: 24mm, outside: 16mm)); #show heading: smallcaps"""
LATEX = r"""\documentclass[%s]{article}
\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{lmodern,longtable,booktabs,textcomp}
\usepackage{fancyhdr}\usepackage[colorlinks=false,hidelinks]{hyperref}
\renewcommand{\theenumii}{\alph{enumii}}\renewcommand{\labelenumii}{\theenumii.}
\pagestyle{fancy}\fancyhf{}\chead{Society of the lower river}
\cfoot{Page \thepage\ of the printed edition}
\begin{document}
%s
\end{document}"""
TYPST = """#set page(paper: "a5", header: align(center, text(8pt)[Society of the lower river]),
  footer: context align(center, text(8pt)[Page #counter(page).display() of the printed edition]))
#set text(10pt)
%s
%s"""


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    for text in sorted(TEXTS.glob("*.md")):
        tree = tree_of(text.read_text(encoding="utf-8"))
        for name, notes, running, make in _recipes():
            target = folder / f"{text.stem}-{name}.pdf"
            if wanted not in target.name or (text.stem == "stock" and "columns" in name):
                continue
            try:
                make(tree, target)
            except (ImportError, FileNotFoundError) as missing:
                print(f"{target.name}: {missing}", file=sys.stderr)
                continue
            truth = truth_of(tree, notes, [HEADER, "of the printed edition"] if running else [])
            target.with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")


def _recipes() -> Iterator[tuple[str, bool, bool, Callable[[Tree, Path], None]]]:
    """Name, whether notes are written and lines run, and what makes the file."""
    yield "chromium-tagged", False, True, lambda t, p: _chromium(t, p, BOXED, True)
    yield "chromium", False, True, lambda t, p: _chromium(t, p, BARE, False)
    yield "chromium-columns", False, True, lambda t, p: _chromium(t, p, BARE + TWO_COLUMNS, False)
    yield "weasy-tagged", True, True, lambda t, p: _weasyprint(t, p, BOXED, "pdf/ua-1")
    yield "weasy", True, True, lambda t, p: _weasyprint(t, p, BARE + INDENTED, None)
    yield "typst-tagged", True, True, lambda t, p: _typst(t, p, "", True)
    yield "typst", True, True, lambda t, p: _typst(t, p, "#set par(justify: true)", False)
    columns = "#set page(columns: 2)"
    yield "typst-columns", True, True, lambda t, p: _typst(t, p, columns, False)
    yield "latex", True, True, lambda t, p: _latex(t, p, "11pt,a4paper")
    yield "latex-small", True, True, lambda t, p: _latex(t, p, "10pt,a5paper")
    yield "latex-columns", True, True, lambda t, p: _latex(t, p, "10pt,a4paper,twocolumn")
    yield "chromium-wide", False, True, lambda t, p: _chromium(t, p, BARE + WIDE, False)
    yield "weasy-dense", True, True, lambda t, p: _weasyprint(t, p, BOXED + DENSE, None)
    yield "weasy-columns", True, True, lambda t, p: _weasyprint(t, p, BARE + TWO_COLUMNS, None)
    yield "typst-book", True, True, lambda t, p: _typst(t, p, BOOK, False)
    yield "docx", True, False, lambda t, p: _writer(t, p, False, "docx")
    yield "docx-tagged", True, False, lambda t, p: _writer(t, p, True, "docx")
    yield "writer-tagged", True, False, lambda t, p: _writer(t, p, True)
    yield "writer", True, False, lambda t, p: _writer(t, p, False)


def _chromium(tree: Tree, target: Path, style: str, tagged: bool) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        raise FileNotFoundError("chromium")
    from playwright.sync_api import sync_playwright

    line = '<div style="font-size:8px;width:100%;text-align:center">{}</div>'
    number = FOOTER.format('<span class="pageNumber"></span>')
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.set_content(_page(html(tree, notes=False), style))
        page.pdf(
            path=str(target),
            format="A5",
            tagged=tagged,
            display_header_footer=True,
            header_template=line.format(HEADER),
            footer_template=line.format(number),
            margin=dict.fromkeys(("left", "right"), "15mm") | {"top": "20mm", "bottom": "20mm"},
        )


def _page(body: str, style: str) -> str:
    return f"<!doctype html><html lang=en><style>{STYLE}{style}</style><title>x</title>{body}"


def _weasyprint(tree: Tree, target: Path, style: str, variant: str | None) -> None:
    import weasyprint

    page = weasyprint.HTML(string=_page(html(tree, notes=True), MARGINS + style))
    page.write_pdf(str(target), pdf_variant=variant)


def _typst(tree: Tree, target: Path, style: str, tagged: bool) -> None:
    import typst as engine

    source = TYPST % (style, typst(tree))
    target.write_bytes(engine.compile(source.encode(), format="pdf", pdf_tags=tagged))


def _latex(tree: Tree, target: Path, options: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "text.tex"
        source.write_text(LATEX % (options, latex(tree)), encoding="utf-8")
        for _ in range(2):  # the second run knows how wide long tables are
            command = ["pdflatex", "-interaction=batchmode", source.name]
            subprocess.run(command, cwd=folder, check=False, capture_output=True)
        shutil.copyfile(source.with_suffix(".pdf"), target)


def _writer(tree: Tree, target: Path, tagged: bool, kind: str = "odt") -> None:
    options = json.dumps({"UseTaggedPDF": {"type": "boolean", "value": str(tagged).lower()}})
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"text.{kind}"
        document = json.dumps({"pandoc-api-version": [1, 22], "meta": {}, "blocks": tree})
        make = ["pandoc", "--from=json", "-o", str(source)]
        subprocess.run(make, input=document, text=True, check=True)
        export = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        export += ["--convert-to", f"pdf:writer_pdf_Export:{options}", "--outdir", folder]
        subprocess.run([*export, str(source)], check=True, capture_output=True, timeout=120)
        shutil.copyfile(source.with_suffix(".pdf"), target)


if __name__ == "__main__":
    main()
