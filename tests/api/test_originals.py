"""A document as it was uploaded, and pictures of its pages, over the API."""

import io
from pathlib import Path

import pytest
from PIL import Image

from documents import text_work
from documents.samples import BAD_FILES, SAMPLES
from tests.factories import make_api_client, make_document, make_user
from tests.page_files import SIDEWAYS, corners, page, pdf, photo, tiff

pytestmark = pytest.mark.django_db

URL = "/api/v1/documents"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def ask(user):
    """ask(document, path, **headers) -> the answer, with its whole content read."""
    api = make_api_client(user)

    def ask(document, path, **headers):
        answer = api.get(f"{URL}/{document.pk}/{path}", headers=headers)
        if answer.streaming:
            answer.content_read = b"".join(answer.streaming_content)
        return answer

    return ask


@pytest.fixture
def document(user):
    return make_document(
        user, filename="report.pdf", content=pdf(page(), page(rotation=90)),
        media_type="application/pdf",
    )  # fmt: skip


def picture_in(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content_read), formats=["png"])
    picture.load()
    return picture


def sample(user, name):
    path = SAMPLES[name].path
    return make_document(user, filename=name, content=path.read_bytes())


# --- the original ---------------------------------------------------------------------------------


def test_the_original_is_what_was_uploaded_to_be_saved_under_its_name(user, ask):
    document = make_document(user, filename="Übersicht – 港口.md", content=b"# Harbours\n")

    answer = ask(document, "original")

    assert answer.content_read == b"# Harbours\n"
    assert answer.headers["Content-Length"] == "11"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cbersicht%20%E2%80%93%20%E6%B8%AF%E5%8F%A3.md"
    )


@pytest.mark.parametrize(
    "media_type",
    ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"],
)
def test_harmless_types_are_shown_when_asked_for(media_type, user, ask):
    document = make_document(user, filename="x.y", media_type=media_type)

    answer = ask(document, "original?inline=1")

    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert answer.headers["Content-Disposition"] == 'inline; filename="x.y"'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Größe ".encode() * 20_000, "text/plain; charset=utf-8"),
        ("Größe ".encode("cp1252") * 20_000, "text/plain"),
        ("Größe".encode("utf-16"), "text/plain"),
    ],
)
def test_a_text_tells_its_encoding_where_that_is_sure(content, told, user, ask):
    answer = ask(make_document(user, filename="x.txt", content=content), "original?inline=1")

    assert answer.headers["Content-Type"] == told
    assert answer.content_read == content


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "image/tiff", "text/xml"]
)
def test_other_types_are_never_shown(media_type, user, ask):
    document = make_document(
        user, filename="x.html", content=b"<script>alert(1)</script>", media_type=media_type
    )

    answer = ask(document, "original?inline=1")

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.html"'


@pytest.mark.parametrize("path", ["original", "original?inline=true", "pages/1.png"])
def test_nothing_of_a_document_runs_in_the_browser(path, document, ask):
    headers = ask(document, path).headers

    policy = headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'"} <= set(policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_an_original_is_sent_once_and_then_unchanged(document, ask):
    first = ask(document, "original")
    again = ask(document, "original", if_none_match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"


def test_an_original_that_the_storage_lost_is_missed_in_words(document, ask):
    Path(document.file.path).unlink()

    answer = ask(document, "original")

    assert (answer.status_code, answer.json()["code"]) == (404, "original_not_found")
    assert "Upload the document again." in answer.json()["detail"]


# --- pictures of pages ----------------------------------------------------------------------------


def test_a_page_is_a_picture_a_thousand_pixels_wide(document, ask):
    answer = ask(document, "pages/1.png")

    assert picture_in(answer).width == 1000
    assert answer.headers["Content-Disposition"] == 'inline; filename="report-1.png"'


def test_a_page_is_turned_as_it_says(document, ask):
    assert corners(picture_in(ask(document, "pages/2.png?width=320"))) == [0, 260, 260, 260]


def test_a_photo_is_turned_as_its_camera_says(user, ask):
    document = make_document(user, content=photo(orientation=SIDEWAYS), filename="a.jpg")

    assert corners(picture_in(ask(document, "pages/1.png"))) == [260, 0, 260, 260]


def test_each_frame_is_a_page(user, ask):
    document = make_document(user, content=tiff((100, 100), (100, 200)), filename="fax.tiff")

    assert picture_in(ask(document, "pages/2.png")).size == (100, 200)


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [(64, 160), (160, 160), (161, 320), (999, 1000), (1001, 1400), (2400, 2400)],
)
def test_pictures_are_drawn_in_a_few_widths(asked, drawn, document, ask):
    assert picture_in(ask(document, f"pages/1.png?width={asked}")).width == drawn


@pytest.mark.parametrize("width", ["63", "2401", "-1", "wide", "1e3", "9" * 30])
def test_other_widths_are_refused(width, document, ask):
    answer = ask(document, f"pages/1.png?width={width}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/width"


def test_a_page_that_is_not_there_is_refused_with_the_number_of_those_that_are(document, ask):
    answer = ask(document, "pages/3.png")

    assert (answer.status_code, answer.json()["code"]) == (404, "page_not_found")
    assert answer.json()["count"] == 2
    assert answer.json()["detail"] == "“report.pdf” has 2 pages: there is no page 3."


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "²", "1" * 10, "9" * 400])
def test_what_is_no_number_of_a_page_is_not_found(number, document, ask):
    answer = ask(document, f"pages/{number}.png")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["report.docx", "notes.txt", "inventory.xlsx", "delivery.eml"])
