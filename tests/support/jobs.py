"""Runs queued jobs without a worker process, so that a test sees what they did."""

from pydoc import locate

from django_q.models import OrmQ

MOST = 1_000


def work_off_jobs() -> int:
    """Run queued jobs, oldest first, also those they queue; return how many ran.

    A job that raises fails the test; unlike in the worker, it is not tried again.
    """
    done = 0
    while (row := OrmQ.objects.order_by("pk").first()) is not None:
        assert done < MOST, "jobs keep queueing further jobs"
        task = row.task
        row.delete()
        function = locate(task["func"]) if isinstance(task["func"], str) else task["func"]
        assert callable(function), f"{task['func']} cannot be called"
        function(*task["args"], **task["kwargs"])
        done += 1
    return done
