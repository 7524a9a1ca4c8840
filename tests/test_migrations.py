"""The other tests build their tables from the models; this one that the migrations build the very same ones."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

PRINT_SHAPE = "import json; from tests.test_migrations import shape; print(json.dumps(shape()))"
COUNT_DAYS = "from core.models import CalendarDay; print(CalendarDay.objects.count())"


def shape():
    """{table: [columns, constraints]} as lists, without the names that a database makes up."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - {"django_migrations"}
        return {table: [columns_of(cursor, table), constraints_of(cursor, table)] for table in sorted(tables)}


def columns_of(cursor, table):
    if connection.vendor == "sqlite":  # Django's own reading stumbles over commas inside a CHECK
        rows = cursor.execute(f"PRAGMA table_info({connection.ops.quote_name(table)})").fetchall()
        return sorted([name, not is_required] for _place, name, _type, is_required, *_more in rows)
    found = connection.introspection.get_table_description(cursor, table)
    return sorted([column.name, bool(column.null_ok)] for column in found)


def constraints_of(cursor, table):
    if connection.vendor == "sqlite":
        rows = cursor.execute(f"PRAGMA index_list({connection.ops.quote_name(table)})").fetchall()
        return sorted([bool(is_unique), bool(partial)] for _place, _name, is_unique, _origin, partial in rows)
    found = connection.introspection.get_constraints(cursor, table).values()
    kinds = ("primary_key", "unique", "foreign_key", "check", "index")
    return sorted(json.dumps([one["columns"], *(one[kind] for kind in kinds)]) for one in found)


@pytest.fixture
def fresh(db, tmp_path):
    """The environment of a process with an empty database of the same kind."""
    env = os.environ | {"MANYI_VAR": str(tmp_path)}
    if connection.vendor != "postgresql":
        yield env
        return
    name = f"manyi_migrations_{os.getpid()}"
    maintain(f"CREATE DATABASE {name}")
    yield env | {"DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))}
    maintain(f"DROP DATABASE {name}")


def maintain(statement):
    """On a connection of its own, outside any transaction."""
    other = connection.copy()
    try:
        other.set_autocommit(True)
        with other.cursor() as cursor:
            cursor.execute(statement)
    finally:
        other.close()


def manage(env, *args):
    command = [sys.executable, "manage.py", *args]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_migrations_build_what_the_models_say(fresh):
    manage(fresh, "migrate", "--verbosity", "0")
    built = json.loads(manage(fresh, "shell", "--no-imports", "-c", PRINT_SHAPE))
    expected = json.loads(json.dumps(shape()))
    assert set(built) == set(expected)
    assert [table for table in expected if built[table] != expected[table]] == []
    assert int(manage(fresh, "shell", "--no-imports", "-c", COUNT_DAYS)) > 300