def test_a_document_without_pages_says_that_it_has_no_pictures(name, user, ask):
    answer = ask(sample(user, name), "pages/1.png")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_page_pictures")
    assert "Download the original" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("encrypted.pdf", "encrypted_file"),
        ("truncated.pdf", "corrupt_file"),
        ("broken.png", "corrupt_file"),
        ("program.pdf", "unsupported_format"),
    ],
)
@pytest.mark.parametrize("path", ["pages", "pages/1.png"])
def test_a_document_that_cannot_be_read_says_why(path, name, reason, user, ask):
    document = make_document(user, filename=name, content=(BAD_FILES / name).read_bytes())

    answer = ask(document, path)

    told = answer.json()
    assert (answer.status_code, told["code"], told["reason"]) == (409, "page_unreadable", reason)
    assert name in told["detail"]


@pytest.mark.parametrize("path", ["pages", "pages/1.png"])
def test_a_document_that_the_storage_lost_says_so(path, document, ask):
    Path(document.file.path).unlink()

    answer = ask(document, path)

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["reason"]) == ("page_unreadable", "source_missing")


@pytest.mark.parametrize("path", ["pages", "pages/1.png"])
def test_a_page_that_takes_too_long_is_refused_for_now(path, document, ask, monkeypatch):
    text_work.score("a child that has started")
    monkeypatch.setattr(text_work, "WORK_SECONDS", 0.0)

    answer = ask(document, path)

    assert (answer.status_code, answer.json()["code"]) == (503, "takes_too_long")
    assert answer.headers["Retry-After"] == "10"
    assert "Reading this document takes too long" in answer.json()["detail"]


def test_an_image_within_its_pixels_but_not_its_file_is_refused(user, ask):
    document = make_document(user, filename="x.png", content=photo("PNG")[:-40])

    assert ask(document, "pages/1.png").json()["reason"] == "corrupt_file"


def test_a_picture_is_kept_by_the_browser_for_a_while_and_then_unchanged(document, ask):
    first = ask(document, "pages/1.png?width=320")
    same = ask(document, "pages/1.png?width=300", if_none_match=first.headers["ETag"])
    wider = ask(document, "pages/1.png?width=640", if_none_match=first.headers["ETag"])
    other = ask(document, "pages/2.png?width=320", if_none_match=first.headers["ETag"])

    assert (same.status_code, same.content) == (304, b"")
    assert first.headers["Cache-Control"] == same.headers["Cache-Control"] == "private, max-age=600"
    assert (wider.status_code, other.status_code) == (200, 200)


def test_a_refusal_is_not_kept(document, ask):
    assert ask(document, "pages/3.png").headers["Cache-Control"] == "private, no-store"


# --- sizes of pages -------------------------------------------------------------------------------


def test_pages_are_told_with_their_sizes_as_they_are_shown(document, ask):
    assert ask(document, "pages").json() == {
        "count": 2,
        "unit": "pt",
        "pages": [
            {"width": 595.0, "height": 842.0, "rotation": 0},
            {"width": 842.0, "height": 595.0, "rotation": 90},
        ],
        "outline": None,
    }


def test_frames_are_told_in_pixels(user, ask):
    document = make_document(user, content=tiff((100, 100), (100, 200)), filename="fax.tiff")

    told = ask(document, "pages").json()

    assert (told["count"], told["unit"]) == (2, "px")
    assert [page["height"] for page in told["pages"]] == [100, 200]


def test_a_mail_has_no_pages_but_headers(user, ask):
    told = ask(sample(user, "delivery.eml"), "pages").json()

    assert (told["count"], told["pages"]) == (0, [])
    assert told["outline"]["headers"][3] == {
        "name": "Subject", "value": "Change of the delivery date",
    }  # fmt: skip


def test_sizes_are_sent_once_and_then_unchanged(document, ask):
    tag = ask(document, "pages").headers["ETag"]

    assert ask(document, "pages", if_none_match=tag).status_code == 304


# --- who may, and how often -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["original", "pages", "pages/1.png"])
def test_another_organization_has_no_such_document_even_if_it_was_drawn(path, document, ask):
    ask(document, path)

    answer = make_api_client().get(f"{URL}/{document.pk}/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["original", "pages", "pages/1.png"])
def test_requests_are_counted(path, document, ask, settings):
    settings.API_RATE_LIMIT = 1

    assert ask(document, path).status_code == 200
    assert ask(document, path).status_code == 429


@pytest.mark.parametrize(("path", "before", "after"), [
    ("original", 2, 2),
    # drawn: also whether the document is still there
    ("pages/1.png", 3, 2),
    ("pages", 3, 2),
])  # fmt: skip
def test_the_database_is_asked_for_token_and_document(
    path, before, after, document, ask, django_assert_num_queries
):
    with django_assert_num_queries(before):
        ask(document, path)
    with django_assert_num_queries(after):
        ask(document, path)


def test_a_name_that_is_no_path_stays_below_the_storage(user, ask, stored_files):
    document = make_document(user, filename="../../x.pdf", content=pdf())

    ask(document, "pages/1.png")

    written = {path for path in stored_files.parent.rglob("*") if path.is_file()}
    assert len(written) >= 2  # the upload and the picture
    assert all(path.is_relative_to(stored_files) for path in written)
    organization = str(user.membership.organization_id)
    assert [folder.name for folder in (stored_files / "pages").iterdir()] == [organization]
