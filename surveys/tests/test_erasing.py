"""Erasing a person: no word, link or number of theirs in any table of surveys; what was counted stays counted."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from audit.models import AuditRow
from complaints.tests.build_intake import Desk, company_with_rules
from core import registries
from core.flow import Refused
from core.tokens import hash_token
from customers.services import erase
from notifications.models import Message
from notifications.services import send_due
from scoring.models import Cell, Close, Score
from scoring.services import close_period, unfold_pending
from scoring.tests import world
from surveys.entry import Entry
from surveys.models import Answer, AnswerText, Campaign, Draft, Exclusion, Invitation
from surveys.services import exclude, submit
from surveys.services.invitations import remind
from surveys.tests import make
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db
CANARY = "canary5183"


@pytest.fixture
def lin(company):
    return factories.make_customer(company, name=f"林{CANARY}", email=f"{CANARY}@example.com")


def asked(company, customer, code, *, picked=()):
    """(invitation, token) of a survey of its own; `picked` are the customer numbers it was made for."""
    numbers = {"numbers": [one.number for one in picked]} if picked else {}
    return make.make_invitation(make.make_campaign(company, code=code, audience=numbers), customer=customer)


def traces(*words):
    """'table: row' of every row of this room in which one of the words stands."""
    return [
        f"{model._meta.db_table}: {row}"
        for model in apps.get_app_config("surveys").get_models(include_auto_created=True)
        for row in model._base_manager.values()
        if any(word in str(row) for word in words)
    ]


def broken_facts(*numbers):
    checks = [check for name, check in registries.verifications.items() if name.startswith(numbers)]
    return [sentence for check in checks for sentence in check()]


def erased(customer):
    return erase(customer, reason="request", by=None, at=at())


@pytest.mark.clause("CC-4.4")
def test_of_an_erased_person_no_word_link_or_number_is_left(client, company, lin):
    other = factories.make_customer(company)
    done, token = asked(company, lin, "done", picked=[lin, other])
    make.fill(client, token, last={"q-words": f"我是{CANARY}，等太久。"})
    exclude(Answer.objects.get(), reason=f"{CANARY}自己说是代填的", by=factories.make_user(), at=at())
    begun, begun_token = asked(company, lin, "begun")
    client.post(f"/s/{begun_token}/1/", {**make.FIRST_PAGE, "go": "next"})
    Draft.objects.update(texts={"words": CANARY})
    remind(begun.campaign, days=0, at=at())
    hashes = [
        hash_token(token),
        hash_token(begun_token),
        Invitation.objects.get(pk=begun.pk).second_token_hash,
    ]
    assert len(traces(CANARY, lin.number, *hashes)) == 6
    before, coded = Answer.objects.count(), list(Answer.objects.values())

    erased(lin)

    assert traces(CANARY, lin.number, *hashes) == []
    assert (Answer.objects.count(), list(Answer.objects.values())) == (before, coded)
    assert Exclusion.objects.count() == 1
    assert Campaign.objects.get(code="done").audience["numbers"] == ["", other.number]
    states = dict(Invitation.objects.values_list("pk", "state"))
    assert states == {done.pk: "submitted", begun.pk: "expired"}
    assert AuditRow.objects.filter(verb="surveys.invitation.erased").count() == 2
    assert {client.get(f"/s/{one}/").status_code for one in (token, begun_token)} == {
        client.get("/s/nobody-has-this-link/").status_code
    }
    assert not Message.objects.exclude(body="", address="").exists()
    assert broken_facts("1 ", "2 ") == []


def test_the_counts_of_a_closed_month_stay_the_same(client, company):
    campaign, team = world.make_month(company)
    lin = factories.make_customer(company)
    invitation, _token = make.make_invitation(campaign, employee=team[0], customer=lin)
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.SUBMITTED)
    answer = world.answer_of(campaign, {"overall": 1, "polite": 1}, employee=team[0])
    answer.invitation = invitation
    answer.save()
    AnswerText.objects.create(answer=answer, question="words", text=CANARY)
    close_period(company=company, period=world.OCTOBER, at=world.november())
    unfold_pending(company, world.november())

    def counted():
        return (
            list(Cell.objects.order_by("pk").values()),
            list(Score.objects.order_by("pk").values()),
            list(Close.objects.values("period", "state", "checksum")),
            broken_facts("1 ", "2 ", "3 "),
        )

    before = counted()
    erased(lin)
    assert not AnswerText.objects.exists()
    assert counted() == before and before[0] and before[3] == []


def test_other_people_keep_their_words_drafts_and_links(client, company, lin):
    zhou = factories.make_customer(company, name="周先生")
    _done, token = asked(company, zhou, "done", picked=[zhou, lin])
    make.fill(client, token, last={"q-words": "周说的话"})
    begun, begun_token = asked(company, zhou, "begun")
    client.post(f"/s/{begun_token}/1/", {**make.FIRST_PAGE, "go": "next"})
    before = traces("周说的话", hash_token(token), hash_token(begun_token)), Draft.objects.count()
    erased(lin)
    assert before == (traces("周说的话", hash_token(token), hash_token(begun_token)), Draft.objects.count())
    assert Invitation.objects.get(pk=begun.pk).state == "started"
    assert Campaign.objects.get(code="done").audience["numbers"] == [zhou.number, ""]


def test_an_answer_sent_after_the_erasure_is_refused(client, company, lin):
    invitation, _token = asked(company, lin, "late")
    found = Invitation.objects.select_related("campaign__version", "company").get(pk=invitation.pk)
    erased(lin)
    entry = Entry(answers={"overall": 5, "attitude": 4, "channel": "web"}, texts={"words": CANARY})
    with pytest.raises(Refused):
        submit(found, entry=entry, language="zh-hans", at=at())
    assert traces(CANARY) == []


def test_on_legal_hold_the_words_stay(db, client, settings, tmp_path):
    desk = Desk(company_with_rules())
    lin = factories.make_customer(desk.company)
    _done, token = asked(desk.company, lin, "done")
    make.fill(client, token, last={"q-words": CANARY})
    case = desk.receive(customer=lin).case
    type(case).objects.filter(pk=case.pk).update(on_hold=True)
    with pytest.raises(Refused):
        erased(lin)
    assert AnswerText.objects.get().text == CANARY


def test_the_page_that_erases_names_the_surveys(client, company, lin):
    client.force_login(factories.user_with(company, "customers.view", "customers.erase"))
    page = client.get(reverse("customer_erase", args=[lin.pk])).content.decode()
    assert "问卷里删去：亲笔写下的话" in page


def test_the_personal_link_is_gone_from_the_outbox_once_it_is_sent(company, lin, mailoutbox):
    invitation, _token = asked(company, lin, "secret")
    remind(invitation.campaign, days=0, at=at())
    message = Message.objects.get(kind="surveys.reminder")
    assert message.is_secret and "/s/" in message.body
    send_due(at())
    assert "/s/" in mailoutbox[0].body
    assert Message.objects.get(pk=message.pk).body == ""


def test_the_page_of_an_answer_left_out_says_that_the_reason_was_erased(company, lin):
    client = Client()
    _done, token = asked(company, lin, "done")
    make.fill(client, token)
    exclude(Answer.objects.get(), reason="核实为他人代填", by=factories.make_user(), at=at())
    erased(lin)
    client.force_login(factories.user_with(company, "surveys.view"))
    page = client.get(reverse("answer", args=[Answer.objects.get().pk])).content.decode()
    assert "原因已随客户资料一并清除" in page


def test_the_same_number_in_another_company_is_somebody_else(company, lin):
    other, number = factories.make_company("other", "别家"), lin.number
    theirs = make.make_campaign(other, audience={"numbers": [number]})
    erased(lin)
    assert Campaign.objects.get(pk=theirs.pk).audience["numbers"] == [number]
