"""What a newcomer meets: the sign-in page of a new site, and the first steps of a new admin."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.models import JobOrigin, JobStatus
from orgsettings.models import Role
from tests.factories import make_job, make_org, make_user
from tests.pages.conftest import sign_in

pytestmark = pytest.mark.django_db

STEPS = "Your first steps"


@pytest.fixture
def admin():
    return make_user(make_org(), role=Role.ADMIN)


def test_a_new_site_says_what_it_is_and_where_the_first_password_stands(admin):
    page = Client().get(reverse("login")).text

    assert "clean, scored Markdown" in page
    assert "printed where Curatore was started" in page


def test_once_somebody_signed_in_nothing_is_said_of_the_first_password(admin):
    sign_in(admin)

    assert "printed where" not in Client().get(reverse("login")).text


def test_a_new_admin_sees_three_steps_with_the_sample_job(admin):
    sample = make_job(admin, status=JobStatus.COMPLETED, origin=JobOrigin.SYSTEM)

    page = sign_in(admin).get("/jobs").text

    assert STEPS in page
    assert reverse("jobs:detail", args=[sample.pk]) in page.split(STEPS)[1].split("</section>")[0]


def test_the_steps_go_when_they_are_done(admin):
    make_job(admin, status=JobStatus.COMPLETED)
    browser = sign_in(admin)
    assert STEPS in browser.get("/jobs").text

    make_user(admin.membership.organization)

    assert STEPS not in browser.get("/jobs").text


def test_who_dismisses_the_steps_does_not_see_them_again(admin):
    browser = sign_in(admin)

    page = browser.post(reverse("settings-first-steps"), follow=True)

    assert STEPS not in page.text


def test_members_and_admins_of_long_ago_see_no_steps(admin):
    admin.date_joined = timezone.now() - timedelta(days=31)
    admin.save()

    for user in (admin, make_user(make_org()), make_user(make_org(), role=Role.VIEWER)):
        assert STEPS not in sign_in(user).get("/jobs").text
