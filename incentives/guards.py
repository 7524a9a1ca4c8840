"""The database's own guard over the books: whoever asks, and be it SQL by hand, rows are inserted and read only.

Installed by a migration. SQLite drops a table's triggers when a migration builds the table anew, so such a migration
calls `install` again; `verify` says when a guard is missing.
"""

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

TABLES = ("incentives_ledgerline", "incentives_payrollbatch", "incentives_payrollline")
MIGRATION = ("incentives", "0004_fingerprints_guards")
FUNCTION = """
CREATE OR REPLACE FUNCTION incentives_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def install(connection):
    """Safe to call again."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for table, event in _guarded():
            if connection.vendor == "postgresql":
                then = "FOR EACH ROW EXECUTE FUNCTION incentives_append_only()"
            else:
                then = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            cursor.execute(f"CREATE TRIGGER {_name(table, event)} BEFORE {event} ON {table} {then}")


def remove(connection):
    on_table = " ON {}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table, event in _guarded():
            cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, event)}{on_table.format(table)}")


def _guarded():
    return [(table, event) for table in TABLES for event in ("UPDATE", "DELETE")]


def _name(table, event):
    return f"{table}_no_{event.lower()}"


def missing():
    """Names of guards that are not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {name for (name,) in cursor.fetchall()}
    return sorted({_name(*guarded) for guarded in _guarded()} - found)


def fact_5_guards():
    """Every table of the books has its guard, wherever the tables were made by migrations."""
    if MIGRATION in MigrationRecorder(connection).applied_migrations():
        for name in missing():
            yield f"the database's guard {name} is missing"
