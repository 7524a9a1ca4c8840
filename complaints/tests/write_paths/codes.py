"""Codes on posters."""

from complaints.services.codes import end_code, make_code, make_missing
from core.faults import WritePath
from core.registries import write_paths
from tests import factories
from tests.factories import at


def place():
    company = factories.make_company()
    return company, factories.make_site(company), factories.make_user()


def code():
    company, site, user = place()
    return make_code(company, site=site, employee=None, label="大厅", by=user, at=at()), user


def make(company, site, user):
    make_code(company, site=site, employee=None, label="大厅", by=user, at=at())


def two_places():
    company, site, user = place()
    return company, site, factories.make_site(company, "second", "东湖印象"), user


def make_for_each(company, first, second, user):
    make_missing(company, sites=[first, second], by=user, at=at())


PATHS = {
    "complaints.make_code": WritePath(place, make),
    "complaints.make_missing": WritePath(two_places, make_for_each),
    "complaints.end_code": WritePath(code, lambda made, user: end_code(made, by=user, at=at())),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
