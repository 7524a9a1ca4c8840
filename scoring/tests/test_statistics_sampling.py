"""Sample sizes, allocation, and the draw nobody can steer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics.sampling import allocate, draw, draw_stratified, sample_size

SIZES = {
    0.1: {None: 97, 50: 34, 100: 50, 200: 66, 500: 81, 1000: 88, 5000: 95},
    0.05: {None: 385, 50: 45, 100: 80, 200: 132, 500: 218, 1000: 278, 5000: 357},
    0.03: {None: 1068, 50: 48, 100: 92, 200: 169, 500: 341, 1000: 517, 5000: 880},
    0.02: {None: 2401, 50: 49, 100: 97, 200: 185, 500: 414, 1000: 707, 5000: 1623},
}
populations = st.lists(st.integers(0, 3000), min_size=1, max_size=12).map(
    lambda sizes: dict(enumerate(sizes))
)


@pytest.mark.parametrize(
    ("e", "population", "n"), [(e, size, n) for e, row in SIZES.items() for size, n in row.items()]
)
def test_sample_sizes_of_the_reference(e, population, n):
    assert sample_size(e, population) == n


@given(st.floats(0.005, 0.5), st.integers(0, 10**6))
def test_a_sample_is_never_larger_than_its_population(e, population):
    assert 0 <= sample_size(e, population) <= population


def test_a_size_that_is_whole_is_not_rounded_up():
    assert sample_size(0.1, z=2) == 100


def test_impossible_margins_are_refused():
    for e in (0, 1, 5):
        with pytest.raises(ValueError, match="margin"):
            sample_size(e)


def test_allocation_is_proportional_with_a_least_number():
    assert allocate({"a": 600, "b": 300, "c": 100}, 100) == {"a": 60, "b": 30, "c": 10}
    assert allocate({"a": 900, "b": 80, "c": 20}, 100) == {"a": 80, "b": 10, "c": 10}
    assert allocate({"a": 900, "b": 96, "c": 4}, 100) == {"a": 86, "b": 10, "c": 4}


def test_the_least_numbers_come_first_when_they_need_more():
    assert allocate({"a": 50, "b": 50, "c": 3}, 5) == {"a": 10, "b": 10, "c": 3}


def test_nobody_is_asked_twice_when_more_are_wanted_than_there_are():
    assert allocate({"a": 50, "b": 5}, 1000) == {"a": 50, "b": 5}


def test_remainders_go_to_the_largest():
    assert allocate({"a": 1, "b": 1, "c": 1}, 2, least=0) == {"a": 1, "b": 1, "c": 0}
    assert allocate({"a": 65, "b": 19, "c": 16}, 10, least=0) == {"a": 6, "b": 2, "c": 2}
    assert allocate({"a": 10, "b": 30}, 2, least=0) == {"a": 0, "b": 2}
    assert allocate({"a": 0, "b": 0}, 5) == {"a": 0, "b": 0}


@given(populations, st.integers(0, 12_000), st.integers(0, 40))
def test_allocation_sums_exactly_and_stays_inside_every_stratum(sizes, n, least):
    parts = allocate(sizes, n, least)
    floors = {key: min(least, size) for key, size in sizes.items()}
    assert sum(parts.values()) == min(sum(sizes.values()), max(n, sum(floors.values())))
    assert all(floors[key] <= parts[key] <= sizes[key] for key in sizes)


@given(populations, st.integers(0, 12_000))
def test_without_a_least_number_every_part_is_within_one_of_its_quota(sizes, n):
    people = sum(sizes.values())
    if people:
        parts = allocate(sizes, n, least=0)
        assert all(abs(parts[key] - size * min(n, people) / people) < 1 for key, size in sizes.items())


def test_negative_numbers_are_refused():
    for arguments in (({"a": -1}, 5), ({"a": 5}, -1), ({"a": 5}, 1, -1)):
        with pytest.raises(ValueError, match="0 <= k <= n"):
            allocate(*arguments)


def test_the_same_seed_draws_the_same_people_on_every_machine():
    assert draw(range(1, 101), 5, "2026Q3") == [39, 21, 6, 95, 62]


@given(st.sets(st.integers(0, 10**6), max_size=60), st.integers(0, 70), st.randoms(use_true_random=False))
def test_the_order_of_the_frame_does_not_matter(frame, n, random):
    ordered = sorted(frame)
    shuffled = random.sample(ordered, len(ordered))
    sample = draw(shuffled, n, seed=7)
    assert sample == draw(ordered, n, seed=7)
    assert len(set(sample)) == len(sample) == min(n, len(frame))
    assert set(sample) <= frame
    assert draw(ordered, n + 5, seed=7)[: len(sample)] == sample


def test_another_seed_draws_other_people():
    assert draw(range(1000), 20, 1) != draw(range(1000), 20, 2)


def test_everybody_is_drawn_equally_often():
    hits = [0] * 20
    for seed in range(2000):
        for member in draw(range(20), 5, seed):
            hits[member] += 1
    assert all(abs(count - 500) < 5 * (2000 * 0.25 * 0.75) ** 0.5 for count in hits)


def test_ids_that_read_the_same_and_negative_sizes_are_refused():
    with pytest.raises(ValueError, match="twice"):
        draw([1, "1"], 1, 1)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        draw([1], -1, 1)


def test_seed_and_id_are_kept_apart():
    assert draw(["1:2", "3"], 2, "x") == draw(["3", "1:2"], 2, "x")
    lots = {tuple(draw(["a", "b", "c"], 3, seed)) for seed in ("1", "1:1", "11")}
    assert len(lots) > 1


def test_strata_are_drawn_as_allocated():
    frames = {"a": range(100), "b": range(100, 110), "c": range(200, 300)}
    drawn = draw_stratified(frames, {"a": 20, "b": 10}, seed=3)
    assert {key: len(members) for key, members in drawn.items()} == {"a": 20, "b": 10, "c": 0}
    assert set(drawn["b"]) == set(range(100, 110))
    with pytest.raises(ValueError, match="fewer than 11"):
        draw_stratified(frames, {"b": 11}, seed=3)
    with pytest.raises(ValueError, match="fewer than 1"):
        draw_stratified(frames, {"z": 1}, seed=3)
