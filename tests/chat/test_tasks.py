"""Work that goes on after somebody was told that they were heard."""

import asyncio

from structlog.testing import capture_logs

from bot.chat.tasks import Tasks


async def test_it_is_held_until_it_is_done() -> None:
    tasks, go = Tasks(), asyncio.Event()
    task = tasks.begin(go.wait(), "waits")
    assert len(tasks) == 1
    go.set()
    assert await task is True
    assert len(tasks) == 0


async def test_what_breaks_is_logged_and_troubles_nobody() -> None:
    async def breaks() -> None:
        raise ValueError("no")

    tasks = Tasks()
    with capture_logs() as logs:
        tasks.begin(breaks(), "breaks")
        await tasks.all_done()
    assert [(log["event"], log["task"]) for log in logs] == [("task_failed", "breaks")]


async def test_stopping_waits_a_while_and_then_lets_go() -> None:
    tasks, done = Tasks(), []

    async def soon() -> None:
        await asyncio.sleep(0)
        done.append("soon")

    tasks.begin(soon(), "soon")
    never = tasks.begin(asyncio.Event().wait(), "never")
    await tasks.finish(0.01)
    assert done == ["soon"]
    assert never.cancelled()
    assert len(tasks) == 0
