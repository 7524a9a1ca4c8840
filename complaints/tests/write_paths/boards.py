"""Saved views."""

from complaints.services.saved_views import save_view
from core.faults import WritePath
from core.registries import write_paths
from tests import factories
from tests.factories import at


def somebody():
    return factories.make_company(), factories.make_user()


def save(company, user):
    save_view(company=company, page="cases", name="逾期", query="overdue=1", by=user, at=at())


if "complaints.save_view" not in write_paths:
    write_paths.register("complaints.save_view", WritePath(somebody, save))
