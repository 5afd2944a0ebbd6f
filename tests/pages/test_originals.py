"""The original of a document and pictures of its pages, as a page shows them."""

import pytest

from tests.factories import make_document, make_user
from tests.page_files import page, pdf
from tests.pages.conftest import sign_in


@pytest.fixture
def document(member):
    return make_document(
        member, filename="report.pdf", content=pdf(page(), page()), media_type="application/pdf"
    )


@pytest.fixture
def ask(browser, document):
    """ask(path) -> the answer, and its content."""

    def ask(path, **headers):
        answer = browser.get(f"/documents/{document.pk}/{path}", headers=headers)
        return answer, answer.getvalue()

    return ask


def test_the_original_is_saved_or_shown(ask):
    saved, content = ask("original")
    shown, same = ask("original?inline=1")

    assert content == same == pdf(page(), page())
    assert saved.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert shown.headers["Content-Disposition"] == 'inline; filename="report.pdf"'
    assert shown.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["pages/1.png", "pages/2.png?width=5", "pages/1.png?width=99999", "pages/1.png?width=x"]
)
def test_a_page_is_a_picture_of_whatever_width_can_be_had(path, ask):
    answer, content = ask(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert content.startswith(b"\x89PNG")


@pytest.mark.parametrize("number", ["3", "0", "x", "-1", "9" * 300])
def test_a_page_that_is_not_there_is_not_found(number, ask):
    assert ask(f"pages/{number}.png")[0].status_code == 404


def test_a_picture_that_the_browser_has_is_not_sent_again(ask):
    tag = ask("pages/1.png")[0].headers["ETag"]

    answer, content = ask("pages/1.png", if_none_match=tag)

    assert (answer.status_code, content) == (304, b"")


def test_a_document_without_pictures_says_so_in_words(browser, member):
    document = make_document(member)

    answer = browser.get(f"/documents/{document.pk}/pages/1.png")

    assert answer.status_code == 409
    assert "There are no pictures of the pages" in answer.text


@pytest.mark.parametrize("path", ["original", "pages/1.png"])
def test_another_organization_has_no_such_document(path, document):
    assert sign_in(make_user()).get(f"/documents/{document.pk}/{path}").status_code == 404


def test_pictures_have_a_limit_of_their_own(ask, settings):
    settings.PAGE_RATE_LIMIT = settings.PICTURE_RATE_LIMIT = 1
    assert ask("pages/1.png")[0].status_code == 200

    too_many, words = ask("pages/2.png")

    assert too_many.status_code == 429
    assert "Too many requests: 1 in a minute are allowed." in words.decode()
    assert ask("original")[0].status_code == 200
