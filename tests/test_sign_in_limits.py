"""Wrong passwords are counted by account and address; who is locked out, and who is not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from orgsettings import sign_in_limits
from orgsettings.models import SignInCount
from orgsettings.sign_in_limits import TooManyAtOnce, TooManyAttempts

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 31, 12, 30, 20, tzinfo=UTC)
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
ADA = "user 1"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SIGN_IN_ATTEMPTS = 3
    settings.SIGN_IN_LOCK_SECONDS = 300


@pytest.fixture
def all_at_once(monkeypatch):
    """As many passwords may be checked at once as somebody sends."""
    monkeypatch.setattr(sign_in_limits, "_places", threading.Semaphore(100))


def guess(account=ADA, address=HOME, *, right=False, now=NOW):
    """Whether the password was checked at all; a right one is accepted."""
    checked = []
    try:
        found = sign_in_limits.attempt(account, address, now, lambda: checked.append(1) or right)
    except TooManyAttempts:
        return False
    assert checked
    assert bool(found) is right
    return True


def guess_from_everywhere(times, account=ADA):
    """Wrong passwords, three from each of as many addresses as that takes."""
    for number in range(times):
        guess(account, f"203.0.113.{number // 3}")


def test_after_some_wrong_passwords_nothing_is_checked_for_minutes():
    assert [guess() for _ in range(4)] == [True, True, True, False]
    assert not guess(right=True)

    with pytest.raises(
        TooManyAttempts, match=r"Too many attempts\. Try again in 4 minutes\."
    ) as no:
        sign_in_limits.attempt(ADA, HOME, NOW + timedelta(seconds=100), lambda: True)
    assert no.value.extra["retry_after"] == 200
    assert guess(right=True, now=NOW + timedelta(seconds=300))


def test_going_on_does_not_make_the_lock_longer():
    for seconds in range(0, 300, 20):
        guess(now=NOW + timedelta(seconds=seconds))

    assert guess(right=True, now=NOW + timedelta(seconds=300))


def test_the_right_password_begins_anew():
    for _ in range(3):
        assert [guess(), guess(), guess(right=True)] == [True] * 3


def test_a_lock_holds_for_one_address_only():
    for _ in range(20):
        guess(address=ELSEWHERE)

    assert guess(right=True)


def test_one_address_alone_locks_an_account_nowhere_else_however_long_it_goes_on():
    for minutes in range(0, 60, 5):
        for _ in range(50):
            guess(address=ELSEWHERE, now=NOW + timedelta(minutes=minutes))

    assert guess(right=True, now=NOW + timedelta(minutes=55))


def test_one_address_cannot_try_one_password_on_many_accounts():
    assert all(guess(f"user {number}") for number in range(18))  # six times three

    assert not guess("user 18")
    assert guess("user 18", ELSEWHERE)


def test_who_signed_in_at_an_address_before_is_not_locked_out_by_others_there():
    assert guess(right=True, now=NOW - timedelta(days=1))

    for number in range(40):
        guess(f"name {number}")

    assert guess(right=True)
    assert not guess("user 2", right=True)


def test_right_passwords_do_not_count_for_the_address_that_many_share():
    assert all(guess(f"user {number}", right=True) for number in range(40))


def test_many_addresses_together_cannot_guess_one_password():
    guess_from_everywhere(30)  # ten times three

    assert not guess(right=True)


def test_many_addresses_together_lock_nobody_out_where_they_signed_in_before():
    assert guess(right=True, now=NOW - timedelta(days=29))

    guess_from_everywhere(60)

    assert guess(right=True)
    assert not guess(address=ELSEWHERE, right=True)
    assert [guess() for _ in range(4)] == [True, True, True, False]  # the lower bound holds there


def test_an_address_is_known_for_a_month():
    assert guess(right=True, now=NOW - timedelta(days=31))

    guess_from_everywhere(60)

    assert not guess(right=True)


def test_counts_that_ended_are_deleted():
    guess()
    guess(address=ELSEWHERE, right=True)

    guess("user 2", "203.0.113.9", now=NOW + timedelta(days=40))

    assert SignInCount.objects.count() == 3  # of that last one


def test_nobody_is_counted_when_there_is_no_limit(settings):
    settings.SIGN_IN_ATTEMPTS = 0

    assert all(guess() for _ in range(50))
    assert not SignInCount.objects.exists()


def test_a_lock_is_logged_once_and_names_nobody_unknown(caplog):
    for _ in range(9):
        guess("user 7")
        guess("name hunter2", ELSEWHERE)

    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert f"user 7 from {HOME}" in lines[0]
    assert ELSEWHERE in lines[1]
    assert "hunter2" not in "".join(lines)


@pytest.mark.usefixtures("all_at_once")
@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_checked_than_are_allowed():
    outcomes = []
    start = threading.Barrier(12)

    def guess_once():
        start.wait()
        try:
            outcomes.append(guess())
        finally:
            connection.close()

    threads = [threading.Thread(target=guess_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [False] * 9 + [True] * 3


@pytest.mark.usefixtures("all_at_once")
@pytest.mark.django_db(transaction=True)
def test_many_right_and_wrong_passwords_at_once_block_no_other():
    outcomes = []

    def try_some(number):
        try:
            outcomes.extend(guess(f"user {n}", right=n % 2 == 0) for n in range(number, number + 6))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_some, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 48


class Checks:
    """Checks that last until they may go on."""

    def __init__(self):
        self.running = self.most = 0
        self.begun, self.goes_on = threading.Semaphore(0), threading.Event()

    def __call__(self):
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.release()
        self.goes_on.wait(20)
        self.running -= 1
        return True

    def sign_in(self, number):
        """True, or after how many seconds to come again."""
        try:
            return sign_in_limits.attempt(f"user {number}", HOME, NOW, self)
        except TooManyAtOnce as refusal:
            return refusal.extra["retry_after"]
        finally:
            connection.close()


@pytest.mark.parametrize("attempts", [0, 3])
@pytest.mark.django_db(transaction=True)
def test_no_more_passwords_are_checked_at_once_than_there_are_places(settings, attempts):
    settings.SIGN_IN_ATTEMPTS = attempts
    places, checks = sign_in_limits.AT_ONCE, Checks()
    with ThreadPoolExecutor(16) as threads:
        first = [threads.submit(checks.sign_in, number) for number in range(places)]
        for _ in first:
            assert checks.begun.acquire(timeout=20)

        others = [threads.submit(checks.sign_in, number) for number in range(places, 16)]
        told = [other.result() for other in others]  # while those are being checked
        checks.goes_on.set()

    assert checks.most == places < settings.WEB_THREADS
    assert [each.result() for each in first] == [True] * places
    assert told == [2] * (16 - places)
    assert not SignInCount.objects.filter(failures__gt=0).exists()  # of what was not checked


def test_a_place_is_free_again_after_a_check_that_failed():
    for _ in range(sign_in_limits.AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError):
            sign_in_limits.attempt(ADA, HOME, NOW, lambda: 1 // 0)
