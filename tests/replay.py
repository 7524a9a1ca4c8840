"""Set-ups that many tests share are made once in each test process, through the verbs, and then put back as rows.

Loading a whole rule book asks some two hundred statements; putting its rows back asks one for each table. The rows
are those the verbs wrote, with their ids, so a test cannot tell the difference. Where a table already holds one of
these ids, or a row that the set-up would have found (a company of that code), the verbs are run instead.
"""

import copy

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models.sql import InsertQuery

from policies import services
from policies.services import Loaded
from tests.emptying import filled_tables

_kept = {}


def replayed(key, make):
    """The result of `make()`, a picture of model instances; its rows are in the database afterwards."""
    if connection.vendor not in _kept:
        _kept[connection.vendor] = {}
    kept = _kept[connection.vendor]
    if key not in kept:
        if _filled_models():  # those of the test itself could be mixed up with those of the set-up
            return make()
        found = make()
        kept[key] = (copy.deepcopy(found), _inserts())
        return found
    picture, inserts = kept[key]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, values in inserts:
                cursor.execute(statement, values)
    except IntegrityError:
        return make()
    return copy.deepcopy(picture)


def set_up(pack_name, *, unit, by, at, name="") -> Loaded:
    """policies.services.set_up, replayed."""
    if by is not None:
        return services.set_up(pack_name, unit=unit, by=by, at=at, name=name)
    key = ("set_up", str(pack_name), unit, name, at)
    return replayed(key, lambda: services.set_up(pack_name, unit=unit, by=by, at=at, name=name))


#: filled by migrations and the framework, never by a set-up
FIXED = {"core.CalendarDay", "contenttypes.ContentType", "auth.Permission", "sessions.Session"}


def _models():
    return [model for model in apps.get_models() if model._meta.label not in FIXED and model._meta.managed]


def _filled_models():
    with connection.cursor() as cursor:
        filled = set(filled_tables(cursor))
    return [model for model in _models() if model._meta.db_table in filled]


def _inserts():
    """[(statement, values)] that put back every row there is, one statement for each table, made once for all times."""
    return [one for model in _filled_models() for one in _inserts_of(model)]


def _inserts_of(model):
    fields, rows = model._meta.local_concrete_fields, list(model._base_manager.all())
    step = connection.ops.bulk_batch_size(fields, rows) if rows else 1
    for start in range(0, len(rows), step):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + step], raw=True)
        yield from query.get_compiler(connection=connection).as_sql()
