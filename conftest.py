import os

pytest_plugins = ["tests.fixtures"]
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config, items):
    if os.environ.get("MANYI_DATABASE_TESTS_ONLY") == "1":
        _leave_out_what_asks_no_database(config, items)
    # Those that leave the tables empty behind them come after those that roll back. Among each the long ones begin
    # first, so that no worker is left alone with one at the end.
    items.sort(key=lambda item: (_turn(item), not item.get_closest_marker("long")))


def _leave_out_what_asks_no_database(config, items):
    """On the second database only what asks it runs again: pure rules and measures of a page come out the same."""
    needs = [_asks_database(item) and not item.get_closest_marker("layout") for item in items]
    config.hook.pytest_deselected(items=[item for item, asks in zip(items, needs, strict=True) if not asks])
    items[:] = [item for item, asks in zip(items, needs, strict=True) if asks]


def _asks_database(item):
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames))


def _turn(item):
    mark = item.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(
        item.fixturenames
    ):
        return 1
    return 0 if _asks_database(item) else 2
