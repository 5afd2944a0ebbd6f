"""Parts of an installation: what happens when one of them ends."""

import sys

import pytest
from django.core.management.base import CommandError

from curatore.core import supervision
from curatore.core.supervision import FirstSign, Part
from tests.cluster.conftest import wait_for


def part(code, **fields):
    return Part("web process", [sys.executable, "-c", code], **fields)


def pauses(caplog):
    return [record.args[-1] for record in caplog.records]


def test_a_part_that_dies_again_and_again_is_started_anew_after_growing_pauses(caplog, monkeypatch):
    monkeypatch.setattr(supervision, "_FIRST_PAUSE", 0.01)
    mortal = part("raise SystemExit(3)")

    def has_died_often():
        mortal.look()
        return len(pauses(caplog)) >= 4

    wait_for(has_died_often, "four deaths")

    assert pauses(caplog)[:4] == [0.01, 0.02, 0.04, 0.08]
    assert caplog.messages[0] == ("The web process ended with exit code 3; restarting in 0.01 s.")


def test_a_part_that_fails_before_it_ever_worked_ends_the_whole():
    broken = part("raise SystemExit(3)", sign=FirstSign())

    def look():
        broken.look()
        return False

    with pytest.raises(CommandError, match="The web process cannot start"):
        wait_for(look, "the end")


def test_a_part_that_worked_and_fails_soon_is_started_anew_after_growing_pauses(
    caplog, monkeypatch
):
    monkeypatch.setattr(supervision, "_FIRST_PAUSE", 0.01)
    sign = FirstSign()
    mortal = part(f"import os; os.write({sign.write}, b'1'); raise SystemExit(3)", sign=sign)

    def has_died_often():
        mortal.look()
        return len(pauses(caplog)) >= 3

    wait_for(has_died_often, "three deaths")

    assert pauses(caplog)[:3] == [0.01, 0.02, 0.04]


def test_a_part_that_fails_beside_one_that_worked_is_started_anew(caplog):
    sign = FirstSign()
    works = part(f"import os, time; os.write({sign.write}, b'1'); time.sleep(60)", sign=sign)
    fails = part("raise SystemExit(3)", sign=sign)
    works.look()
    try:
        wait_for(sign.was_heard, "the first sign")

        def has_died():
            fails.look()
            return pauses(caplog)

        wait_for(has_died, "its death")
    finally:
        process = works._process
        works.wait(until=0)
        process.wait(timeout=10)


def test_a_part_that_does_not_end_when_told_is_killed():
    stubborn = part("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()")
    stubborn.look()
    process = stubborn._process

    stubborn.wait(until=0)

    assert process.wait(timeout=10) == -9
