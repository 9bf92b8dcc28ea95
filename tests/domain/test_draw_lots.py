"""The lucky draw: a list that cannot change, winners that anyone can compute, every entry with the same chance."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.draw_lots import (
    DrawEntry,
    DrawFault,
    DrawList,
    Winner,
    below,
    canonical_text,
    clean_seed,
    commit,
    draw_winners,
    values,
    verify_draw,
)

SOURCE = "สลากกินแบ่งรัฐบาล รางวัลที่ 1 งวด 16 ธ.ค. 2569"
LIST = (
    DrawEntry("m-3", "2900000000031", 5),
    DrawEntry("m-1", "2900000000017", 2),
    DrawEntry("m-2", "2900000000024", 1),
)


FIXED_COMMITMENT = "df5f6cf2c89724f448860fa9198aab68ecee93eb2aa96d51703a54cf79fd3f08"
FIXED_WINNERS = [("m14", 0, 103), ("m16", 1, 121), ("m11", 2, 61), ("m12", 3, 56)]


def _closed() -> DrawList:
    return commit("draw-1", SOURCE, LIST)


def test_the_list_is_one_text() -> None:
    assert canonical_text("draw-1", SOURCE, _closed().entries) == (
        f"pos-member draw 1\ndraw-1\n{SOURCE}\nm-1\t2900000000017\t2\nm-2\t2900000000024\t1\nm-3\t2900000000031\t5\n"
    )


def test_vectors() -> None:
    """Computed apart from the code under test, by the words of its docstring."""
    closed = _closed()
    text = canonical_text("draw-1", SOURCE, closed.entries)
    assert closed.commitment == hashlib.sha256(text.encode()).hexdigest()
    key = hashlib.sha256(f"{closed.commitment}\n482137".encode()).digest()
    tickets = ["m-1", "m-1", "m-2", "m-3", "m-3", "m-3", "m-3", "m-3"]
    wanted = []
    for counter in range(3):
        value = int.from_bytes(hmac.new(key, counter.to_bytes(8, "big"), "sha256").digest(), "big")
        ticket = value % len(tickets)
        won = tickets[ticket]
        wanted.append((counter, ticket, won))
        tickets = [each for each in tickets if each != won]
    record = draw_winners(closed, "482137", 3)
    assert [(one.counter, one.ticket, one.member_id) for one in record.winners] == wanted
    assert sorted(one.member_id for one in record.winners) == ["m-1", "m-2", "m-3"]


def test_a_fixed_vector() -> None:
    """These never change: a draw held by one build is checked by the next."""
    record = draw_winners(commit("d", "s", [DrawEntry(f"m{i:02d}", str(i), i) for i in range(1, 21)]), "482137", 4)
    assert record.closed.commitment == FIXED_COMMITMENT
    assert [(one.member_id, one.counter, one.ticket) for one in record.winners] == FIXED_WINNERS


def test_the_numbers_of_a_draw_are_those_of_the_published_function() -> None:
    """RFC 4231, case 2 is HMAC-SHA256 of another text; here the text is the counter, so it is computed."""
    first, second = islice(values(b"Jefe"), 2)
    assert first == int(hmac.new(b"Jefe", bytes(8), "sha256").hexdigest(), 16)
    assert second == int(hmac.new(b"Jefe", bytes([0] * 7 + [1]), "sha256").hexdigest(), 16)


_entries = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(-2, 9), min_size=1, max_size=12).map(
    lambda held: [DrawEntry(member_id, f"n{member_id}", n) for member_id, n in held.items()]
)


@given(_entries, st.data(), st.integers(0, 15))
def test_the_order_in_which_entries_are_given_does_not_matter(
    entries: list[DrawEntry], data: st.DataObject, prizes: int
) -> None:
    # Entries of one member may come in parts.
    parts = [replace(each, entries=1) for each in entries for _ in range(max(0, each.entries))]
    parts += [each for each in entries if each.entries <= 0]
    closed = commit("d", "s", entries)
    record = draw_winners(closed, "123456", prizes)
    # A negative sum is no entry, in whatever parts.
    assert commit("d", "s", data.draw(st.permutations(parts))) == closed
    assert verify_draw(record, closed.commitment) is None
    with_entries = {each.member_id for each in entries if each.entries > 0}
    won = [one.member_id for one in record.winners]
    assert len(won) == len(set(won)) == min(prizes, len(with_entries))
    assert set(won) <= with_entries
    assert [one.place for one in record.winners] == list(range(1, len(won) + 1))


@pytest.mark.parametrize("typed", ["482137", " 482 137\n", "๔๘๒๑๓๗", "４８２１３７"])
def test_the_seed_is_the_same_however_it_is_typed(typed: str) -> None:
    assert clean_seed(typed) == "482137"
    assert draw_winners(_closed(), typed, 2) == draw_winners(_closed(), "482137", 2)


def test_another_seed_or_another_list_makes_another_draw() -> None:
    closed = commit("d", "s", [DrawEntry(f"m{i:03d}", str(i), 1) for i in range(500)])
    draws = {tuple(one.member_id for one in draw_winners(closed, str(seed), 5).winners) for seed in range(50)}
    assert len(draws) == 50
    assert commit("d2", "s", LIST).commitment != commit("d", "s", LIST).commitment
    assert commit("d", "s2", LIST).commitment != commit("d", "s", LIST).commitment


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_there_is_no_draw_without_a_seed(empty: str) -> None:
    with pytest.raises(ValueError):
        draw_winners(_closed(), empty, 1)


def test_a_list_that_could_be_read_in_two_ways_is_refused() -> None:
    for bad in (DrawEntry("m\t1", "1", 1), DrawEntry("m", "1\n", 1)):
        with pytest.raises(ValueError):
            commit("d", "s", [bad])
    with pytest.raises(ValueError):
        commit("d", "s", [DrawEntry("m", "1", 1), DrawEntry("m", "2", 1)])


def test_what_was_changed_is_found() -> None:
    record = draw_winners(_closed(), "482137", 2)
    closed = record.closed
    assert verify_draw(record) is None
    assert verify_draw(record, closed.commitment.upper()) is None
    assert verify_draw(record, "0" * 64) is DrawFault.COMMITMENT
    more = tuple(replace(each, entries=each.entries + 1) for each in closed.entries)
    assert verify_draw(replace(record, closed=replace(closed, entries=more))) is DrawFault.COMMITMENT
    turned = replace(closed, entries=closed.entries[::-1])
    assert verify_draw(replace(record, closed=turned)) is DrawFault.LIST
    nobody = replace(closed, entries=(replace(closed.entries[0], entries=0), *closed.entries[1:]))
    assert verify_draw(replace(record, closed=nobody)) is DrawFault.LIST
    odd = replace(closed, entries=(replace(closed.entries[0], number="1\t2"), *closed.entries[1:]))
    assert verify_draw(replace(record, closed=odd)) is DrawFault.LIST
    assert verify_draw(replace(record, seed="482138")) is DrawFault.WINNERS
    assert verify_draw(replace(record, seed="")) is DrawFault.SEED
    assert verify_draw(replace(record, seed="482 137")) is DrawFault.SEED
    swapped = (Winner(1, "m-9", "9", 0, 0), *record.winners[1:])
    assert verify_draw(replace(record, winners=swapped)) is DrawFault.WINNERS
    assert verify_draw(replace(record, winners=record.winners[:1])) is DrawFault.WINNERS


def test_values_that_would_favour_some_entries_are_passed_over() -> None:
    """Of 3 bits and 3 entries, 6 and 7 are left out: what remains is two of each."""
    found = Counter(below(iter([(value, value), (9, 0)]), 3, bits=3) for value in range(8))
    assert found == {(0, 0): 1, (1, 1): 1, (2, 2): 1, (3, 0): 1, (4, 1): 1, (5, 2): 1, (9, 0): 2}
    for limit in (0, -1, 9):
        with pytest.raises(ValueError):
            below(iter([(0, 0)]), limit, bits=3)


@given(st.integers(1, 64))
def test_every_entry_has_exactly_the_same_chance(limit: int) -> None:
    """All 64 values of 6 bits: as many of them fall on one entry as on any other."""
    hits = Counter(below(iter([(0, value), (1, 0)]), limit, bits=6) for value in range(64))
    fair = [hits[0, ticket] for ticket in range(limit)]
    assert fair == [64 // limit] * limit


def test_members_win_by_their_entries() -> None:
    """Chi-square over 4000 draws of one prize, entries 1, 2, 3, 4: the seeds are fixed, and so are the counts."""
    closed = commit("d", "s", [DrawEntry(f"m{i}", str(i), i) for i in (1, 2, 3, 4)])
    won = Counter(draw_winners(closed, f"seed-{n}", 1).winners[0].member_id for n in range(4_000))
    expected = {f"m{i}": 400 * i for i in (1, 2, 3, 4)}
    # Σ (seen − expected)² / expected < 16.27: 3 degrees of freedom, p = 0.001; in whole numbers over 1200.
    weighed = sum((won[who] - n) ** 2 * (1_200 // i) for i, (who, n) in enumerate(expected.items(), 1))
    assert weighed * 100 < 1_627 * 1_200 * 400


def test_the_second_prize_is_fair_among_those_who_are_left() -> None:
    closed = commit("d", "s", [DrawEntry(who, who, 1) for who in "abc"])
    orders = Counter(
        "".join(one.member_id for one in draw_winners(closed, f"seed-{n}", 3).winners) for n in range(3_000)
    )
    assert len(orders) == 6
    # 5 degrees of freedom, p = 0.001: 20.52.
    assert sum((seen - 500) ** 2 for seen in orders.values()) * 100 < 2_052 * 500
