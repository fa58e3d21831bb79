"""What agreement counts in a file is learned from the file: made-up evidence of which everything is known."""

from __future__ import annotations

import numpy as np
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching.assembly import assembled
from somec.persons.matching.blocking import blocks_of
from somec.persons.matching.cluster import duplicates, grouped
from somec.persons.matching.mixture import estimate, random_levels
from somec.persons.matching.model import load_model
from somec.persons.matching.pairing import PAIR_LEVELS
from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.matching.scoring import Field

STRANGERS = np.array([0, 5e-5, 5e-5, 5e-4, 5e-4, 5e-4, 1e-3, 3e-3, 0.014, 0.003, 0.04, 0.1, 0.8373, 1e-4])


def evidence(true: int, false: int, errors: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bits, levels and truth: true pairs with 22 bits of name on average, strangers with 12, dates by chance."""
    chance = np.random.default_rng(4)
    bits = np.zeros((true + false, 6), np.float32)
    bits[:, Field.NAME] = np.concatenate([chance.normal(22, 5, true), chance.normal(12, 5, false)])
    one = np.full(PAIR_LEVELS, errors / (PAIR_LEVELS - 2))
    one[0], one[1] = 0.0, 1.0 - errors
    strangers = STRANGERS / STRANGERS.sum()
    levels = np.concatenate([chance.choice(14, true, p=one / one.sum()), chance.choice(14, false, p=strangers)])
    levels[chance.random(len(levels)) < 0.2] = 0
    return bits, levels.astype(np.uint8), np.arange(true + false) < true


@pytest.mark.parametrize("errors", [0.05, 0.4])
@pytest.mark.parametrize("false", [3_000, 100_000])
def test_the_share_of_true_pairs_and_the_errors_of_dates_are_found(false: int, errors: float) -> None:
    bits, levels, truth = evidence(2_000, false, errors)
    learned = estimate(bits, levels, STRANGERS, load_model(), 50_000)
    shares = learned.probabilities(bits, levels)
    assert shares.sum() == pytest.approx(2_000, rel=0.08)
    undated = levels == 0
    assert shares[undated].sum() == pytest.approx(truth[undated].sum(), rel=0.15)
    assert 2 ** learned.dates[1] * STRANGERS[1] == pytest.approx(1.0 - errors, abs=0.05)


def test_more_strangers_of_one_name_make_the_name_count_less() -> None:
    """The same name and no date: likely one person in a small file, unlikely in a large one."""
    asked = np.zeros((1, 6), np.float32)
    asked[0, Field.NAME] = 20.0
    undated = np.zeros(1, np.uint8)
    few, many = (
        estimate(bits, levels, STRANGERS, load_model(), 50_000).probabilities(asked, undated)[0]
        for bits, levels, _ in (evidence(2_000, 3_000, 0.1), evidence(2_000, 300_000, 0.1))
    )
    assert few > 0.5
    assert many < 0.1


def test_a_file_without_dates_keeps_the_weights_of_the_model() -> None:
    bits, levels, _ = evidence(500, 500, 0.1)
    none = np.zeros_like(levels)
    model = load_model()
    learned = estimate(bits, none, STRANGERS, model, 1_000)
    assert learned.weights[0] == pytest.approx(model.pair_scale[Field.NAME])
    assert np.array_equal(estimate(bits[:0], none[:0], STRANGERS, model, 1_000).weights, learned.weights)


def test_dates_of_strangers_are_counted_in_the_file_and_in_a_small_one_taken_from_the_model() -> None:
    model = load_model()
    few = random_levels(blocks_of(assembled(crowd(3)).tables()), model)
    many = random_levels(blocks_of(assembled(crowd(500)).tables()), model)
    assert [few.sum(), many.sum()] == pytest.approx([1.0, 1.0])
    assert few[1] == pytest.approx(model.date_u[1] / sum(model.date_u[1:]), rel=0.1)
    assert few[0] == many[0] == 0.0
    nobody = random_levels(blocks_of(assembled([]).tables()), model)
    assert nobody.sum() == pytest.approx(1.0)


def test_groups_become_one_only_where_most_pairs_between_them_may_be() -> None:
    pairs = np.array([0 << 32 | 1, 2 << 32 | 3, 1 << 32 | 2], np.uint64)
    clusters, surest = grouped(5, pairs, np.array([0.9, 0.9, 0.8]), 0.35)
    assert clusters.tolist() == [0, 0, 1, 1, 2]
    assert surest.tolist() == [0.9, 0.9, 0.9, 0.9, 0.0]
    chained = np.append(pairs, np.uint64(0 << 32 | 3))
    assert grouped(5, chained, np.array([0.9, 0.9, 0.8, 0.7]), 0.35)[0].tolist() == [0, 0, 0, 0, 1]
    assert grouped(5, pairs, np.array([0.9, 0.9, 0.8]), 0.95)[0].tolist() == [0, 1, 2, 3, 4]


def test_a_handful_of_rows_is_grouped() -> None:
    anna, jan = PersonName("Anna Kowalska"), PersonName("Jan Nowak")
    rows = [
        PersonRecord("a", (anna,), ("1980-02-03",)),
        PersonRecord("b", (PersonName("Ana Kowalska"),), ("1980-02-03",)),
        PersonRecord("c", (jan,), ("1980-02-03",)),
        PersonRecord("d", (jan,), ("1951-07-30",)),
    ]
    assert duplicates(rows, load_model()).clusters.tolist() == [0, 0, 1, 2]
    assert duplicates([], load_model()).ids == []
