"""What of the list of jobs one asks to see: owner, time, words, order, pages, all in the URL."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from jobs.listing import listing
from jobs.models import Job, JobStatus
from orgsettings.models import Role, User
from tests.factories import make_job, make_user
from tests.pages.conftest import sign_in


def names(page):
    return [job.name for job in page.context["jobs"]]


def older(job, **age):
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(**age))


@pytest.fixture
def admin(org):
    return sign_in(make_user(org, role=Role.ADMIN, username="boss"))


def test_an_admin_chooses_between_all_jobs_and_their_own(admin, member):
    make_job(member, name="of a member")
    make_job(User.objects.get(username="boss"), name="mine")

    assert names(admin.get("/jobs")) == ["mine", "of a member"]
    assert names(admin.get("/jobs?owner=me")) == ["mine"]


def test_a_member_is_not_asked_for_an_owner(browser, member):
    make_job(member)

    assert 'name="owner"' not in browser.get("/jobs").text


def test_a_viewer_may_choose_the_owner_and_download_but_changes_nothing(org, member):
    make_job(member, status=JobStatus.FAILED)
    page = sign_in(make_user(org, role=Role.VIEWER)).get("/jobs").text

    assert 'name="owner"' in page
    assert "data-select-row" in page
    assert set(re.findall("/jobs/bulk/[a-z]+", page)) == {"/jobs/bulk/download"}
    assert "/clone" not in page


@pytest.mark.parametrize(
    ("created", "shown"),
    [("24h", "a"), ("7d", "ab"), ("30d", "abc"), ("any", "abcd"), ("1y", "abcd")],
)
def test_jobs_of_a_time_are_shown(browser, member, created, shown):
    for name, days in [("d", 300), ("c", 20), ("b", 3), ("a", 0)]:
        older(make_job(member, name=name), days=days)

    assert "".join(names(browser.get(f"/jobs?created={created}"))) == shown


def test_days_count_from_their_beginning_to_their_end(browser, member):
    for name, moment in [
        ("before", datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)),
        ("first", datetime(2026, 3, 2, tzinfo=UTC)),
        ("last", datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)),
        ("after", datetime(2026, 3, 5, tzinfo=UTC)),
    ]:
        make_job(member, name=name, created_at=moment)

    both = browser.get("/jobs?created=custom&from=2026-03-02&to=2026-03-04")

    assert names(both) == ["last", "first"]
    assert 'value="2026-03-02"' in both.text
    assert names(browser.get("/jobs?from=2026-03-04")) == ["after", "last"]
    assert names(browser.get("/jobs?to=2026-03-02")) == ["first", "before"]


@pytest.mark.parametrize(
    "nonsense",
    ["created=custom&from=x", "to=9999-12-31", "from=0001-01-01", "from=2026-02-30", "owner=you",
     "size=7", "size=99999999999999999999", "created=custom"],
)  # fmt: skip
def test_filters_that_make_no_sense_are_left_out(browser, member, nonsense):
    make_job(member, name="Here")

    page = browser.get(f"/jobs?{nonsense}")

    assert names(page) == ["Here"]


def test_a_job_is_found_by_the_beginning_of_its_id(browser, member):
    job = make_job(member, name="Wanted")
    make_job(member, name="Other")

    for words in [str(job.pk), str(job.pk)[:13].upper(), job.pk.hex[:8]]:
        assert names(browser.get("/jobs", {"search": words})) == ["Wanted"]


def test_a_job_of_somebody_else_is_not_found_by_its_id(org, browser):
    other = make_job(make_user(org), name="Secret")

    assert names(browser.get("/jobs", {"search": str(other.pk)})) == []


def test_resetting_is_offered_only_while_something_is_filtered(browser, member):
    make_job(member, name="Report")

    plain = browser.get("/jobs?sort=name&size=50").text
    filtered = browser.get("/jobs?sort=name&size=50&search=rep&status=pending").text

    assert "Reset filters" not in plain
    assert "1 job matches." in filtered
    assert '<a href="/jobs?sort=name&amp;size=50">Reset filters</a>' in filtered


def test_tabs_and_columns_keep_the_filters_and_begin_on_the_first_page(browser, member):
    for _ in range(26):
        make_job(member, name="Report")

    page = browser.get("/jobs?search=rep&created=7d&page=2").text

    assert 'href="/jobs?status=failed&amp;search=rep&amp;created=7d"' in page
    assert 'href="/jobs?search=rep&amp;created=7d&amp;sort=name"' in page


def test_pages_hold_as_many_jobs_as_one_likes(browser, member):
    for _ in range(60):
        make_job(member, rows=0)

    assert len(browser.get("/jobs?size=50").context["jobs"]) == 50
    assert len(browser.get("/jobs?size=100").context["jobs"]) == 60
    assert 'href="/jobs?size=100"' in browser.get("/jobs").text


def test_the_url_that_the_browser_shows_leaves_out_what_is_empty(browser):
    form = "/jobs?status=failed&search=&owner=&created=&from=&to=&sort=-created"

    answer = browser.get(form, headers={"HX-Request": "true"})

    assert answer.headers["HX-Push-Url"] == "/jobs?status=failed"
    assert "HX-Push-Url" not in browser.get(form).headers


# --- very many jobs: the limit of 10,000 is made small --------------------------------------------


@pytest.fixture
def five_jobs(member, monkeypatch):
    """Named a (the newest, of today) to e (four days old), where no more than 3 are looked at."""
    monkeypatch.setattr(listing, "CAP", 3)
    monkeypatch.setattr(listing.Listing, "cap", 3)
    now = timezone.now()
    for days, name in enumerate("abcde"):
        made = now - timedelta(days=days)
        make_job(member, name=name, description=f"number {days}", created_at=made)
    return now


def test_counts_stop_at_the_limit(browser, five_jobs):
    page = browser.get("/jobs")

    assert page.context["page"].paginator.count == 3
    assert '<span class="count">3+</span>' in page.text


def test_a_list_that_is_cut_leads_to_the_older_jobs(browser, five_jobs):
    page = browser.get("/jobs")
    assert "There are too many jobs to list" in page.text
    day = (five_jobs - timedelta(days=2)).date()

    assert page.context["older_url"] == f"/jobs?created=custom&to={day}"
    assert names(browser.get(page.context["older_url"])) == ["c", "d", "e"]


def test_sorting_looks_at_the_newest_jobs_only(browser, five_jobs):
    assert names(browser.get("/jobs?sort=-name")) == ["c", "b", "a"]
    assert names(browser.get("/jobs?sort=created")) == ["e", "d", "c"]


def test_searching_looks_at_the_newest_jobs_and_then_at_older_ones(browser, five_jobs):
    first = browser.get("/jobs?search=number+4")
    assert names(first) == []
    assert "There are too many jobs to list" in first.text

    second = browser.get(first.context["older_url"])
    assert names(second) == ["e"]
    assert second.context["older_url"] is None


def test_an_id_is_found_however_old_the_job_is(browser, five_jobs):
    oldest = Job.objects.get(name="e")

    assert names(browser.get("/jobs", {"search": oldest.pk.hex})) == ["e"]
