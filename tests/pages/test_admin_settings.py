"""Admin settings, Job Management: numbers, the form, the preview and the change history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from curatore.settings import DEFAULT_JOB_CONCURRENCY_LIMIT
from documents import storage
from documents.models import Document, StoredFile
from jobs import limit, starts
from jobs.models import JobStatus, Measurement
from jobs.monitoring import measurements
from orgsettings import changes
from orgsettings.models import OrgSettings, Role, SettingsChange
from tests.factories import make_api_client, make_document, make_job, make_org, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/settings-admin"


@pytest.fixture
def org(db):
    return make_org(limit=3)


@pytest.fixture
def admin(org):
    return make_user(org, role=Role.ADMIN)


@pytest.fixture
def browser(admin):
    return sign_in(admin)


def values(page):
    """What the form of `page` would send."""
    form = page.context["form"]
    shown = {field.html_name: field.value() for field in form}
    return {name: "on" if value is True else value for name, value in shown.items() if value}


def save(browser, **changed):
    sent = values(browser.get(PAGE)) | changed
    return browser.post(PAGE, {name: value for name, value in sent.items() if value is not None})


def ended(user, status=JobStatus.COMPLETED, *, days_ago=0.0, minutes=2.0, **fields):
    end = timezone.now() - timedelta(days=days_ago)
    start = end - timedelta(minutes=minutes)
    times = {"created_at": start, "started_at": start, "completed_at": end}
    return make_job(user, status=status, **(times | fields))


def card(page, key):
    return next(card for card in page.context["cards"] if card.key == key)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_admins_have_the_page_and_its_entry_in_the_menu(org, role):
    other = sign_in(make_user(org, role=role))

    assert other.get(PAGE).status_code == 403
    assert f'href="{PAGE}"' not in other.get("/jobs").text


def test_the_menu_marks_one_entry_only(browser):
    page = browser.get(PAGE).text

    assert f'href="{PAGE}" aria-current="page"' in page
    assert 'href="/settings" aria-current' not in page


def test_the_numbers_are_those_of_the_api(browser, admin):
    ended(admin, minutes=2)
    ended(admin, minutes=4, days_ago=3)
    ended(admin, JobStatus.FAILED, days_ago=3)
    ended(admin, days_ago=20)
    make_job(admin, status=JobStatus.RUNNING)

    told = make_api_client(admin).get("/api/v1/jobs/stats/organization").json()
    page = browser.get(PAGE)

    assert card(page, "active").value == f"{told['active_jobs']} / {told['concurrency_limit']}"
    facts = [fact.value for fact in card(page, "total").facts]
    assert facts == [str(told[f"total_jobs_{period}"]) for period in ("24h", "7d", "30d")]
    assert facts == ["2", "4", "5"]
    assert told["avg_processing_time_minutes"] == pytest.approx(3)
    assert card(page, "average").value == "3 min 00 s"
    assert card(page, "success").value == "66.7 %"
    stored = storage.stored_bytes(admin.membership.organization)
    assert sum(stored) == told["storage_usage_bytes"]


def test_jobs_of_other_organizations_do_not_count(browser):
    ended(make_user())

    assert card(browser.get(PAGE), "total").value == "0"


def test_jobs_that_took_no_time_have_an_average_all_the_same(browser, admin, monkeypatch):
    monkeypatch.setattr(measurements, "LONG", 0)
    ended(admin, minutes=0)

    assert card(browser.get(PAGE), "average").value == "0.0 s"


def test_an_organization_without_jobs_is_told_so_and_not_zero(browser):
    page = browser.get(PAGE)

    assert (card(page, "average").value, card(page, "success").value) == ("", "")
    assert "No job was completed in the last 7 days." in page.text
    assert page.text.count("N/A") == 2


def test_a_chart_has_a_bar_for_each_of_thirty_days_and_the_same_as_a_table(browser, admin):
    ended(admin, days_ago=2)
    ended(admin, days_ago=2)
    ended(admin, days_ago=5)

    page = browser.get(PAGE)

    bars = card(page, "total").bars
    shares = [bar.share for bar in bars]
    assert len(bars) == 30
    assert sorted(share for share in shares if share) == [0.5, 1.0]
    assert [bar.text for bar in bars if bar.share == 1.0] == ["2"]
    assert page.text.count(f'<th scope="row">{bars[0].day}</th>') == 5
    assert page.text.count('class="chart-bar"') >= 2


def test_what_is_stored_grows_over_the_days_and_ends_at_what_there_is_now(browser, admin):
    first, second = make_document(admin), make_document(admin)
    then = timezone.now() - timedelta(days=10)
    StoredFile.objects.filter(pk=first.stored_id).update(created_at=then, file_size=300)
    StoredFile.objects.filter(pk=second.stored_id).update(file_size=100)

    bars = card(browser.get(PAGE), "storage").bars

    assert [bar.share for bar in bars[:5]] == [None] * 5
    assert [bar.share for bar in bars[-3:]] == [0.75, 0.75, 1.0]


@pytest.mark.parametrize(
    ("active", "limit", "said"),
    [(2, 3, None), (4, 5, "the limit is close"), (3, 3, "further jobs wait until one ends")],
)
def test_a_warning_comes_before_and_at_the_limit(active, limit, said):
    admin = make_user(make_org(limit=limit), role=Role.ADMIN)
    for _ in range(active):
        make_job(admin, status=JobStatus.QUEUED)

    page = sign_in(admin).get(PAGE).text

    assert (said in page) if said else ("capacity-notice" not in page)


def test_the_widget_sends_nothing_until_something_changed(browser, admin):
    version = browser.get(PAGE).context["statistics_version"]
    live = f"{PAGE}/statistics?v={version}"
    assert (browser.get(live).status_code, browser.get(live).content) == (204, b"")

    make_job(admin, status=JobStatus.QUEUED)

    answer = browser.get(live)
    assert answer.status_code == 200
    assert 'id="statistics"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("length", [1, 20])
def test_the_widget_asks_nineteen_questions(
    browser, admin, django_assert_num_queries, monkeypatch, length
):
    monkeypatch.setattr(measurements, "LONG", 60)  # on a slow machine, too
    for _ in range(length):
        ended(admin)

    # session; user with settings; kept numbers; jobs created; jobs ended; uploads, results, earlier
    # versions, files beside results; counts of states; documents completed; what is active;
    # kept days; days of jobs created, of jobs ended, of uploads, of results; capacity (2 questions)
    with django_assert_num_queries(19):
        browser.get(f"{PAGE}/statistics")


def test_numbers_that_took_long_are_kept_for_a_while(browser, admin, monkeypatch):
    monkeypatch.setattr(measurements, "LONG", 0)
    ended(admin)
    browser.get(PAGE)
    Measurement.objects.update(due_at=timezone.now() + timedelta(minutes=5))
    ended(admin)
    make_job(admin, status=JobStatus.RUNNING)

    page = browser.get(PAGE)
    assert card(page, "total").value == "1"
    assert card(page, "active").value == "1 / 3"  # what is active is always of this moment

    Measurement.objects.update(due_at=timezone.now())
    assert card(browser.get(PAGE), "total").value == "3"


def test_one_of_two_who_ask_at_once_measures_and_the_other_gets_the_kept_numbers(admin):
    org, now = admin.membership.organization, timezone.now()
    kept = {"organization": org, "kind": "days", "numbers": ["kept"]}
    Measurement.objects.create(measured_at=now, due_at=now, **kept)
    asked_meanwhile = []

    def slowly():
        asked_meanwhile.append(measurements.kept_or_new(org, "days", now, list))
        return ["new"]

    found = measurements.kept_or_new(org, "days", now, slowly)

    assert (found, asked_meanwhile) == (["new"], [["kept"]])


def test_a_changed_limit_is_in_force_at_once(browser, admin):
    make_job(admin, status=JobStatus.QUEUED)

    page = save(browser, job_concurrency_limit="1")

    assert page.url == PAGE
    assert "Saved." in browser.get(PAGE).text
    with pytest.raises(limit.ConcurrencyLimitReached):
        starts.start(make_job(admin), by=admin)


def test_only_what_was_changed_is_stored_and_the_rest_follows_the_server(org, browser):
    save(browser, job_concurrency_limit="5", **{"ocr_settings.language": "deu"})

    row = OrgSettings.objects.get(organization=org)
    assert row.job_concurrency_limit == 5
    assert row.job_retention_days is None
    assert row.default_processing_options == {"ocr_settings": {"language": "deu"}}


def test_saving_without_a_change_changes_and_logs_nothing(browser):
    save(browser)

    assert "Nothing was changed" in browser.get(PAGE).text
    assert not SettingsChange.objects.exists()


@pytest.mark.parametrize("bad", ["0", "11", "2.5", "many", ""])
def test_a_limit_out_of_range_is_refused_beside_its_field_with_the_input_kept(browser, bad):
    page = save(browser, job_concurrency_limit=bad, **{"ocr_settings.language": "deu"})

    assert page.status_code == 422
    assert page.context["form"].errors["job_concurrency_limit"] == [
        "Enter a whole number from 1 to 10."
    ]
    assert 'value="deu"' in page.text
    assert not SettingsChange.objects.exists()


@pytest.mark.parametrize("bad", ["14", "", "x"])
def test_another_retention_period_is_refused(browser, bad):
    page = save(browser, job_retention_days=bad)

    assert page.status_code == 422
    assert "Choose how long jobs are kept." in page.text


def test_options_that_do_not_fit_together_are_refused_beside_their_field(browser):
    changed = {"processing_settings.chunk_size": "200", "processing_settings.chunk_overlap": "300"}

    page = save(browser, **changed)

    assert page.status_code == 422
    assert "processing_settings.chunk_overlap" in page.context["form"].errors
    assert not SettingsChange.objects.exists()


def test_a_stored_language_that_is_gone_keeps_no_other_setting_from_being_saved(settings):
    org = make_org(default_options={"ocr_settings": {"language": "deu"}})
    browser = sign_in(make_user(org, role=Role.ADMIN))
    settings.OCR_LANGUAGES = ["eng"]

    saved = save(browser, job_concurrency_limit="2")

    assert saved.url == PAGE
    row = OrgSettings.objects.get(organization=org)
    assert row.job_concurrency_limit == 2
    assert row.default_processing_options == {"ocr_settings": {"language": "deu"}}


def test_other_options_are_saved_only_without_a_language_that_is_gone(settings):
    org = make_org(default_options={"ocr_settings": {"language": "deu"}})
    browser = sign_in(make_user(org, role=Role.ADMIN))
    settings.OCR_LANGUAGES = ["eng"]

    refused = save(browser, **{"ocr_settings.psm": "6"})

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["ocr_settings.language"]
    assert "German (not installed)" in refused.text
    save(browser, **{"ocr_settings.psm": "6", "ocr_settings.language": "auto"})
    row = OrgSettings.objects.get(organization=org)
    assert row.default_processing_options == {"ocr_settings": {"psm": 6}}


def test_the_options_are_reset_and_the_limit_is_kept(org, browser, admin):
    changes.save(org, admin, {"job_concurrency_limit": 4, "default_processing_options": {
        "ocr_settings": {"language": "deu"}}})  # fmt: skip

    browser.post(PAGE, {"reset": "1"})

    row = OrgSettings.objects.get(organization=org)
    assert (row.default_processing_options, row.job_concurrency_limit) == ({}, 4)


def test_the_preview_tells_what_the_next_clean_up_deletes(browser, admin):
    job = ended(admin, expires_at=timezone.now())
    size = job.job_documents.get().result_size

    page = browser.get(PAGE)

    assert (page.context["report"]["jobs"], page.context["report"]["bytes"]) == (1, size)
    assert "The next clean-up deletes:" in page.text
    assert "Existing jobs keep their date." in page.text


def test_a_shorter_period_in_the_preview_reaches_uploads_and_no_existing_job(browser, admin):
    ended(admin, days_ago=10, expires_at=timezone.now() + timedelta(days=20))
    old = make_document(admin)
    Document.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=10))

    def previewed(days):
        page = browser.get(f"{PAGE}/retention?job_retention_days={days}")
        report = page.context["report"]
        return report["jobs"], report["uploads"]

    assert previewed(7) == (0, 1)
    assert previewed(30) == (0, 0)
    assert previewed(0) == (0, 0)
    assert "not saved yet" in browser.get(f"{PAGE}/retention?job_retention_days=7").text


def test_the_preview_needs_no_script(browser):
    page = browser.get(f"{PAGE}?job_retention_days=7")

    assert (page.context["chosen_days"], page.context["differs"]) == (7, True)
    assert OrgSettings.objects.get().job_retention_days is None


@pytest.mark.parametrize("bad", ["", "14", "x", "-1"])
def test_a_preview_of_nonsense_is_that_of_the_period_in_force(browser, bad):
    page = browser.get(f"{PAGE}/retention?job_retention_days={bad}")

    assert (page.status_code, page.context["chosen_days"]) == (200, 30)


def test_the_page_says_when_nothing_is_deleted_by_itself(browser, settings):
    settings.JOB_CLEANUP_ENABLED = False

    assert "Automatic clean-up is off on this server" in browser.get(PAGE).text


def test_the_history_tells_who_changed_what_from_what_to_what(browser, admin):
    save(browser, job_retention_days="0", auto_optimize=None)

    page = browser.get(PAGE)

    entry = page.context["entries"][0]
    told = {(line.label, line.before, line.after) for line in entry.differences}
    assert entry.who == admin.username
    assert told == {
        ("Job retention period", "the server’s default", "Indefinite"),
        ("Optimize for RAG", "on", "off"),
    }
    assert f"<del>{DEFAULT_JOB_CONCURRENCY_LIMIT}</del>" not in page.text


def test_the_history_has_pages_and_stays_within_the_organization(browser, org, admin):
    stranger = make_user(role=Role.ADMIN)
    changes.save(stranger.membership.organization, stranger, {"job_concurrency_limit": 9})
    for number in range(12):
        changes.save(org, admin, {"job_concurrency_limit": number % 2 + 1})

    first, second = browser.get(PAGE), browser.get(f"{PAGE}?page=2")

    assert (len(first.context["entries"]), len(second.context["entries"])) == (10, 2)
