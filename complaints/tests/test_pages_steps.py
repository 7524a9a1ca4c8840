"""The steps of a case by their addresses: to whom each is offered, what it changes, what a refusal leaves."""

import pytest
import time_machine
from django.urls import reverse

from audit.models import AuditRow
from complaints.models import Case, CaseFile, CaseLink, Entry, Finding, Kind, State
from complaints.services import findings, people
from complaints.tests.build_d import NOON, Cast, also, browse, text
from jobs.tests import samples
from tests import factories


@pytest.fixture
def cast(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def page_of(employee, case, status=200):
    response = browse(employee).get(reverse("case", args=[case.pk]))
    assert response.status_code == status
    return text(response)


def step(who, verb, case, *more, **data):
    return browse(who).post(reverse(f"case_{verb}", args=[case.pk, *more]), data)


def main_step(employee, case):
    main = browse(employee).get(reverse("case", args=[case.pk])).context["main"]
    return main.name if main else ""


def test_the_next_step_is_offered_to_who_may_take_it(cast):
    offered = [
        (cast.receive(), "accept", cast.handler),
        (cast.accepted(cast.seller), "investigate", cast.handler),
        (cast.investigating(), "propose", cast.hr),
        (cast.proposed(), "confirm", cast.member),
        (cast.confirmed(), "answer", cast.handler),
    ]
    for case, name, who in offered:
        assert main_step(who, case) == name
        assert main_step(cast.auditor, case) == ""


def test_a_simple_case_without_names_may_be_answered_at_once(cast):
    simple = cast.accepted(fields={"class_code": "simple"})
    assert main_step(cast.handler, simple) == "answer"
    named = cast.accepted(cast.seller, fields={"class_code": "simple"})
    assert main_step(cast.handler, named) == "investigate"


def test_who_proposed_is_told_why_somebody_else_confirms(cast):
    page = page_of(cast.hr, cast.proposed())
    assert "您提出了这项结论" in page or "第二人" in page
    assert reverse("case_confirm", args=[Case.objects.last().pk]) not in page


def test_without_anybody_named_the_next_step_is_to_name_somebody(cast):
    case = cast.investigate(cast.accepted())
    assert main_step(cast.hr, case) == "person"


def test_the_whole_path_by_its_addresses(cast):
    case = cast.receive(cast.seller)
    allegation = case.allegations.get()
    classes = {"problem_type": "attitude", "severity": "general", "handler": cast.handler.pk}
    findings = {
        f"a{allegation.pk}-verdict": "substantiated",
        f"a{allegation.pk}-reasons": "监控显示等候四十一分钟",
        f"a{allegation.pk}-cause": "attitude",
        f"a{allegation.pk}-severity": "minor",
    }
    for who, name, data, state in (
        (cast.handler, "accept", classes, State.ACCEPTED),
        (cast.handler, "investigate", {"investigator": cast.hr.pk}, State.INVESTIGATING),
        (cast.hr, "ask", {"question": "哪一天"}, State.WAITING),
        (cast.hr, "resume", {}, State.INVESTIGATING),
        (cast.hr, "propose", findings, State.PROPOSED),
        (cast.member, "send_back", {"reason": "补充值班表"}, State.INVESTIGATING),
        (cast.hr, "propose", findings, State.PROPOSED),
        (cast.member, "confirm", {}, State.CONFIRMED),
        (cast.handler, "answer", {"text": "向您致歉，已调整排班"}, State.RESPONDED),
    ):
        response = step(who, name, case, **data)
        assert response.status_code == 302, (name, text(response))
        assert response.url == f"/cases/{case.pk}/"
        assert Case.objects.get(pk=case.pk).state == state
    assert Finding.objects.filter(state="confirmed").count() == 1
    assert "已答复" in page_of(cast.handler, case)


SIDE_STEPS = (
    ("decline", {"reason": "与公司无关"}, "decline_reason"),
    ("extend", {"reason": "等第三方检测"}, "extensions"),
    ("hold", {"reason": "客户已起诉"}, "on_hold"),
)


@pytest.mark.parametrize(("name", "data", "field"), SIDE_STEPS)
def test_side_steps_change_what_they_say(cast, name, data, field):
    case = cast.accepted()
    who = cast.hr if name == "hold" else cast.handler
    assert step(who, name, case, **data).status_code == 302
    assert getattr(Case.objects.get(pk=case.pk), field)


def test_assign_classify_topics_and_customer(cast):
    case = cast.accepted()
    customer = factories.make_customer(cast.company, phone="13700000000")
    step(cast.handler, "assign", case, handler=cast.second_handler.pk)
    step(cast.handler, "topics", case, codes=["refund"])
    step(cast.handler, "customer", case, customer=customer.number)
    classes = {"problem_type": "money", "severity": "serious", "class_code": "", "handler": cast.handler.pk}
    assert step(cast.handler, "classify", case, **classes).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.problem_type, case.class_code, case.customer) == ("money", "complex", customer)
    assert [topic.code for topic in case.topics.all()] == ["refund"]


