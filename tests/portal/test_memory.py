"""What is remembered is forgotten when it matters."""

from portal import memory, store
from portal.insight import today
from tests import make


def test_what_is_slow_is_remembered_until_this_process_writes(world, monkeypatch):
    monkeypatch.setattr(memory, "SLOW_SECONDS", -1)  # everything is slow
    make.order(world.account)
    before = today.figures(world.rhea)
    asked = store.queries()
    assert today.figures(world.rhea) == before and store.queries() == asked
    assert today.figures(world.owen).orders == 0  # nobody is told another one's figures
    make.order(world.account)
    assert today.figures(world.rhea).orders == before.orders + 1


def test_what_is_quick_is_asked_each_time(monkeypatch):
    answers = iter(range(9))
    monkeypatch.setattr(memory, "SLOW_SECONDS", 9)
    assert [memory.while_slow("a test", lambda: next(answers)) for _ in range(2)] == [0, 1]
    assert [memory.remembered("a test", 60, lambda: next(answers)) for _ in range(2)] == [2, 2]
    memory.forget()
    assert memory.remembered("a test", 60, lambda: next(answers)) == 3
    memory.forget()
