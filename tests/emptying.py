"""How a test that commits leaves the tables behind: empty, as Django's `flush` would, but only those it filled.

`flush` empties every table there is, which costs PostgreSQL new files for each of them, and then makes content types
and permissions anew. Here one statement asks which tables hold rows, and only from those is deleted.
"""

from django.db import connection, transaction

#: what the framework fills once for the whole run and no test changes
KEPT = {"django_migrations", "django_content_type", "auth_permission"}

#: PostgreSQL then asks none of the hundred tables that may refer to a company whether one does; for superusers only
UNGUARDED = (
    "SELECT set_config('session_replication_role', 'replica', true) "
    "FROM pg_roles WHERE rolname = current_user AND rolsuper"
)


def empty_tables():
    """Delete every row that a test may have left, in any order: foreign keys are looked at when all is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(UNGUARDED)
        for table in filled_tables(cursor):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def filled_tables(cursor):
    """Names of the tables with rows, those of KEPT left out; one statement."""
    tables = connection.introspection.django_table_names(only_existing=False, include_views=False)
    quoted = {table: connection.ops.quote_name(table) for table in sorted(set(tables) - KEPT)}
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})" for table, name in quoted.items()
        )
    )
    return [table for (table,) in cursor.fetchall()]