def test_merge_split_link_and_new_facts(cast):
    leading, other, third = cast.accepted(), cast.receive(), cast.receive()
    assert step(cast.handler, "merge", other, into=leading.number, reason="同一件事").status_code == 302
    assert Case.objects.get(pk=other.pk).merged_into == leading
    assert step(cast.handler, "link", third, into=leading.number, kind="related").status_code == 302
    assert CaseLink.objects.get(kind="related").first == leading
    split = step(cast.handler, "split", leading, text="另一件事", employee=f"王丽 · {cast.seller.number}")
    assert split.status_code == 302
    made = CaseLink.objects.get(kind="split").second
    assert made.allegations.get().employee == cast.seller
    step(cast.handler, "decline", third, reason="与公司无关")
    assert step(cast.handler, "follow_up", third, text="又发生一次").status_code == 302
    assert CaseLink.objects.filter(kind="follow_up").count() == 1


def test_an_entry_with_a_file_reaches_the_course(cast):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = cast.investigating()
    photo = SimpleUploadedFile("现场.jpg", samples.jpeg(), "image/jpeg")
    assert step(cast.hr, "entry", case, kind="evidence", text="现场照片", files=photo).status_code == 302
    entry = Entry.objects.get(kind="evidence")
    assert entry.files.count() == 1 and not entry.is_public
    assert reverse("case_file", args=[case.pk, entry.files.get().pk]) in page_of(cast.hr, case)


def test_a_bad_file_is_named_beside_its_field_and_nothing_is_kept(cast):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = cast.investigating()
    bad = SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")
    response = step(cast.hr, "entry", case, kind="note", text="看附件", files=bad)
    assert response.status_code == 409 and "x.jpg" in text(response)
    assert not Entry.objects.filter(kind="note").exists() and not CaseFile.objects.exists()


def test_a_person_is_named_told_and_may_be_told_once(cast):
    case = cast.investigating()
    data = {"employee": f"许诺 · {cast.colleague.number}", "statement": "当时也在场，没有接待"}
    assert step(cast.hr, "person", case, **data).status_code == 302
    named = case.allegations.get(employee=cast.colleague)
    assert step(cast.hr, "tell_person", case, named.pk).status_code == 302
    assert step(cast.hr, "tell_person", case, named.pk).status_code == 409
    assert step(cast.hr, "tell_person", cast.receive(), named.pk).status_code == 404


ERRORS = (
    ("received", "accept", {}, "problem_type", "请选择问题类型。"),
    ("received", "decline", {"reason": ""}, "reason", "写明理由，要存档。"),
    ("received", "decline", {"reason": "x"}, "reason", ""),
    ("accepted", "assign", {"handler": ""}, "handler", "选负责人。"),
    ("accepted", "investigate", {"investigator": ""}, "investigator", "请选择调查人。"),
    ("accepted", "ask", {"question": " "}, "question", "写明请客户补充什么。"),
    ("accepted", "extend", {"reason": ""}, "reason", "写明理由，要存档。"),
    ("accepted", "entry", {"kind": "note", "text": ""}, "text", "写几个字说明"),
    ("accepted", "person", {"statement": "说了什么", "employee": "查无此人"}, "employee", "名单里没有"),
    ("accepted", "person", {"statement": "说了什么"}, "employee", "选一位同事或一个部门。"),
    ("accepted", "merge", {"into": "TS-0000-0000", "reason": "同一件事"}, "into", "没有编号为"),
    ("accepted", "split", {"text": ""}, "text", "写明新一件的内容。"),
    ("accepted", "link", {"into": "TS-0000-0000", "kind": "related"}, "into", "没有编号为"),
    ("accepted", "link_answer", {"answer": "A-1"}, "answer", "没有编号为"),
    ("accepted", "customer", {"customer": "C0"}, "customer", "没有编号为"),
    ("confirmed", "answer", {"text": ""}, "text", "写答复内容"),
)


@pytest.mark.parametrize(("state", "name", "data", "field", "sentence"), ERRORS)
def test_an_error_stands_beside_its_field_and_nothing_changes(cast, state, name, data, field, sentence):
    case = getattr(cast, {"received": "receive"}.get(state, state))(cast.seller)
    before = (Case.objects.values().get(pk=case.pk), Entry.objects.count(), AuditRow.objects.count())
    response = step(cast.handler, name, case, **data)
    assert response.status_code in (409, 422)
    errors = response.context["bound"].errors[field]
    assert sentence in errors[0]
    assert f"id_{name}_{field}" in text(response)
    assert (Case.objects.values().get(pk=case.pk), Entry.objects.count(), AuditRow.objects.count()) == before


def test_a_superior_or_named_investigator_is_refused_beside_the_field(cast):
    case = cast.accepted(cast.seller)
    response = step(cast.handler, "investigate", case, investigator=cast.head.pk)
    assert response.status_code == 422 and "investigator" in response.context["bound"].errors


