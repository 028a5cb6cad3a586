"""Puts work into the queue. The row is part of the caller's transaction: no commit, no job."""

from django_q.tasks import async_task


def enqueue(handler: str, *ids: int | str) -> None:
    """Queue a call of `handler` (dotted name) with `ids`; it may run more than once."""
    async_task(handler, *ids)
