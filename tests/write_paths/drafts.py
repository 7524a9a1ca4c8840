"""Write paths of drafts: their content, the trial on past months, and a unit's own rules before the committee."""

import datetime as dt

from approvals.tests.build import make_committee, make_members
from core.faults import WritePath
from core.registries import write_paths
from incentives.models import Simulation
from incentives.services import filing, simulating
from policies import services as policies
from policies.models import Version
from policies.tests.test_services import load, pack
from scoring.models import Close
from tests import factories
from tests.factories import at

NOW = at(2026, 11, 10)
FACTS = {"label": "2", "effective_from": dt.date(2026, 12, 1), "revision_note": "改"}
CLOCKS = {"hearing_days": 2, "receipt_days": 3, "appeal_days": 5, "talk_days": 10, "propose_days": 5}
CLAUSE = {"code": "U-1", "number": "第一条", "text": "本处自行约定。"}
UNIT = {"code": "unit", "number": "U-01", "title": "本处细则", "clause": CLAUSE}


def published():
    company = factories.make_company()
    version = load(company, pack(clocks=CLOCKS))
    return version, factories.user_with(company, "policies.publish")


def draft():
    version, by = published()
    return policies.start_draft(version, **FACTS, by=by, at=NOW), by


def unit():
    version, by = published()
    return factories.make_department(version.company), by


def unit_draft():
    department, by = unit()
    make_members(make_committee(department.company), 1)
    factories.make_user(employee=factories.make_employee(department, "李强"))
    return policies.start_unit_document(department, **UNIT, **FACTS, by=by, at=NOW), by


def filed():
    version, by = unit_draft()
    filing.file_version(version, by=by, at=NOW)
    return (Version.objects.get(pk=version.pk),)


def with_a_past():
    version, by = draft()
    Close.objects.create(
        company=version.company,
        period="2026-10",
        kind="month",
        cutoff_on=dt.date(2026, 10, 31),
        state="locked",
    )
    return version, by


def asked_for():
    version, by = with_a_past()
    return (simulating.request_simulation(version, by=by, at=NOW),)


PATHS = {
    "policies.start_draft": WritePath(
        published, lambda version, by: policies.start_draft(version, **FACTS, by=by, at=NOW)
    ),
    "policies.start_unit_document": WritePath(
        unit, lambda department, by: policies.start_unit_document(department, **UNIT, **FACTS, by=by, at=NOW)
    ),
    "policies.rewrite": WritePath(
        draft,
        lambda version, by: policies.rewrite(
            version, {**version.content, "extra": {"n": 2}}, seen=version.checksum, by=by, at=NOW
        ),
    ),
    "policies.put_in_force": WritePath(
        filed, lambda version: policies.put_in_force(version, by=None, at=NOW)
    ),
    "policies.send_back": WritePath(
        filed, lambda version: policies.send_back(version, by=None, at=NOW, reason_code="returned")
    ),
    "incentives.file_version": WritePath(
        unit_draft, lambda version, by: filing.file_version(version, by=by, at=NOW)
    ),
    "incentives.request_simulation": WritePath(
        with_a_past, lambda version, by: simulating.request_simulation(version, by=by, at=NOW)
    ),
    "incentives.keep_simulation": WritePath(
        asked_for,
        lambda made: simulating.keep_simulation(Simulation.objects.get(pk=made.pk), result={}, at=NOW),
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
