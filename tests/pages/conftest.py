"""What the tests of pages share: browsers that are signed in."""

import pytest
from django.test import Client

from tests.factories import make_org, make_user


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def org(db):
    return make_org(limit=3)


@pytest.fixture
def member(org):
    return make_user(org)


@pytest.fixture
def browser(member):
    """Django's client, signed in as `member`."""
    return sign_in(member)
