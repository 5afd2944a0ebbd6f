"""Damaged files by the hundred: a small part of what `make fuzz` does."""

import os

import pytest

from tests.fuzz.campaign import Campaign, load_seeds

SCALE = int(os.environ.get("FAULT_SCALE", "1"))


@pytest.fixture
def campaign(tmp_path):
    return Campaign(
        load_seeds(),
        seed=20,
        timeout_seconds=60,
        memory_bytes=1024**3,
        out=tmp_path / "findings",
    )


def test_a_seed_and_a_number_make_the_same_damaged_file_again(campaign, tmp_path):
    again = Campaign(load_seeds(), seed=20, timeout_seconds=1, memory_bytes=1, out=tmp_path)

    files = [campaign.input(number) for number in range(200)]

    assert files == [again.input(number) for number in range(200)]
    assert len({data for _, data in files}) > 180
    assert len({seed.format for seed, _ in files}) > 20


@pytest.mark.faults
def test_damaged_files_cost_only_themselves(campaign, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    results = campaign.run(range(300 * SCALE), workers=2, scratch=scratch)

    assert [result for result in results if result.offends] == []
    assert len(results) == 300 * SCALE
    assert sum(result.code == "" for result in results) > 50
    assert list(scratch.iterdir()) == []
