"""A company whose rule book has the section `customers`, and shorthands for what stands in files."""

import datetime as dt
import itertools

from customers import services
from customers.models import Purchase
from policies.models import Document, Version
from tests import factories
from tests.factories import at

STAGES = [
    {"code": "prospect", "name": "意向客户", "name_en": "Prospect", "holds": "no_purchase"},
    {"code": "owner_to_be", "name": "准业主", "name_en": "Prospective owner", "holds": "not_moved_in"},
    {"code": "settling", "name": "磨合期", "name_en": "Settling in", "holds": "moved_in", "below_years": 1},
    {"code": "stable", "name": "稳定期", "name_en": "Stable", "holds": "moved_in", "below_years": 2},
    {"code": "old", "name": "老业主", "name_en": "Old owner", "holds": "moved_in"},
]
CONTENT = {
    "customers": {
        "stages": STAGES,
        "home_types": [
            {"code": "flat", "name": "高层住宅", "name_en": "Flat in a tower"},
            {"code": "villa", "name": "别墅", "name_en": "Villa"},
        ],
        "preferences": [
            {"code": "school", "name": "学校", "name_en": "Schools nearby"},
            {"code": "decoration", "name": "装修风格", "name_en": "Style of decoration"},
        ],
    }
}
_units = itertools.count(101)


def give_policy(company, content=CONTENT, since=dt.date(2024, 1, 1), label="1"):
    """A published version with this content."""
    document, _made = Document.objects.get_or_create(
        company=company, code="rules", defaults={"number": "1", "title": "客户"}
    )
    return Version.objects.create(
        document=document,
        company=company,
        label=label,
        state=Version.State.PUBLISHED,
        effective_from=since,
        content=content,
        checksum="test",
    )


def make_home(customer, signed_on=dt.date(2026, 3, 18), handed_over_on=None, *, unit=None, site=None):
    site = site or customer.company.sites.first() or factories.make_site(customer.company)
    return Purchase.objects.create(
        company=customer.company,
        customer=customer,
        site=site,
        unit=unit or f"3-1-{next(_units)}",
        signed_on=signed_on,
        handed_over_on=handed_over_on,
    )


def merge(kept, dropped, *, take=(), by=None):
    """One person, proven."""
    return services.merge(kept, dropped, reason="核对身份证后四位一致", by=by, at=at(), take=take)


def refresh(*things):
    for thing in things:
        thing.refresh_from_db()
    return things