def test_a_finding_without_facts_or_cause_is_not_proposed(cast):
    case = cast.investigating()
    pk = case.allegations.get().pk
    for data in (
        {},
        {f"a{pk}-verdict": "substantiated", f"a{pk}-reasons": "事实"},
        {f"a{pk}-verdict": "not"},
    ):
        assert step(cast.hr, "propose", case, **data).status_code == 422
    assert not Finding.objects.exists()


def test_the_superior_of_somebody_named_cannot_propose(cast):
    also(cast.head, "hr")
    case = cast.investigating()
    pk = case.allegations.get().pk
    page = text(browse(cast.head).get(reverse("case_propose", args=[case.pk])))
    assert "直接上级" in page and "提交第二人复核" not in page
    data = {f"a{pk}-verdict": "not", f"a{pk}-reasons": "没有证据"}
    assert step(cast.head, "propose", case, **data).status_code == 409
    assert not Finding.objects.exists()


def test_what_is_said_is_worded_before_the_person_is_told_and_not_after(cast):
    case = cast.investigating(problem_type="")
    allegation = case.allegations.get()
    assert allegation.statement == ""
    assert step(cast.hr, "tell_person", case, allegation.pk).status_code == 409
    assert step(cast.hr, "statement", case, allegation.pk, statement="").status_code == 422
    assert step(cast.hr, "statement", case, allegation.pk, statement="接待时不耐烦").status_code == 302
    assert "接待时不耐烦" in page_of(cast.hr, case)
    assert step(cast.hr, "tell_person", case, allegation.pk).status_code == 302
    assert step(cast.hr, "statement", case, allegation.pk, statement="改口").status_code == 409
    allegation.refresh_from_db()
    assert allegation.statement == "接待时不耐烦"


def test_steps_out_of_turn_are_a_409_and_change_nothing(cast):
    case = cast.accepted(cast.seller)
    classes = {"problem_type": "attitude", "severity": "general", "handler": cast.handler.pk}
    assert step(cast.handler, "accept", case, **classes).status_code == 409
    assert step(cast.handler, "answer", case, text="直接答复").status_code == 409
    assert step(cast.member, "confirm", case).status_code == 409
    assert Case.objects.get(pk=case.pk).state == State.ACCEPTED


def test_nothing_is_written_by_get(cast):
    case = cast.receive()
    for name in ("accept", "decline", "confirm", "answer", "merge", "hold", "unmask", "entry", "resume"):
        who = cast.hr if name in ("hold", "confirm") else cast.handler
        assert browse(who).get(reverse(f"case_{name}", args=[case.pk])).status_code == 405
    assert Case.objects.get(pk=case.pk).state == State.RECEIVED


def test_who_only_looks_can_take_no_step(cast):
    case = cast.receive(cast.seller)
    for name in ("accept", "decline", "entry", "person", "merge", "answer", "topics", "link"):
        for who in (cast.head, cast.auditor, cast.member, cast.seller):
            assert step(who, name, case).status_code == 403, name
    for name in ("confirm", "send_back"):
        assert step(cast.head, name, case).status_code == 403
    assert Case.objects.get(pk=case.pk).state == State.RECEIVED


def test_a_head_in_the_group_judges_nothing_about_their_own_people(cast):
    also(cast.head, "group")
    case = cast.proposed(cast.seller)
    assert step(cast.head, "confirm", case).status_code == 403
    assert step(cast.head, "send_back", case, reason="不同意").status_code == 403
    assert Case.objects.get(pk=case.pk).state == State.PROPOSED


def test_accepted_praise_leads_to_its_own_page(cast):
    case = cast.accept(cast.receive(kind=Kind.PRAISE))
    assert reverse("praise", args=[case.pk]) in page_of(cast.handler, case)
    assert main_step(cast.handler, case) == ""


def test_no_step_reaches_into_another_company(cast):
    case, there = cast.receive(cast.seller), Cast("other", "别的公司")
    for name in ("accept", "decline", "entry", "merge", "answer", "unmask"):
        assert step(there.handler, name, case).status_code == 404
    assert step(there.hr, "hold", case, reason="别人的件").status_code == 404


def test_findings_refused_at_the_last_moment_keep_what_was_written(cast, monkeypatch):
    case = cast.investigating()
    one = case.allegations.get()
    verb = findings.propose

    def somebody_was_named_meanwhile(case, **given):
        people.name_person(
            case, employee=cast.colleague, statement="也在场", by=cast.handler.user, at=given["at"]
        )
        return verb(case, **given)

    monkeypatch.setattr(findings, "propose", somebody_was_named_meanwhile)
    given = {f"a{one.pk}-verdict": "not", f"a{one.pk}-reasons": "录像里没有离开过岗位"}
    page = browse(cast.hr).post(reverse("case_propose", args=[case.pk]), given)
    assert page.status_code == 409
    assert "录像里没有离开过岗位" in page.content.decode()
    assert "一并提出" in text(page)
    assert not Finding.objects.exists()
