"""The lock: fair, re-entrant, clean after an interrupt."""

from __future__ import annotations

import threading

import pytest

from mikit.trace.turns import Turns


def in_thread(body) -> threading.Thread:
    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


def wait_until_queued(turns: Turns, n: int) -> None:
    while len(turns._queue) < n:
        threading.Event().wait(0.001)


def test_whoever_waited_longest_is_next():
    turns = Turns()
    order = []

    def take(name):
        with turns.turn():
            order.append(name)

    with turns.turn():
        threads = []
        for n, name in enumerate("abc", start=1):
            threads.append(in_thread(lambda name=name: take(name)))
            wait_until_queued(turns, n)
    with turns.turn():  # asked for at once, but behind all three
        order.append("again")
    for thread in threads:
        thread.join(5)
    assert order == ["a", "b", "c", "again"]


def test_the_same_thread_may_enter_again_and_others_stay_out():
    turns = Turns()
    inside = threading.Event()
    with turns.turn():
        with turns.turn():
            pass
        thread = in_thread(lambda: turns._acquire() or inside.set())
        wait_until_queued(turns, 1)
        assert not inside.is_set()
    thread.join(5)
    assert inside.is_set()


def test_a_long_wait_is_told_once(monkeypatch):
    monkeypatch.setattr("mikit.trace.turns.PATIENCE_S", 0.01)
    turns = Turns()
    told = threading.Semaphore(0)

    def wait():
        with turns.waiting(told.release), turns.turn():
            pass

    with turns.turn():
        thread = in_thread(wait)
        assert told.acquire(timeout=5)
    thread.join(5)
    assert not told.acquire(blocking=False)


def test_an_interrupted_wait_leaves_no_ghost(monkeypatch):
    turns = Turns()
    failed = []

    def interrupted(me):
        raise KeyboardInterrupt

    def wait():
        monkeypatch.setattr(turns, "_wait_for", interrupted)
        try:
            with turns.turn():
                pass
        except KeyboardInterrupt:
            failed.append(True)
        monkeypatch.undo()

    with turns.turn():
        in_thread(wait).join(5)
    assert failed
    with turns.turn():
        assert turns.held()
    assert not turns.held()


def test_an_error_inside_releases():
    turns = Turns()
    with pytest.raises(ValueError), turns.turn():
        raise ValueError
    assert not turns.held()
