import datetime as dt
import re

import pytest

from core.flow import Refused
from customers.models import Consent, Purchase
from jobs.services import run_now
from notifications.models import Message
from notifications.services import send_due
from surveys import sampling
from surveys.models import Answer, Campaign, Invitation
from surveys.selectors import frame
from surveys.services import campaigns, exclude
from surveys.services.invitations import expire_due, export_links, remind
from surveys.tests import make
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 4)


def buyers(company, count, *, email=True, signed_on=dt.date(2026, 10, 20), site=None):
    """Customers who signed, each served by 王丽."""
    employee = make.make_staff(company)
    made = []
    for _number in range(count):
        customer = factories.make_customer(company)
        customer.email = f"{customer.number}@example.com" if email else ""
        customer.save()
        served = factories.make_encounter(employee, customer, site=site)
        Purchase.objects.create(
            company=company, customer=customer, site=served.site, unit=customer.number, signed_on=signed_on
        )
        made.append(customer)
    return made


def draft(company, audience, code="wave"):
    return campaigns.create_campaign(
        company=company,
        code=code,
        title="季度调查",
        kind=Campaign.Kind.WAVE,
        version=make.make_version(company),
        opens_on=DAY,
        closes_on=dt.date(2036, 11, 20),
        audience=audience,
        by=None,
        at=factories.at(),
    )


def opened(company, audience):
    campaign = draft(company, audience)
    run = campaigns.request_opening(campaign, by=None, at=factories.at())
    run_now(run.pk)
    campaign.refresh_from_db()
    return campaign


def token_in(message):
    return re.search(r"/s/([\w-]+)/", message.body)[1]


def test_sample_sizes_agree_with_the_method():
    assert [sampling.sample_size(people, 500) for people in (200, 1000)] == [132, 278]
    assert sampling.sample_size(10**9, 500) == 385
    assert sampling.sample_size(57, None) == 57


def test_each_stratum_gets_its_share_and_at_least_ten_or_all():
    parts = sampling.allocate({"a": 900, "b": 90, "c": 4}, 100)
    assert parts == {"a": 91, "b": 10, "c": 4}


def test_the_draw_can_be_repeated_and_does_not_depend_on_the_order():
    strata = {"a": list(range(100))}
    once = sampling.draw(strata, {"a": 20}, "seed")
    assert once == sampling.draw({"a": list(reversed(range(100)))}, {"a": 20}, "seed")
    assert once != sampling.draw(strata, {"a": 20}, "other")
    assert len(set(once["a"])) == 20


def test_the_frame_holds_recent_buyers_and_prospects_who_agreed(company):
    recent = buyers(company, 2)
    buyers(company, 1, signed_on=dt.date(2024, 1, 1))
    switched_off = buyers(company, 1)[0]
    switched_off.may_be_surveyed = False
    switched_off.save()
    withdrawn = buyers(company, 1)[0]
    Consent.objects.create(
        customer=withdrawn, purpose="surveys", is_given=False, source="link", at=factories.at()
    )
    prospect = factories.make_customer(company, is_prospect=True)
    factories.make_encounter(make.make_staff(company), prospect)
    found = {
        member.customer_id: member.segment
        for member in frame(company, {"recent_days": 60, "prospects_days": 60}, DAY)
    }
    assert found == {recent[0].pk: "buyer", recent[1].pk: "buyer", prospect.pk: "prospect"}


def test_opening_draws_invites_and_writes_once(company):
    buyers(company, 40)
    campaign = opened(company, {"recent_days": 60, "margin_bp": 1000})
    assert (campaign.state, campaign.frame_size, campaign.sample_size) == ("open", 40, 29)
    assert len(campaign.seed) == 32
    assert campaign.invitations.filter(state="sent").count() == Message.objects.count() == 29
    invitation = campaign.invitations.first()
    assert invitation.employee.name == "王丽" and invitation.site.name == "云栖里" and invitation.encounter
    run = campaigns.request_run(
        company=company, kind=campaigns.OPEN_RUN, key=f"{campaign.pk}", by=None, at=factories.at()
    )
    campaigns.carry_out_opening(run, lambda **shown: None)
    assert campaign.invitations.count() == Message.objects.count() == 29


def test_opening_for_nobody_is_refused_in_words(company):
    with pytest.raises(Refused, match="无人可邀"):
        campaigns.request_opening(draft(company, {"recent_days": 30}), by=None, at=factories.at())


