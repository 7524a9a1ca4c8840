"""Write paths of this room for the fault sweep (core.registries.write_paths)."""

import datetime as dt

from core.faults import WritePath
from core.registries import write_paths
from customers.models import Purchase
from organization.models import Company
from surveys.entry import Entry
from surveys.models import (
    Answer,
    Campaign,
    Invitation,
)
from surveys.services import campaigns, erasing, exclude, filling, importing, invitations, questionnaires
from surveys.tests import make
from tests import factories

ANSWERS = {"overall": 5, "attitude": 4, "channel": "web"}
MAP = {
    "columns": {"reference": "ref"},
    "date": {"column": "day"},
    "questions": {"overall": "overall"},
    "questionnaire": make.many_questions(1) | {"code": "brought"},
}
MAP["questions"] = {"q1": "overall"}


def company():
    return Company.objects.first() or factories.make_company()


def invited():
    invitation, _token = make.make_invitation(make.make_campaign(company()))
    return invitation


def entry():
    return Entry(answers=dict(ANSWERS), texts={"words": "好"})


def save_draft(invitation):
    filling.save_draft(Invitation.objects.get(pk=invitation.pk), entry=entry(), at=factories.at())


def submit(invitation):
    found = Invitation.objects.select_related("campaign__version", "company").get(pk=invitation.pk)
    filling.submit(found, entry=entry(), language="zh-hans", at=factories.at())


def decline(invitation):
    filling.decline(Invitation.objects.get(pk=invitation.pk), never_again=True, at=factories.at())


def draft_campaign():
    made = make.make_campaign(company(), audience={"recent_days": 30})
    Campaign.objects.filter(pk=made.pk).update(state=Campaign.State.DRAFT, seed="", sample_size=0)
    employee = make.make_staff(made.company)
    for number in range(3):
        customer = factories.make_customer(made.company, email=f"c{number}@example.com")
        served = factories.make_encounter(employee, customer)
        Purchase.objects.create(
            company=made.company,
            customer=customer,
            site=served.site,
            unit=str(number),
            signed_on=dt.date(2026, 10, 20),
        )
    return Campaign.objects.get(pk=made.pk)


def open_campaign(campaign):
    campaigns.open_campaign(Campaign.objects.get(pk=campaign.pk), by=None, at=factories.at())


def opened_campaign():
    campaign = draft_campaign()
    open_campaign(campaign)
    return Campaign.objects.get(pk=campaign.pk)


def invite(campaign):
    campaigns.invite_batch(campaign, campaigns.sample_of(campaign), at=factories.at())


def answered():
    invitation = invited()
    submit(invitation)
    return Answer.objects.get(invitation=invitation), factories.make_user()


def with_everything():
    """A customer with an answer left out, a draft, and a place among those picked by number."""
    answer, user = answered()
    exclude(answer, reason="核实为他人代填", by=user, at=factories.at())
    customer = answer.invitation.customer
    second = make.make_campaign(company(), code="picked", audience={"numbers": [customer.number]})
    save_draft(make.make_invitation(second, customer=customer)[0])
    return customer


PATHS = {
    "surveys.save_draft": WritePath(lambda: (invited(),), save_draft),
    "surveys.submit": WritePath(lambda: (invited(),), submit),
    "surveys.decline": WritePath(lambda: (invited(),), decline),
    "surveys.open_campaign": WritePath(lambda: (draft_campaign(),), open_campaign),
    "surveys.invite_batch": WritePath(lambda: (opened_campaign(),), invite),
    "surveys.close_campaign": WritePath(
        lambda: (opened_campaign().pk,),
        lambda pk: campaigns.close_campaign(Campaign.objects.get(pk=pk), by=None, at=factories.at()),
    ),
    "surveys.export_links": WritePath(
        lambda: (invited().campaign,), lambda it: invitations.export_links(it, by=None, at=factories.at())
    ),
    "surveys.exclude": WritePath(
        answered, lambda answer, user: exclude(answer, reason="核实为他人代填", by=user, at=factories.at())
    ),
    "surveys.erase": WritePath(
        lambda: (with_everything(),), lambda customer: erasing.erase(customer, at=factories.at())
    ),
    "surveys.publish_questionnaire": WritePath(
        lambda: (company(),),
        lambda it: questionnaires.publish_questionnaire(
            company=it, code="swept", raw=make.ENCOUNTER, by=None, at=factories.at()
        ),
    ),
    "surveys.import_answers": WritePath(
        lambda: (company(),),
        lambda it: importing.import_answers(
            company=it,
            code="brought",
            content=b"ref,day,overall\n1,2026-10-01,5\n2,2026-10-02,4\n",
            raw_map=MAP,
            by=None,
            at=factories.at(),
        ),
    ),
}


def register():
    for name, path in PATHS.items():
        if name not in write_paths:
            write_paths.register(name, path)


register()
