"""`python -m tests.faults.enqueue TIMES HANDLER ARGUMENT ...`: queues a job for a house's workers."""

import os
import sys

from quartiersladen.config.sqlite import use_modern_sqlite


def main() -> None:
    """Queue it so many times."""
    use_modern_sqlite()
    os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from quartiersladen.kernel.jobs import enqueue  # noqa: PLC0415 -- as above

    for _time in range(int(sys.argv[1])):
        enqueue(sys.argv[2], *sys.argv[3:])


if __name__ == "__main__":
    main()
