"""RE-5.2c as the company works it: from the box, over counted answers, to 1,000 yuan; once, or not at all."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.events import deliver_all
from core.registries import verifications
from improvements.models import Suggestion
from improvements.tests.build_suggestions import EXPECTED, FIRST_DAY, PROBLEM, PROPOSAL, REASON, Box
from incentives import services
from incentives.models import Case, Decision, HandReport
from incentives.services.decisions import excluded_from
from jobs.tests import samples
from notifications.models import Message
from organization.models import Role
from tests import factories
from tests.factories import at

FACTS = ("3 suggestions", "4 cases", "4 one live decision", "6 suggestions", "6 decisions")
JUNE, JULY, SEPTEMBER = at(2026, 6, 1, 10), at(2026, 7, 1, 10), at(2026, 9, 1, 10)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def box(db):
    return Box()


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def violations():
    return [sentence for name in FACTS for sentence in verifications[name]()]


def post(user, name, *numbers, **data):
    response = browse(user).post(reverse(name, args=numbers), data)
    deliver_all()
    return response


def submit(user, moment=JUNE, **changes):
    """On the form, with the key that the page holds."""
    with time_machine.travel(moment, tick=False):
        client = browse(user)
        page = client.get(reverse("my_suggestion_new"))
        key = page.context["form"]["key"].value()
        words = {"problem": PROBLEM, "proposal": PROPOSAL, "expected": EXPECTED, "key": key} | changes
        response = client.post(reverse("my_suggestion_new"), words)
        if response.status_code == 200:  # something alike was shown
            assert "此前有相似的建议" in text(response)
            response = client.post(reverse("my_suggestion_new"), words | {"seen": "1"})
    assert response.status_code == 302, text(response)
    return Suggestion.objects.latest("pk")


def adopt(user, suggestion, moment=JUNE):
    with time_machine.travel(moment, tick=False):
        return post(
            user, "suggestion_assess", suggestion.pk,
            step="adopt", benefit=4, effort=2, reason=REASON, owner="李强",
        )  # fmt: skip


def carry_out(user, box, suggestion, moment=JULY):
    with time_machine.travel(moment, tick=False):
        return post(
            user, "suggestion_implement", suggestion.pk,
            day=FIRST_DAY.isoformat(), measure="overall", subject=f"department:{box.sales.pk}", window_days=60,
        )  # fmt: skip


def to_measured(box, suggestion):
    """陈静 takes it there, step by step."""
    assert adopt(box.hr, suggestion).status_code == 302
    assert carry_out(box.hr, box, suggestion).status_code == 302
    with time_machine.travel(SEPTEMBER, tick=False):
        assert post(box.hr, "suggestion_measure", suggestion.pk).status_code == 302


def confirm(user, suggestion):
    with time_machine.travel(SEPTEMBER, tick=False):
        return post(user, "suggestion_confirm", suggestion.pk, step="confirm")


@pytest.mark.clause("RE-5.2c")
@pytest.mark.clause("CC-4.3")
def test_a_suggestion_with_a_measured_effect_is_a_thousand_yuan_once(box):
    box.before(120, 200)
    box.after(170, 200)
    suggestion = submit(box.author.user, files=SimpleUploadedFile("前台.jpg", samples.jpeg()))
    assert suggestion.number == "YG-2606-0001"
    to_measured(box, suggestion)
    assert not Case.objects.exists()
    assert confirm(box.hr, suggestion).status_code == 409
    assert confirm(box.second, suggestion).status_code == 302

    case = Case.objects.get()
    assert (case.employee, case.rule_code, case.state) == (box.author, "RE-5.2c", "found")
    assert (case.occurrence, case.period, case.is_distinguishable) == (
        f"suggestion:{suggestion.pk}",
        "2026-09",
        True,
    )
    assert (case.evidence["before"]["k"], case.evidence["before"]["n"]) == (120, 200)
    assert (case.evidence["after"]["k"], case.evidence["after"]["n"]) == (170, 200)
    with time_machine.travel(SEPTEMBER, tick=False):
        page = text(browse(box.hr).get(reverse("incentives_case", args=[case.pk])))
        assert suggestion.get_absolute_url() in page and "170 / 200" in page
        assert post(box.hr, "incentives_propose", case.pk, reason="").status_code == 302
    decision = Decision.objects.get()
    assert [(one["kind"], one["amount"]) for one in decision.effects] == [("money", 100_000)]
    grounds = excluded_from(decision, SEPTEMBER)
    assert box.hr.employee.pk in grounds and box.second.employee.pk in grounds
    services.find_due_facts(at(2026, 10, 1))
    deliver_all()
    assert Case.objects.count() == 1
    assert violations() == []


@pytest.mark.clause("RE-5.2c")
def test_the_author_follows_it_and_reads_what_came_of_it(box):
    box.before(120, 200)
    box.after(170, 200)
    suggestion = submit(box.author.user)
    to_measured(box, suggestion)
    confirm(box.second, suggestion)
    with time_machine.travel(SEPTEMBER, tick=False):
        page = text(browse(box.author.user).get(suggestion.get_own_url()))
    assert "效果已确认" in page and REASON in page and "170 / 200" in page and "60.0" in page
    assert "满意的客户确实比之前多" in page
    kinds = Message.objects.filter(recipient=box.author.user).values_list("kind", flat=True)
    steps = ("submitted", "adopted", "implemented", "measured", "confirmed")
    assert {f"improvements.my_suggestion_{step}" for step in steps} <= set(kinds)


@pytest.mark.clause("RE-5.2c")
@pytest.mark.parametrize("after", [(120, 200), (100, 200)])
def test_where_no_more_are_satisfied_nothing_follows(box, after):
    box.before(120, 200)
    box.after(*after)
    suggestion = submit(box.author.user)
    to_measured(box, suggestion)
    assert confirm(box.second, suggestion).status_code == 302
    services.find_due_facts(at(2026, 10, 1))
    assert not Case.objects.exists()
    with time_machine.travel(SEPTEMBER, tick=False):
        page = text(browse(box.author.user).get(suggestion.get_own_url()))
    assert "满意的客户没有比之前多" in page
    assert violations() == []


@pytest.mark.clause("RE-5.2c")
def test_a_rise_that_may_be_chance_is_a_case_that_says_so(box):
    box.before(120, 200)
    box.after(122, 200)
    suggestion = submit(box.author.user)
    to_measured(box, suggestion)
    confirm(box.second, suggestion)
    assert Case.objects.get().is_distinguishable is False


@pytest.mark.clause("RE-5.2c")
def test_too_few_answers_are_no_effect_and_the_page_says_when(box):
    box.before(20, 29)
    box.after(30, 40)
    suggestion = submit(box.author.user)
    adopt(box.hr, suggestion)
    carry_out(box.hr, box, suggestion)
    with time_machine.travel(JULY, tick=False):
        early = text(browse(box.hr).get(suggestion.get_absolute_url()))
        assert "8 月 30 日起可以衡量" in early
    with time_machine.travel(SEPTEMBER, tick=False):
        page = text(browse(box.hr).get(suggestion.get_absolute_url()))
        assert "实施前 29 份" in page and "至少需要 30 份" in page
        assert post(box.hr, "suggestion_measure", suggestion.pk).status_code == 409
    assert Suggestion.objects.get().state == "implemented" and not Case.objects.exists()


@pytest.mark.clause("RE-5.2c")
def test_a_refusal_comes_with_its_reason_and_is_answered_once(box):
    suggestion = submit(box.author.user)
    with time_machine.travel(JUNE, tick=False):
        short = post(box.hr, "suggestion_assess", suggestion.pk, step="decline", reason="不行")
        assert short.status_code == 409 and "请至少写 10 个字" in text(short)
        reason = "去年试过，客户觉得更麻烦，停用了。"
        assert (
            post(box.hr, "suggestion_assess", suggestion.pk, step="decline", reason=reason).status_code == 302
        )
        own = text(browse(box.author.user).get(suggestion.get_own_url()))
        assert reason in own and "对不采纳提出申述" in own
        plea = "去年没有屏幕，这次客户看得见号。"
        assert post(box.author.user, "my_suggestion_answer", suggestion.pk, plea=plea).status_code == 302
        assert plea in text(browse(box.second).get(suggestion.get_absolute_url()))
        post(box.second, "suggestion_assess", suggestion.pk, step="decline", reason=reason)
        assert post(box.author.user, "my_suggestion_answer", suggestion.pk, plea=plea).status_code == 409
    assert Suggestion.objects.get().state == "declined" and not Case.objects.exists()


@pytest.mark.clause("RE-5.2c")
def test_the_same_suggestion_is_rewarded_once_whoever_repeats_it_and_however(box):
    box.before(120, 200)
    box.after(170, 200)
    first = submit(box.author.user)
    later = submit(box.cast.colleague.user, moment=at(2026, 6, 2, 10))
    assert later.pk != first.pk
    with time_machine.travel(at(2026, 6, 3, 10), tick=False):
        seen = text(browse(box.hr).get(later.get_absolute_url()))
        assert first.number in seen and "以先提出的为准" in seen
        linked = post(
            box.hr, "suggestion_assess", later.pk,
            step="duplicate", earlier=first.number, reason="与在先的建议是同一个办法。",
        )  # fmt: skip
        assert linked.status_code == 302
    to_measured(box, first)
    confirm(box.second, first)
    with time_machine.travel(SEPTEMBER, tick=False):
        again = adopt(box.hr, later, moment=SEPTEMBER)
        assert again.status_code == 409
        role = Role.objects.get(company=box.company, code="hr")
        assert "incentives.report_fact" in role.verbs
        form = browse(box.hr).get(reverse("hand_report_new"))
        assert "员工建议请走建议箱" in text(form) and "建议被采纳并见效" in text(form)
        by_hand = {
            "kind": "suggestion", "employee": "王丽", "happened_on": "2026-07-01", "text": "扫码取号，见附件。",
            "before_k": 1, "before_n": 2, "after_k": 2, "after_n": 2,
            "files": SimpleUploadedFile("附件.jpg", samples.jpeg()),
        }  # fmt: skip
        refused = browse(box.hr).post(reverse("hand_report_new"), by_hand)
        assert refused.status_code == 409 and "员工建议请走建议箱" in text(refused)
    services.find_due_facts(at(2026, 10, 1))
    assert not HandReport.objects.exists()
    assert [case.occurrence for case in Case.objects.all()] == [f"suggestion:{first.pk}"]


@pytest.mark.clause("RE-5.2c")
def test_a_report_by_hand_from_before_there_was_a_box_is_not_verified_any_more(box):
    report = HandReport.objects.create(
        company=box.company, number="SG-1", kind="suggestion", employee=box.author, department=box.sales,
        happened_on=dt.date(2026, 5, 1), text=PROPOSAL, reported_by=box.hr, reported_at=at(2026, 5, 2),
        figures={"before": {"k": 1, "n": 2}, "after": {"k": 2, "n": 2}},
    )  # fmt: skip
    with time_machine.travel(SEPTEMBER, tick=False):
        refused = post(box.second, "hand_report_verify", report.pk)
        assert refused.status_code == 409 and "员工建议请走建议箱" in text(refused)
        declined = post(box.second, "hand_report_decline", report.pk, reason="请投入建议箱，由系统统计效果")
        assert declined.status_code == 302
    assert not Case.objects.exists()


@pytest.mark.clause("RE-5.2c")
def test_nobody_works_on_their_own_or_their_line_s_suggestion(box):
    hr_role = Role.objects.get(company=box.company, code="hr")
    factories.grant(box.author.user, hr_role)
    factories.grant(box.cast.head.user, hr_role)
    suggestion = submit(box.author.user)
    assert adopt(box.author.user, suggestion).status_code == 404
    line = adopt(box.cast.head.user, suggestion)
    assert line.status_code == 409 and "您是建议人的上级" in text(line)
    assert Suggestion.objects.get().state == "submitted"
