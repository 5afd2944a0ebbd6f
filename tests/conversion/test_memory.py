"""Memory that runs out is called so, whichever engine needed it, and is not asked for again."""

import io
import zipfile

import pytest

from documents.conversion import ConversionError, ConversionOptions, Sandbox
from documents.samples import SAMPLES

from .raw_pdfs import SENTENCES, RawPage, raw_pdf, text_page

MEMORY_BYTES = 512 * 1024**2


@pytest.fixture(scope="module")
def small_sandbox():
    with Sandbox(memory_bytes=MEMORY_BYTES) as sandbox:
        yield sandbox


@pytest.fixture
def refusal(small_sandbox, tmp_path):
    """refusal(name, data) -> the error of converting these bytes with little memory."""

    def refusal(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(ConversionError) as failure:
            small_sandbox.convert(
                path,
                filename=name,
                options=ConversionOptions(),
                timeout_seconds=60,
                tick=lambda progress: None,
            )
        return failure.value

    return refusal


def workbook_with(cells):
    """An XLSX with these cells, as XML."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    source, target = io.BytesIO(SAMPLES["inventory.xlsx"].path.read_bytes()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            is_sheet = info.filename.startswith("xl/worksheets/sheet")
            new.writestr(info, sheet if is_sheet else old.read(info))
    return target.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAR_CELLS = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
)
GREEDY = {
    "bomb.pdf": lambda: raw_pdf([RawPage(b"q 1 0 0 1 0 0 cm " * 8_000_000)]),
    "much-text.pdf": lambda: raw_pdf([RawPage(text_page(SENTENCES[0]).content * 2_000_000)]),
    "far-apart.xlsx": lambda: workbook_with(FAR_CELLS),
}


@pytest.mark.parametrize("name", sorted(GREEDY))
def test_memory_that_runs_out_in_an_engine_is_called_so_and_not_asked_for_again(name, refusal):
    problem = refusal(name, GREEDY[name]())

    assert problem.code == "out_of_memory"
    assert problem.permanent
    assert "more than 512 MB of memory" in problem.message


def test_a_document_is_not_blamed_for_the_memory_of_earlier_ones(refusal, small_sandbox):
    refusal("bomb.pdf", GREEDY["bomb.pdf"]())

    damaged = SAMPLES["report.docx"].path.read_bytes()[:2000]

    assert refusal("report.docx", damaged).code == "corrupt_file"
