import os

pytest_plugins = ["tests.fixtures"]
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config, items):
    """On the second database only what asks a database runs again: pure rules cannot come out differently there."""
    if os.environ.get("MANYI_DATABASE_TESTS_ONLY") != "1":
        return
    needs = [
        bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames))
        for item in items
    ]
    config.hook.pytest_deselected(items=[item for item, asks in zip(items, needs, strict=True) if not asks])
    items[:] = [item for item, asks in zip(items, needs, strict=True) if asks]