def test_the_link_of_the_message_opens_the_survey(client, company):
    buyers(company, 1)
    opened(company, {"recent_days": 60})
    token = token_in(Message.objects.get())
    assert client.get(f"/s/{token}/").status_code == 200
    assert not Invitation.objects.filter(token_hash=token).exists()


def test_a_reminder_brings_a_second_link_and_the_first_still_works(client, company):
    buyers(company, 1)
    campaign = opened(company, {"recent_days": 60})
    assert remind(campaign, days=5, at=factories.at(day=8)) == 0
    assert remind(campaign, days=5, at=factories.at(day=10)) == 1
    assert remind(campaign, days=5, at=factories.at(day=16)) == 0
    tokens = [token_in(message) for message in Message.objects.all()]
    assert len(set(tokens)) == 2
    assert [client.get(f"/s/{token}/").status_code for token in tokens] == [200, 200]


def test_consent_withdrawn_before_sending_stops_the_message(company, mailoutbox):
    customer = buyers(company, 1)[0]
    opened(company, {"recent_days": 60})
    Consent.objects.create(
        customer=customer, purpose="surveys", is_given=False, source="phone", at=factories.at()
    )
    send_due(factories.at(2026, 11, 5))
    assert mailoutbox == []
    assert Message.objects.get().state == "suppressed"


def test_links_for_those_without_email_are_exported_masked_and_anew_each_time(client, company):
    buyers(company, 2, email=False)
    campaign = opened(company, {"recent_days": 60})
    first = export_links(campaign, by=None, at=factories.at())
    assert [line[1:3] for line in first] == [("林**", "138****0001")] * 2
    addresses = [line[4].replace("http://localhost:8000", "") for line in first]
    assert client.get(addresses[0]).status_code == 200
    client.post(f"{addresses[0]}1/", {**make.FIRST_PAGE, "go": "next"})
    second = export_links(campaign, by=None, at=factories.at())
    assert len(second) == 1
    assert client.get(addresses[0]).status_code == 200
    assert client.get(addresses[1]).status_code == 404


def test_a_closed_survey_takes_no_answers_and_the_rest_expires(client, company):
    buyers(company, 1)
    campaign = opened(company, {"recent_days": 60})
    campaigns.close_campaign(campaign, by=None, at=factories.at())
    assert client.get(f"/s/{token_in(Message.objects.get())}/").status_code == 404
    assert expire_due(factories.at()) == 1
    assert Invitation.objects.get().state == "expired"


def test_a_qr_code_makes_an_invitation_at_the_first_save_only(client, company):
    link = campaigns.create_open_link(
        make.make_campaign(company),
        label="前台",
        site=factories.make_site(company),
        by=None,
        at=factories.at(),
    )
    assert "云栖里" in client.get(f"/q/{link.code}/").content.decode()
    assert client.get(f"/q/{link.code}/1/").status_code == 200
    assert client.post(f"/q/{link.code}/1/", {"q-overall": "9", "go": "next"}).status_code == 422
    assert not Invitation.objects.exists()
    page = client.post(f"/q/{link.code}/1/", {**make.FIRST_PAGE, "go": "next", "nonce": "a" * 22})
    assert page["Location"].startswith(f"/s/{'a' * 22}/2/")
    client.post(f"/s/{'a' * 22}/2/", {**make.LAST_PAGE, "go": "finish"})
    answer = Answer.objects.get()
    assert answer.site.name == "云栖里" and answer.employee is None


def test_two_hundred_people_behind_one_address_are_not_stopped(company):
    from surveys import limits

    assert not any(limits.is_too_much("new", "office", limits.NEW_PER_ADDRESS) for _person in range(200))
    assert any(limits.is_too_much("new", "office", limits.NEW_PER_ADDRESS) for _bot in range(300))


def test_an_answer_is_left_out_with_a_reason_and_not_by_the_person_it_is_about(client, company):
    invitation, token = make.make_invitation(make.make_campaign(company))
    make.fill(client, token)
    answer = Answer.objects.get()
    wangli = factories.make_user(employee=invitation.employee)
    with pytest.raises(Refused, match="评价的是您"):
        exclude(answer, reason="这不是客户写的", by=wangli, at=factories.at())
    research = factories.make_user()
    with pytest.raises(Refused):
        exclude(answer, reason=" ", by=research, at=factories.at())
    exclude(answer, reason="电话核实不是客户本人", by=research, at=factories.at())
    with pytest.raises(Refused, match="已经排除"):
        exclude(answer, reason="电话核实不是客户本人", by=research, at=factories.at())
    assert not Answer.objects.counted().exists()
    assert Answer.objects.get().answers == answer.answers
