"""Internal reports (CC-5.1): who reads them, who never learns of them, and that an anonymous one leads to nobody."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditRow
from audit.services import record, seal, violations
from complaints.forms.public import new_key
from complaints.models import Allegation, Case, CaseFile, Guess, State
from complaints.selectors import confirmed_findings
from complaints.services import closing, findings, handling, people, reports, tracking
from complaints.tests.build_praise import RECEIVED, Stage, fresh, messages_of
from complaints.tests.canary import changed_since, tables, traces_of
from core.flow import Refused
from jobs.tests import samples
from notifications.models import Message
from tests.factories import at
from tests.racing import at_once, kinds

ADDRESS = "203.0.113.77"
LATER = at(2026, 11, 5, 15)


@pytest.fixture
def stage(db):
    return Stage()


def post(client, **said):
    return client.post(
        "/speak-up/", {"key": new_key(), "text": "有人替客户填问卷", **said}, REMOTE_ADDR=ADDRESS
    )


# ---- what is kept of whom


def test_an_anonymous_report_of_somebody_signed_in_leads_to_nobody(stage):
    client, user = stage.client(stage.zhouting), stage.zhouting.user
    client.get("/speak-up/")
    before = tables()
    photo = SimpleUploadedFile("周婷拍的.jpg", samples.jpeg(), "image/jpeg")
    response = post(client, who="anonymous", people_named="王丽", files=photo)
    assert response.status_code == 200
    rows = changed_since(before)
    assert Case.objects.get().is_anonymous and CaseFile.objects.count() == 1
    assert traces_of(user, rows, words=[ADDRESS, "周婷", client.session.session_key]) == []
    assert not [key for key in rows if key[0] == "django_session"]


def test_the_search_for_traces_finds_a_named_sender(stage):
    """The control of the test above."""
    client, before = stage.client(stage.zhouting), tables()
    assert post(client, who="named").status_code == 200
    found = traces_of(stage.zhouting.user, changed_since(before), words=["周婷"])
    assert "complaints_case.received_by_id" in found and "complaints_case.contact_name" in found


def test_following_an_anonymous_report_leaves_no_trace_of_the_login_either(stage):
    receipt = stage.report()
    client = stage.client(stage.zhouting)
    client.get("/speak-up/track/")
    before = tables()
    wrong = {"number": receipt.case.number, "code": "AAAAAAAA"}
    assert client.post("/speak-up/track/", wrong, REMOTE_ADDR=ADDRESS).status_code == 422
    right = {"number": receipt.case.number, "code": receipt.code}
    assert client.post("/speak-up/track/", right, REMOTE_ADDR=ADDRESS).status_code == 303
    client.post("/speak-up/track/add/", {"text": "还有一次"}, REMOTE_ADDR=ADDRESS)
    rows = changed_since(before)
    assert Guess.objects.exists() and receipt.case.entries.exists()
    assert traces_of(stage.zhouting.user, rows, words=[ADDRESS, "周婷"]) == []
    assert not [key for key in rows if key[0] == "django_session"]


def test_a_stranger_without_login_reports_anonymously_and_is_not_asked(stage):
    page = Client().get("/speak-up/").content.decode()
    assert 'name="who"' not in page and "周婷" not in page
    assert post(Client()).status_code == 200
    case = Case.objects.get()
    assert case.is_anonymous and case.received_by is None and case.contact_name == ""


def test_a_stranger_cannot_name_employees_by_choosing_them(stage):
    post(Client(), person_0=f"王丽 · {stage.wangli.number}")
    assert not Allegation.objects.exists()


def test_somebody_signed_in_must_choose_and_nothing_is_preselected(stage):
    client = stage.client(stage.zhouting)
    page = client.get("/speak-up/").content.decode()
    assert page.count('name="who"') == 2 and not re.search(r'name="who"[^>]*checked', page)
    assert post(client).status_code == 422 and not Case.objects.exists()


def test_the_same_form_sent_twice_is_one_report_with_one_code(stage):
    key, client = new_key(), Client()
    pages = [client.post("/speak-up/", {"key": key, "text": "一"}).content.decode() for _time in range(2)]
    codes = [re.findall(r'class="token"[^>]*>([^<]+)<', page) for page in pages]
    assert codes[0] == codes[1] and len(codes[0]) == 2 and Case.objects.count() == 1


def test_a_key_that_we_did_not_give_out_is_not_taken(stage):
    assert post(Client(), key="test:1").status_code == 422
    assert not Case.objects.exists()


def test_the_number_does_not_tell_how_many_others_there_are(stage):
    numbers = [stage.report().case.number for _time in range(6)]
    assert all(re.fullmatch(r"NB-2611-\d{6}", number) for number in numbers)
    tails = [int(number[-6:]) for number in numbers]
    assert len(set(tails)) == 6 and tails != list(range(tails[0], tails[0] + 6))


# ---- whoever is named never sees it


def test_people_chosen_or_named_are_accused_from_the_first_moment(stage):
    case = stage.report(employees=[stage.wangli], people_named="李强和一位女士").case
    assert {one.employee for one in case.allegations.all()} == {stage.wangli, stage.liqiang}


def test_a_reader_who_is_named_does_not_find_it_and_is_not_told(stage):
    case = stage.report(employees=[stage.zhou]).case
    assert not messages_of(stage.zhou, "complaints.report")
    assert messages_of(stage.zhengjie, "complaints.report") and messages_of(stage.xulan, "complaints.report")
    client = stage.client(stage.zhou)
    assert client.get(f"/internal-reports/{case.pk}/").status_code == 404
    assert client.post(f"/internal-reports/{case.pk}/decline/", {"reason": "不属实的"}).status_code == 404
    page = client.get("/internal-reports/").content.decode()
    assert case.number not in page
    assert case.number in stage.client(stage.zhengjie).get("/internal-reports/").content.decode()


def test_of_namesakes_only_a_reader_is_kept_away_and_nobody_is_accused_by_chance(stage):
    stage.person("周总", stage.sales, "staff")
    stage.person("王丽", stage.hr_place, "staff")
    case = stage.report(people_named="周总、王丽").case
    assert [one.employee for one in case.allegations.all()] == [stage.zhou]


def test_a_name_inside_a_longer_name_that_is_meant_does_not_count(stage):
    longer = stage.person("王丽娟", stage.sales, "staff")
    case = stage.report(people_named="王丽娟").case
    assert [one.employee for one in case.allegations.all()] == [longer]


def test_a_report_that_nobody_could_read_is_refused_and_nothing_is_kept(stage):
    before = tables()
    with pytest.raises(Refused) as refusal:
        stage.report(employees=[stage.zhou, stage.zhengjie, stage.xulan])
    assert refusal.value.code == "no_reader" and changed_since(before) == {}


def test_naming_somebody_later_takes_it_from_them(stage):
    case = stage.taken_up()
    people.name_person(case, employee=stage.xulan, statement="知情不报", by=stage.zhou.user, at=LATER)
    assert stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/").status_code == 404


# ---- nobody but the readers learns of it


def everything(client, company):
    """The text of every list a colleague may open, wherever a case could show."""
    lists = "/ /cases/ /cases/?stage=all /cases/?within=NB /praises/ /cases/board/ /cases/export/ /audit/"
    others = "/api/v1/cases/ /search/?q=NB /search/?q=金丝雀 /messages/ /jobs/ /internal-reports/ /customers/ /metrics"
    paths = f"{lists} {others}".split()
    return "".join(client.get(path).content.decode(errors="replace") for path in paths)


def test_nobody_outside_the_readers_learns_that_a_report_exists(stage):
    case = stage.taken_up(text="暗号金丝雀甲 有人替客户填问卷", employees=[stage.sunyue])
    seal(LATER)
    assert case.number in everything(stage.client(stage.xulan), stage.company)
    for outsider in (stage.sunyue, stage.chenjing, stage.liuyang, stage.liqiang, stage.wangli):
        seen = everything(stage.client(outsider), stage.company)
        assert case.number not in seen and "暗号金丝雀甲" not in seen
        assert f"/internal-reports/{case.pk}" not in seen and "complaints.case" not in seen
        for page in (f"/cases/{case.pk}/", f"/praises/{case.pk}/", f"/api/v1/cases/{case.pk}/"):
            assert stage.client(outsider).get(page).status_code in (403, 404)


def test_an_auditor_sees_neither_the_rows_nor_a_gap_where_they_are(stage):
    auditor = stage.person("审计二", stage.hr_place, "staff", "auditor")
    record("test.before", stage.company, by=None, at=LATER, company_id=stage.company.pk)
    case = stage.taken_up(employees=[auditor])
    record("test.after", stage.company, by=None, at=LATER, company_id=stage.company.pk)
    seal(LATER)
    page = stage.client(auditor).get("/audit/").content.decode()
    assert "test.before" in page and "complaints.case" not in page
    ours = AuditRow.objects.filter(company_id=stage.company.pk).select_related("seal").order_by("seal__seq")
    assert [row.seal.seq for row in ours] == list(range(1, ours.count() + 1))
    rows = AuditRow.objects.filter(model="complaints.case", object_id=case.pk)
    assert rows.count() >= 3 and {row.company_id for row in rows} == {None} and not list(violations())


def test_customers_cases_stay_in_the_log_of_their_company(stage):
    """The control of the test above."""
    case = stage.praise()
    assert AuditRow.objects.filter(object_id=case.pk, company_id=stage.company.pk).exists()


def test_readers_are_told_that_there_is_one_and_not_a_word_of_it(stage):
    case = stage.report(text="金丝雀", employees=[stage.wangli]).case
    said = [
        (one.recipient.employee, one.subject + one.body)
        for one in Message.objects.filter(kind="complaints.report")
    ]
    assert {who for who, words in said} == {stage.zhou, stage.zhengjie, stage.xulan}
    assert all(
        "金丝雀" not in words and case.number not in words and "王丽" not in words for who, words in said
    )
    assert {one.url for one in Message.objects.filter(kind="complaints.report")} == {
        f"/internal-reports/{case.pk}/"
    }


def test_every_message_of_a_report_goes_to_its_readers_and_opens_its_page(stage):
    case = stage.taken_up(employees=[stage.wangli])
    handling.warn_due(at(2027, 3, 1)) if hasattr(handling, "warn_due") else None
    reports.say_more(case, text="还有", at=LATER)
    told = Message.objects.exclude(url="").filter(url__contains=f"/{case.pk}/")
    assert {one.url for one in told} == {f"/internal-reports/{case.pk}/"}
    readers = {stage.zhou.user, stage.zhengjie.user, stage.xulan.user}
    assert {one.recipient for one in Message.objects.all()} <= readers


def test_a_confirmed_finding_of_a_report_is_no_fact_for_the_penalty_rules(stage):
    case = stage.taken_up()
    drafts = [findings.Draft(one, "not", "核对原始问卷，没有发现") for one in case.allegations.all()]
    findings.propose(case, drafts=drafts, by=stage.zhengjie.user, at=LATER)
    findings.confirm(fresh(case), by=stage.xulan.user, at=LATER)
    assert confirmed_findings(stage.company, since=at(2026, 1, 1), until=at(2027, 1, 1)) == []


# ---- the readers' work


def test_a_report_is_taken_up_investigated_asked_about_answered_and_closed(stage):
    receipt = stage.report(employees=[stage.wangli])
    case = receipt.case
    reports.take_up(
        case,
        investigator=stage.zhengjie,
        problem_type="other",
        severity="general",
        by=stage.zhou.user,
        at=LATER,
    )
    case = fresh(case)
    assert (case.state, case.handler, case.investigator) == (State.INVESTIGATING, stage.zhou, stage.zhengjie)
    handling.ask(case, question="哪一天", by=stage.zhengjie.user, at=LATER)
    reports.say_more(fresh(case), text="上周五", at=LATER)
    assert fresh(case).state == State.INVESTIGATING
    drafts = [findings.Draft(one, "not", "核对原始问卷") for one in case.allegations.all()]
    findings.propose(fresh(case), drafts=drafts, by=stage.zhengjie.user, at=LATER)
    findings.confirm(fresh(case), by=stage.xulan.user, at=LATER)
    closing.answer(fresh(case), text="已核对，没有发现", by=stage.zhou.user, at=LATER)
    reports.close_report(fresh(case), by=stage.zhou.user, at=LATER)
    assert fresh(case).state == State.CLOSED


def test_only_a_reader_investigates_who_is_neither_named_nor_the_superior(stage):
    for nobody in (stage.chenjing, stage.wangli):
        with pytest.raises(Refused):
            stage.taken_up(investigator=nobody)
    from organization.models import Role
    from tests import factories

    factories.grant(stage.liqiang.user, Role.objects.get(company=stage.company, code="reports_reader"))
    with pytest.raises(Refused) as refusal:
        stage.taken_up(investigator=stage.liqiang)
    assert refusal.value.field == "investigator"
    assert not Case.objects.exclude(state=State.RECEIVED).exists()


def test_whoever_investigated_does_not_confirm(stage):
    case = stage.taken_up()
    drafts = [findings.Draft(one, "not", "核对原始问卷") for one in case.allegations.all()]
    findings.propose(case, drafts=drafts, by=stage.zhengjie.user, at=LATER)
    with pytest.raises(Refused):
        findings.confirm(fresh(case), by=stage.zhengjie.user, at=LATER)


def test_a_report_is_closed_only_once_it_is_answered(stage):
    case = stage.taken_up()
    with pytest.raises(Refused):
        reports.close_report(case, by=stage.zhou.user, at=LATER)


def test_more_words_reach_every_reader_even_before_anybody_took_it_up(stage):
    case = stage.report(employees=[stage.wangli]).case
    Message.objects.all().delete()
    reports.say_more(case, text="还有一次", at=LATER)
    assert messages_of(stage.xulan, "complaints.report")


def test_number_and_code_of_a_report_open_nothing_on_the_customers_page(stage):
    receipt = stage.report()
    given = {"number": receipt.case.number, "code": receipt.code}
    assert Client().post("/track/", given).status_code == 422
    assert tracking.look_up(**given, address=ADDRESS, at=RECEIVED, among=Case.objects.all()) == receipt.case


@pytest.mark.django_db(transaction=True)
def test_a_report_taken_up_by_two_at_once_has_one_who_answers_for_it():
    stage = Stage()
    case = stage.report(employees=[stage.wangli]).case

    def take(by, investigator):
        return lambda: reports.take_up(
            fresh(case),
            investigator=investigator,
            problem_type="other",
            severity="general",
            by=by.user,
            at=LATER,
        )

    works = [take(stage.zhou, stage.xulan), take(stage.zhengjie, stage.xulan)] * 2
    assert kinds(at_once(works)) == {"Refused": 3, "done": 1}
    assert fresh(case).handler in (stage.zhou, stage.zhengjie)


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_at_once_is_one():
    stage = Stage()

    def send():
        return reports.file_report(company=stage.company, text="一", key="same", at=RECEIVED)

    outcomes = at_once([send] * 5)
    assert len({one.code for one in outcomes}) == 1 and Case.objects.count() == 1
    assert len({one.case.number for one in outcomes}) == 1
    assert len(messages_of(stage.zhou, "complaints.report")) == 1
