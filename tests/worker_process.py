"""A worker of its own process for the killed-worker test: `worker_process.py DATABASE_NAME RUN_ID`."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main():
    from django.conf import settings

    import tests.early  # noqa: F401  the clock of the test that started this process

    database, run_id = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = database
    import django

    django.setup()
    from jobs.services import run_now

    run_now(int(run_id))


if __name__ == "__main__":
    main()
