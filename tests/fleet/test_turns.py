"""Work of many transactions on SQLite leaves others a moment to write; elsewhere it needs none."""

import time

import pytest
from django.db import connection

from fleet import turns


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """The pauses that are made; each look at the clock takes 0.3 s."""
    made: list[float] = []
    clock = iter(number * 0.3 for number in range(1000))
    monkeypatch.setattr(time, "sleep", made.append)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    return made


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_it_pauses_now_and_then(pauses):
    assert list(turns.in_turns(range(6))) == list(range(6))
    assert bool(pauses) == (connection.vendor == "sqlite")


@pytest.mark.django_db
def test_within_a_transaction_a_pause_would_help_nobody(pauses):
    assert list(turns.in_turns("abcdef")) == list("abcdef")
    assert pauses == []
