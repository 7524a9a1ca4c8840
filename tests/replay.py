"""Set-ups that many tests share are made once in each test process, through the verbs, and then put back as rows.

Loading a whole rule book asks some two hundred statements; putting its rows back asks one for each table. The rows
are those the verbs wrote, with their ids, so a test cannot tell the difference. Where a table already holds one of
these ids, or a row that the set-up would have found (a company of that code), the verbs are run instead.
"""

import copy

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from policies import services
from policies.services import Loaded

_kept = {}


def replayed(key, make):
    """The result of `make()`, a picture of model instances; its rows are in the database afterwards."""
    if connection.vendor not in _kept:
        _kept[connection.vendor] = {}
    kept = _kept[connection.vendor]
    if key not in kept:
        before = _ids()
        if any(before.values()):  # rows of the test itself could be mixed up with those of the set-up
            return make()
        found = make()
        kept[key] = (copy.deepcopy(found), _rows())
        return found
    picture, rows = kept[key]
    try:
        with transaction.atomic():
            for model, instances in rows:
                model._base_manager.bulk_create([copy.copy(one) for one in instances])
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


def _ids():
    return {model: model._base_manager.exists() for model in _models()}


def _rows():
    found = [(model, list(model._base_manager.all())) for model in _models()]
    return [(model, instances) for model, instances in found if instances]
