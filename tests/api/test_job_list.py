"""The list of jobs over the API."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from jobs.models import JobStatus
from orgsettings.models import Role
from tests.factories import make_api_client, make_document, make_job, make_org, make_row, make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/jobs"


def ids(answer):
    return [job["id"] for job in answer.json()["jobs"]]


def test_members_see_their_own_jobs_admins_and_viewers_all_of_the_organization():
    org = make_org()
    member = make_user(org)
    mine = make_job(member)
    colleagues = make_job(make_user(org))
    make_job()  # of another organization

    assert ids(make_api_client(member).get(URL)) == [str(mine.pk)]
    for role in (Role.ADMIN, Role.VIEWER):
        seen = ids(make_api_client(make_user(org, role=role)).get(URL))
        assert seen == [str(colleagues.pk), str(mine.pk)]


def test_totals_and_pages_count_only_what_a_member_may_see():
    org = make_org()
    member, colleague = make_user(org), make_user(org)
    for _ in range(3):
        make_job(member)
        make_job(colleague)
    api = make_api_client(member)

    first, second = (api.get(f"{URL}?page_size=2&page={page}").json() for page in (1, 2))

    assert (first["total"], first["total_pages"], first["page"], first["page_size"]) == (3, 2, 1, 2)
    assert (len(first["jobs"]), len(second["jobs"])) == (2, 1)
    assert (first["previous"], second["next"]) == (None, None)


def everything(api, url, plural="jobs"):
    """The ids on all pages, by following `next`, and the total that each page told."""
    found, totals = [], set()
    while url:
        told = api.get(url).json()
        found += [item["id"] for item in told[plural]]
        totals.add(told["total"])
        url = told["next"]
    return found, totals


@pytest.fixture
def mixed():
    """An organization of three people whose 21 jobs alternate, among those of a stranger."""
    org, stranger = make_org(), make_user()
    people = [make_user(org), make_user(org), make_user(org, role=Role.ADMIN)]
    now = timezone.now()
    jobs = {person.pk: [] for person in people}
    for number in range(21):
        owner = people[number % 3]
        job = make_job(owner, created_at=now - timedelta(minutes=number))
        jobs[owner.pk].append(str(job.pk))
        make_job(stranger, created_at=now - timedelta(minutes=number))
    return people, jobs


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_every_job_of_a_member_is_on_exactly_one_page_whoever_owns_those_between(mixed, size):
    people, jobs = mixed

    for member in people[:2]:
        found, totals = everything(make_api_client(member), f"{URL}?page_size={size}")

        assert found == jobs[member.pk]
        assert totals == {7}


@pytest.mark.parametrize("size", [4, 10, 50])
def test_every_job_of_the_organization_is_on_exactly_one_page_of_an_admin(mixed, size):
    people, jobs = mixed

    found, totals = everything(make_api_client(people[2]), f"{URL}?page_size={size}")

    assert sorted(found) == sorted(pk for own in jobs.values() for pk in own)
    assert totals == {21}


def test_pages_are_whole_also_when_many_jobs_sort_alike():
    user = make_user()
    now = timezone.now()
    jobs = {str(make_job(user, name="Same", created_at=now).pk) for _ in range(9)}

    found, totals = everything(make_api_client(user), f"{URL}?page_size=2&ordering=name,status")

    assert (len(found), set(found), totals) == (9, jobs, {9})


def test_totals_count_what_a_filter_lets_through(mixed):
    people, _ = mixed
    make_job(people[0], status=JobStatus.FAILED)
    make_job(people[1], status=JobStatus.FAILED)
    api = make_api_client(people[0])

    assert api.get(f"{URL}?status=FAILED&page_size=1").json()["total"] == 1
    assert api.get(f"{URL}?status=PENDING&page_size=1&page=7").json()["total"] == 7
    admin = make_api_client(people[2])
    assert admin.get(f"{URL}?owner=me&page_size=2").json()["total"] == 7
    assert admin.get(f"{URL}?status=FAILED").json()["total"] == 2


def test_a_page_beyond_the_last_is_empty_and_leads_back(mixed):
    people, _ = mixed
    api = make_api_client(people[0])

    told = api.get(f"{URL}?page_size=3&page=4&search=Job").json()

    assert (told["jobs"], told["total"], told["total_pages"], told["next"]) == ([], 7, 3, None)
    back = api.get(told["previous"]).json()
    assert (len(back["jobs"]), back["page"]) == (1, 3)


def test_the_addresses_of_other_pages_keep_the_filters(mixed):
    people, _ = mixed

    told = make_api_client(people[0]).get(f"{URL}?status=PENDING,QUEUED&page_size=2&page=2").json()

    for link, number in ((told["next"], 3), (told["previous"], 1)):
        query = parse_qs(urlsplit(link).query)
        assert query == {"status": ["PENDING,QUEUED"], "page_size": ["2"], "page": [str(number)]}


def test_jobs_are_filtered_by_several_states():
    user = make_user()
    for status in JobStatus:
        make_job(user, status=status)

    told = make_api_client(user).get(f"{URL}?status=QUEUED,RUNNING").json()

    assert {job["status"] for job in told["jobs"]} == {"QUEUED", "RUNNING"}


def test_jobs_are_found_by_name_description_and_file_name():
    user = make_user()
    wanted = {
        str(make_job(user, name="Annual Report").pk),
        str(make_job(user, description="the REPORT of March").pk),
    }
    by_file = make_job(user, rows=0)
    make_row(by_file, document=make_document(user, filename="report.txt"))
    make_job(user, name="Letters")

    assert set(ids(make_api_client(user).get(f"{URL}?search=report"))) == wanted | {str(by_file.pk)}


def test_jobs_are_sorted_by_name_and_by_creation():
    user = make_user()
    now = timezone.now()
    old_b = make_job(user, name="b", created_at=now - timedelta(days=2))
    new_b = make_job(user, name="b", created_at=now)
    a = make_job(user, name="a", created_at=now - timedelta(days=1))
    api = make_api_client(user)

    assert ids(api.get(URL)) == [str(job.pk) for job in (new_b, a, old_b)]
    assert ids(api.get(f"{URL}?ordering=created_at")) == [str(j.pk) for j in (old_b, a, new_b)]
    assert ids(api.get(f"{URL}?ordering=name,-created_at")) == [
        str(job.pk) for job in (a, new_b, old_b)
    ]
    assert ids(api.get(f"{URL}?ordering=&status=&search=")) == ids(api.get(URL))


def test_jobs_are_filtered_by_the_time_of_their_creation():
    user = make_user()
    now = timezone.now()
    old, new = (make_job(user, created_at=now - timedelta(days=days)) for days in (10, 1))
    api = make_api_client(user)
    limit = (now - timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ids(api.get(f"{URL}?created_after={limit}")) == [str(new.pk)]
    assert ids(api.get(f"{URL}?created_before={limit}")) == [str(old.pk)]


def test_an_admin_can_ask_for_their_own_jobs():
    org = make_org()
    admin = make_user(org, role=Role.ADMIN)
    mine = make_job(admin)
    make_job(make_user(org))

    assert ids(make_api_client(admin).get(f"{URL}?owner=me")) == [str(mine.pk)]
