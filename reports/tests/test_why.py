import pytest
from django.db import connection
from django.test import Client

from audit.models import AuditRow
from incentives.models import Decision, LedgerLine
from reports.selectors import votes, whatif, why
from reports.tests.cast import COMPLAINT, Cast
from tests import factories
from tests.replay import replayed


def get(user, path):
    client = Client()
    client.force_login(user)
    return client.get(path)


@pytest.fixture
def posted(db):
    return replayed("reports.posted", post_a_penalty)


def post_a_penalty():
    cast = Cast(factories.make_company())
    return cast, cast.penalty()


@pytest.fixture
def cast(posted):
    return posted[0]


@pytest.fixture
def penalty(posted):
    return posted[1]


def test_a_ledger_line_leads_to_the_answers_behind_it(cast, penalty):
    line = LedgerLine.objects.get(decision=penalty)
    page = get(cast.worst.user, f"/why/line/{line.pk}/").content.decode()
    assert "−3" in page
    assert "第 5.3 条（一）" in page
    assert "每月都在同组 8 人的最后 1 名，合并后不是偶然" in page
    assert "12 / 36" in page
    assert "10 月：12 份有效，4 份满意" in page
    assert COMPLAINT in page + get(cast.worst.user, f"/why/line/{line.pk}/?page=2").content.decode()
    assert "连续三个月都很清楚。" in page
    assert "用冻结数据重算，名次相同" in page
    assert "审计链" in page


def test_the_chain_of_somebody_else_is_not_found(cast, penalty):
    path = f"/why/decision/{penalty.pk}/"
    assert get(cast.best.user, path).status_code == 404
    assert get(cast.other_head, path).status_code == 404
    assert get(cast.writer, path).status_code == 403
    assert get(cast.worst.user, path).status_code == 200
    assert get(cast.chair, path).status_code == 200


def test_another_month_of_the_window_can_be_opened(cast, penalty):
    page = get(cast.worst.user, f"/why/decision/{penalty.pk}/?answers=2026-08").content.decode()
    assert "8 月：12 份有效，4 份满意" in page


def test_what_if_finds_the_fewest_answers_that_would_end_the_row(cast, penalty):
    """方磊 has 4 of 12; the next worst 10 of 12. Equal to them he stands in a tie that straddles the cut."""
    found = whatif.scenarios(whatif.read(penalty.case))
    assert [(one.title, one.holds) for one in found] == [
        ("10 月再多 5 位满意", True),
        ("10 月再多 6 位满意", False),
    ]
    assert "9 / 12，第 8 名" in found[0].detail


def test_the_readers_own_number_is_recomputed_too(cast, penalty):
    page = get(cast.worst.user, f"/why/decision/{penalty.pk}/?more=7").content.decode()
    assert "10 月再多 7 位满意" in page
    assert "11 / 12" in page


def test_without_one_projects_answers_the_gate_is_asked_again(cast, penalty):
    """Six of twelve answers a month at each of two projects would leave too few to be ranked."""
    books = whatif.read(penalty.case)
    minus = {month: (1, 2) for month in books.months}
    left = whatif._recomputed(books, "without", minus)
    assert left.holds
    assert left.detail.startswith("9 / 30（30.0%）")
    few = whatif._recomputed(books, "without", {"2026-09": (1, 3)})
    assert not few.holds


def test_a_changed_audit_row_is_seen(cast, penalty):
    assert votes.links_of(penalty).agree
    row = AuditRow.objects.filter(model="incentives.decision", object_id=penalty.pk).first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditrow SET verb = 'other' WHERE id = %s", [row.pk])
    links = votes.links_of(penalty)
    assert not links.agree
    assert links.rows >= 3


def test_votes_stay_hidden_while_the_motion_is_open(cast, penalty):
    motion = penalty.motion
    motion.state = motion.State.OPEN
    assert votes.votes_of(motion, None) is None


def test_answers_are_listed_without_customer_and_date(cast, penalty):
    page = why.decision_page(penalty, cast.chair)
    assert len(page.answers.object_list) == 10
    assert page.answers.paginator.count == 12
    assert {line.when for line in page.answers.object_list} <= {"10 月上旬", "10 月中旬"}
    assert page.counts.received == 12
    assert sum(one.count for one in page.counts.slices) == 12


def test_only_who_may_see_all_answers_reads_their_numbers_which_follow_the_dates(cast, penalty):
    everybody, own = why.decision_page(penalty, cast.chair), why.decision_page(penalty, cast.worst.user)
    assert [line.label for line in own.answers.object_list] == [f"A{place}" for place in range(1, 11)]
    assert [line.label for line in everybody.answers.object_list] == [
        line.label for line in own.answers.object_list
    ]
    assert all(line.number for line in everybody.answers.object_list)
    assert {line.number for line in own.answers.object_list} == {""}


def test_the_chain_needs_a_constant_number_of_statements(cast, penalty, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        why.decision_page(Decision.objects.get(pk=penalty.pk), cast.worst.user)
