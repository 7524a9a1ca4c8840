"""Every number opens, for the person it is about: from the month so far down to the answers, and as a document."""

import re

import pytest
import time_machine
from django.test import Client

from reports.tests.cast import new_cast
from scoring.services import unfold_pending
from scoring.tests import world
from tests import factories
from tests.factories import at


@pytest.fixture
def cast(db):
    return new_cast()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def link(page, pattern):
    """The first address on the page that looks like this."""
    return re.search(f'href="({pattern})"', page).group(1)


@pytest.mark.clause("RE-4.1a")
def test_an_employee_follows_the_own_place_down_to_the_answers_and_takes_it_along(cast):
    cast.close()
    world.give_answers(cast.campaign, cast.best, 12, 12, month="2026-11")
    unfold_pending(cast.company, at(2026, 11, 17))
    with time_machine.travel(at(2026, 11, 17), tick=False):
        own = browser(cast.best.user)
        month = own.get("/my/month/").content.decode()
        for part in (
            "12 位客户里，12 位对您满意",
            "再有 2 个月名列前茅",
            "10 月：8 人中第 1 名",
            "我的绩效分",
        ):
            assert part in month
        address = link(month, r"/why/rank/\d+/")
        place = "".join(own.get(f"{address}?page={page}").content.decode() for page in (1, 2))
        for part in (
            "这个第 1 名（共 8 人）是怎么来的",
            "12 份，隐去客户身份",
            "讲得很细",
            "同组其余 7 人合计",
        ):
            assert part in place
        assert "138 0000 0001" not in place
        document = own.get(link(place, r"/why/rank/\d+/pdf/"))
        assert (document.headers["Content-Type"], document.content[:4]) == ("application/pdf", b"%PDF")
        score = own.get(link(month, r"/my/\?month=2026-10")).content.decode()
        assert "12 份，隐去客户身份" in own.get(link(score, r"/why/score/\d+/")).content.decode()


def test_an_employee_opens_a_ledger_line_down_to_rule_counts_answers_hearing_and_votes(cast):
    cast.penalty()
    reader = factories.make_role(cast.company, "policy-reader", ["policies.view"])
    factories.grant(cast.worst.user, reader)
    own = browser(cast.worst.user)
    address = link(own.get("/my/ledger/").content.decode(), r"/why/line/\d+/")
    page = own.get(address).content.decode()
    for part in (
        "−3",
        "每月都在同组 8 人的最后 1 名，合并后不是偶然",
        "10 月：12 份有效，4 份满意",
        "12 份，隐去客户身份",
        "放弃陈述",
        "3 人可投，2 票同意，0 票否决",
        "不会有处罚",
    ):
        assert part in page
    assert own.get(link(page, r"/policies/\d+/#[\w.-]+")).status_code == 200
    assert own.get(link(page, r"/why/line/\d+/pdf/")).content.startswith(b"%PDF")
    for stranger in (cast.best.user, cast.other_head):
        assert browser(stranger).get(address).status_code == 404
        assert browser(stranger).get(f"{address}pdf/").status_code == 404
