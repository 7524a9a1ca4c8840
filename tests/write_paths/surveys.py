"""Verbs of surveys that the room's own list leaves out."""

import datetime as dt

from core.faults import WritePath
from core.registries import write_paths
from surveys.models import Campaign
from surveys.services import campaigns, filling, invitations
from surveys.tests import make
from surveys.tests.write_paths import draft_campaign
from tests import factories
from tests.factories import at


def version():
    return (make.make_version(factories.make_company()),)


def opened():
    return (make.make_campaign(factories.make_company()),)


def create(version):
    return campaigns.create_campaign(
        company=version.company,
        code="new",
        title="新调查",
        kind=Campaign.Kind.CONTINUOUS,
        version=version,
        opens_on=dt.date(2026, 11, 1),
        closes_on=None,
        audience={},
        by=None,
        at=at(),
    )


def linked():
    return (campaigns.create_open_link(opened()[0], label="前台", by=None, at=at()),)


def waiting(**changes):
    found = opened()[0]
    customer = factories.make_customer(found.company, email="c@example.com")
    invitation, _token = make.make_invitation(found, customer=customer, **changes)
    invitation.sent_at = at(2026, 10, 1)
    invitation.save()
    return found


PATHS = {
    "surveys.create_campaign": WritePath(version, create),
    "surveys.create_open_link": WritePath(
        opened, lambda found: campaigns.create_open_link(found, label="前台", by=None, at=at())
    ),
    "surveys.request_opening": WritePath(
        lambda: (draft_campaign(),), lambda found: campaigns.request_opening(found, by=None, at=at())
    ),
    "surveys.invitation_from_link": WritePath(
        linked, lambda link: filling.invitation_from_link(link, nonce="n" * 32, at=at())
    ),
    "surveys.remind": WritePath(
        lambda: (waiting(),), lambda found: invitations.remind(found, days=5, at=at())
    ),
    "surveys.expire_due": WritePath(
        lambda: waiting(expires_at=at(2026, 12, 1)) and (at(2026, 12, 2),), invitations.expire_due
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
