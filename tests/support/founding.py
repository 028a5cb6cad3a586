"""Makes the tables of an installation and a quarter in it: `python -m tests.support.founding`.

Runs in a process of its own with the environment of that installation.
"""

import os

from quartiersladen.config.sqlite import use_modern_sqlite


def main() -> None:
    """Found the Quartier Ost with a colleague for each role at the desk."""
    use_modern_sqlite()
    os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    from quartiersladen.accounts.states import Role  # noqa: PLC0415 -- as above
    from quartiersladen.accounts.testing import make_member  # noqa: PLC0415 -- as above
    from quartiersladen.config.web import collect_static_files  # noqa: PLC0415 -- as above
    from quartiersladen.quarters.testing import make_quarter  # noqa: PLC0415 -- as above

    call_command("migrate", verbosity=0)
    collect_static_files()
    quarter = make_quarter("ost")
    for role in (Role.LEAD, Role.MODERATOR, Role.HELPER):
        make_member(quarter, role, role.title())


if __name__ == "__main__":
    main()
