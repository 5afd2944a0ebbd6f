"""Memory that runs out is called so, whichever engine needed it, and is not asked for again."""

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


GREEDY = {
    "bomb.pdf": lambda: raw_pdf([RawPage(b"q 1 0 0 1 0 0 cm " * 8_000_000)]),
    "much-text.pdf": lambda: raw_pdf([RawPage(text_page(SENTENCES[0]).content * 2_000_000)]),
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
