from __future__ import annotations

import threading

from somec.exchange.pool import DaemonPool


def test_work_that_hangs_holds_up_no_other_until_all_threads_hang() -> None:
    pool, release = DaemonPool(4, "test"), threading.Event()
    for _ in range(3):
        pool.submit(release.wait)
    done = [threading.Event() for _ in range(5)]
    for one in done:
        pool.submit(one.set)
    assert all(one.wait(5) for one in done)
    pool.submit(release.wait)
    late = threading.Event()
    pool.submit(late.set)
    assert not late.wait(0.2)
    release.set()
    assert late.wait(5)


def test_threads_are_made_only_when_needed_and_end_with_the_process() -> None:
    pool, done = DaemonPool(4, "test-few"), threading.Event()
    pool.submit(done.set)
    assert done.wait(5)
    mine = [thread for thread in threading.enumerate() if thread.name == "test-few"]
    assert len(mine) == 1
    assert mine[0].daemon
