"""The chain, pure: any tampering with any link is seen, at the first place where it is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.evidence.chain import GENESIS, Break, Fault, Link, broken_links, digest_of, hash_of

NAME = "7"


def hashed(before, number, digest):
    return hash_of(NAME, before, number=number, kind="findings.finding", object_id=str(number), digest=digest)


def chain(length):
    links, before = [], GENESIS
    for number in range(1, length + 1):
        digest = digest_of({"number": number})
        before = hashed(before, number, digest)
        links.append(Link(number, "findings.finding", str(number), digest, before))
    return links


def first_break(links, length=None, head=None):
    untouched = chain(length or len(links))
    found = broken_links(NAME, links, len(untouched), head or (untouched[-1].hash if untouched else GENESIS))
    return next(found, None)


@given(st.integers(0, 20))
def test_an_untouched_chain_holds(length):
    assert first_break(chain(length)) is None


@given(st.integers(1, 20), st.data())
def test_a_changed_link_is_named_and_it_is_the_first(length, data):
    links = chain(length)
    number = data.draw(st.integers(1, length))
    field = data.draw(st.sampled_from(["kind", "object_id", "digest", "hash"]))
    links[number - 1] = links[number - 1]._replace(**{field: "x"})
    found = first_break(links)
    assert (found.fault, found.number) == (Fault.LINK_CHANGED, number)


@given(st.integers(2, 20), st.data())
def test_a_link_taken_out_is_seen_and_so_is_one_cut_off(length, data):
    links = chain(length)
    number = data.draw(st.integers(1, length))
    del links[number - 1]
    fault = Fault.CUT_OFF if number == length else Fault.LINK_MISSING
    assert first_break(links, length) == Break(fault, number)


def test_a_chain_made_anew_from_a_changed_link_on_is_seen_by_who_noted_its_head():
    links = chain(3)
    digest = digest_of({"number": "forged"})
    forged = Link(3, "findings.finding", "3", digest, hashed(links[1].hash, 3, digest))
    assert first_break([*links[:2], forged]).fault == Fault.CUT_OFF


def test_a_chain_cannot_be_passed_off_as_another():
    assert next(broken_links("8", chain(1), 1, chain(1)[0].hash)).fault == Fault.LINK_CHANGED


@pytest.mark.parametrize("one", [
    datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 20, tzinfo=timezone(timedelta(hours=8))),
])  # fmt: skip
def test_a_moment_has_one_digest_in_every_zone(one):
    assert digest_of({"at": one}) == digest_of({"at": datetime(2026, 3, 2, 12, tzinfo=UTC)})
