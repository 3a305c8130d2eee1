"""What is remembered is forgotten when it matters."""

from portal import memory, store
from portal.insight import numbers
from tests import make


def test_what_is_slow_is_remembered_until_this_process_writes(world, monkeypatch):
    monkeypatch.setattr(memory, "SLOW_SECONDS", -1)  # everything is slow
    make.order(world.account)
    before = numbers.of(world.rhea)
    asked = store.queries()
    assert numbers.of(world.rhea) == before and store.queries() == asked
    assert numbers.of(world.owen)[0].count == 0  # nobody is told another one's figures
    make.order(world.account)
    assert numbers.of(world.rhea)[0].count == before[0].count + 1


def test_what_is_quick_is_asked_each_time(monkeypatch):
    answers = iter(range(9))
    monkeypatch.setattr(memory, "SLOW_SECONDS", 9)
    assert [memory.while_slow("a test", lambda: next(answers)) for _ in range(2)] == [0, 1]
    assert [memory.remembered("a test", 60, lambda: next(answers)) for _ in range(2)] == [2, 2]
    memory.forget()
    assert memory.remembered("a test", 60, lambda: next(answers)) == 3
    memory.forget()
