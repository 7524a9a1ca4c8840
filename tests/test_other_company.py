"""What belongs to one company is not there for the users of another, whatever they may do at home."""

import pytest
from django.test import Client
from django.urls import reverse

from appeals.models import Appeal
from approvals.models import Committee, Delegation, Membership, Minutes, Motion
from approvals.services import assemble_minutes, give_delegation
from complaints.models import Allegation, FeedbackCode, Mailbox, Praise, SavedView
from complaints.models import Case as Voice
from core import access
from customers.models import Customer
from improvements.models import Inspection, InspectionFile, InspectionFinding, Suggestion
from incentives.models import (
    Case,
    Decision,
    Duty,
    DutyFile,
    HandReport,
    Hearing,
    HearingFile,
    LedgerLine,
    Mark,
    Notice,
    PayrollBatch,
    ReceiptFile,
    Talk,
    UnitHit,
)
from incentives.services import make_payroll
from incentives.tests.build import Stage
from jobs import attachments
from jobs.imports import import_kinds, start_import
from jobs.models import ImportBatch, Run
from jobs.services import request_run
from notifications.models import Message, Robot, Suspension
from notifications.services import notify
from organization.models import Company, Department, Employee, Role
from policies.models import Version
from scoring.models import Score, Standing, SubjectKind
from scoring.tests import world
from surveys.models import Answer, Campaign, OpenLink
from surveys.services.campaigns import create_open_link
from tests import factories
from tests.factories import at
from tests.improved import inspection_of, suggestion_of
from tests.test_access import address, staff_pages

#: what the number in an address names, by the address's first word, or by the page where that is not enough
MODELS = {
    "staff": Employee,
    "jobs": Run,
    "messages": Message,
    "policies": Version,
    "customers": Customer,
    "votes": Motion,
    "votes/delegations": Delegation,
    "minutes": Minutes,
    "committees": Committee,
    "memberships": Membership,
    "campaigns": Campaign,
    "qr": OpenLink,
    "answers": Answer,
    "inspections": Inspection,
    "inspections/departments": Department,
    "inspections/files": InspectionFile,
    "inspections/findings": InspectionFinding,
    "incentives/cases": Case,
    "incentives/decisions": Decision,
    "incentives/facts": HandReport,
    "incentives/letters": Notice,
    "incentives/marks": Mark,
    "incentives/payroll/files": PayrollBatch,
    "incentives/people": Employee,
    "incentives/units": UnitHit,
    "notices": Notice,
    "duties": Duty,
    "duties/files": DutyFile,
    "incentives/statements/files": HearingFile,
    "incentives/letters/receipts": ReceiptFile,
    "my/decisions": Decision,
    "my/hearings": Hearing,
    "my/talks": Talk,
    "talks": Talk,
    "why/line": LedgerLine,
    "why/decision": Decision,
    "why/score": Score,
    "why/rank": Standing,
    "cases": Voice,
    "cases/codes": FeedbackCode,
    "cases/views": SavedView,
    "my/allegations": Allegation,
    "mailboxes": Mailbox,
    "outbox": Message,
    "outbox/suspended": Suspension,
    "robots": Robot,
    "appeals": Appeal,
    "my/appeals": Appeal,
    "my/appeals/new/<slug:kind>": Decision,
    "suggestions": Suggestion,
    "my/suggestions": Suggestion,
}
#: where the first row of a table is not the right one
KINDS = {"praises": "praise", "internal-reports": "report"}
PAGES = [(route, name) for route, name, _callback in staff_pages() if "<int:pk>" in route]


def everything_in(company, employee):
    """A user with every verb there is in the company, theirs by a company-wide role and by one for themselves."""
    user = factories.user_with(company, *access.verbs, employee=employee)
    factories.grant(user, factories.make_role(company, "self", access.verbs, Role.Reach.SELF))
    return user


def hit_without_head(stage):
    case = Case.objects.first()
    UnitHit.objects.create(
        company=stage.company,
        rule=case.rule,
        rule_code=case.rule_code,
        department=stage.sales,
        occurrence=case.occurrence,
        head_on="2026-10-31",
        period=case.period,
        evidence=case.evidence,
        found_at=at(),
    )


@pytest.fixture
def ours(company, settings, tmp_path):
    """A company in which there is one of everything, and a user who may do everything there."""
    settings.MEDIA_ROOT = tmp_path
    stage = Stage(company)
    closes = stage.three_months()
    stage.posted(stage.worst)
    minutes_of(stage)
    hit_without_head(stage)
    user = everything_in(company, factories.make_employee(stage.office, "郑洁"))
    books_of(stage)
    campaign = world.make_campaign(company)
    Campaign.objects.update(state=Campaign.State.OPEN)
    campaign.refresh_from_db()
    world.give_answers(campaign, stage.best, 1, 1)
    create_open_link(campaign, label="前台", by=user, at=at())
    factories.make_customer(company)
    voices_of(company, user, stage.best)
    appeal_of(stage)
    suggestion_of(stage)
    inspection_of(stage)
    for kind in import_kinds:
        start_import(
            kind=kind, company=company, content="工号\nE1\n".encode(), name="a.csv", by=user, at=at()
        )
    request_run(company=company, kind="scoring.close", key="2026-12", by=user, at=at())
    Run.objects.update(state=Run.State.FAILED)
    notify(user=user, company=company, kind="test", key="one", subject="一", at=at())
    Score.objects.create(
        close=closes[-1],
        company=company,
        period="2026-10",
        subject_kind=SubjectKind.EMPLOYEE,
        subject_id=stage.best.pk,
        department_id=stage.sales.pk,
        measure="overall",
        metric="top_two",
        k=90,
        n=100,
        status="ok",
    )
    return user


def books_of(stage):
    """What follows a decision: a mark, a duty with a file, a signed receipt, the payroll file of its month."""
    decision = Decision.objects.get()
    about = {"company": stage.company, "department": stage.sales, "employee": stage.worst}
    Mark.objects.create(decision=decision, effect=8, kind=Mark.Kind.DISMISSAL, set_at=at(), **about)
    duty = Duty.objects.create(decision=decision, effect=9, kind=Duty.Kind.TRAINING, due_at=at(), **about)
    content = b"%PDF-1.4\n%%EOF\n"
    kept, statement, receipt = (
        attachments.keep(company=stage.company, content=content, name="a.pdf", by=stage.hr, at=at())
        for _number in range(3)
    )
    HearingFile.objects.create(hearing=Hearing.objects.get(), attachment=statement)
    ReceiptFile.objects.create(letter=Notice.objects.get(kind="letter"), attachment=receipt)
    HandReport.objects.create(
        company=stage.company, number="SG-1", kind="data_error", employee=stage.worst, department=stage.sales,
        happened_on=at().date(), text="录错", reported_by=stage.hr, reported_at=at(),
    )  # fmt: skip
    DutyFile.objects.create(duty=duty, attachment=kept)
    make_payroll(stage.company, month="2026-10", by=stage.hr, at=at(2026, 11, 20))


@pytest.fixture
def stranger(ours):
    """As entitled as ours, in another company."""
    other = factories.make_company("other", "别的公司")
    return everything_in(other, factories.make_employee(factories.make_department(other, "office"), "外人"))


def number_for(route):
    """The id of a thing of the first company that this address is about."""
    if route.startswith("imports/"):
        return ImportBatch.objects.get(kind=route.split("/")[1]).pk
    noun = route.split("/<int")[0]
    if noun in KINDS:
        return Voice.objects.get(kind=KINDS[noun]).pk
    model = MODELS[noun]
    return model.objects.order_by("pk").first().pk


def address_of(route, number):
    """The page of this thing; what stands below it (a file, a step) is the first there could be."""
    return address("/" + route.replace("<int:pk>", str(number), 1)).lstrip("/").join(["/", ""])


def appeal_of(stage):
    """An appeal that waits for HR."""
    Appeal.objects.create(
        company=stage.company,
        employee=stage.best,
        department=stage.sales,
        subject=Appeal.Subject.SCORE,
        object_id=1,
        title="一",
        number="SS-1",
        state=Appeal.State.FILED,
        made_at=at(),
        filed_at=at(),
        due_at=at(),
    )


def minutes_of(stage):
    """The vote behind the decision in minutes, and a member's vote given to another."""
    motion, (chair, member) = Motion.objects.get(), stage.members[:2]
    assemble_minutes(motion.committee, motions=[motion], by=chair, at=at())
    days = {"starts_on": at().date(), "ends_on": at(2030).date()}
    give_delegation(motion.committee, delegate=member.employee, by=chair, at=at(), **days)


def voices_of(company, user, colleague):
    """A complaint, a praise and an internal report, and what is kept beside them."""
    for kind in ("complaint", "praise", "report"):
        case = Voice.objects.create(
            company=company,
            number=kind,
            key=kind,
            kind=kind,
            channel="web",
            text="等了很久",
            received_at=at(),
        )
        Allegation.objects.create(case=case, employee=colleague, statement="态度", added_at=at())
    Praise.objects.create(case=Voice.objects.get(kind="praise"), form="written")
    FeedbackCode.objects.create(company=company, code="a" * 22, label="大厅", made_by=user, made_at=at())
    SavedView.objects.create(company=company, user=user, page="cases", name="一", query="", made_at=at())
    Mailbox.objects.create(
        company=company,
        address="a@example.com",
        host="imap.example.com",
        username="a",
        password_name="MAILBOX_A",
        next_look_at=at(),
    )
    Suspension.objects.create(company=company, address_hash="a" * 64, suspended_at=at())
    Robot.objects.create(
        company=company,
        kind="wecom",
        label="一",
        webhook_url="https://qyapi.weixin.qq.com/a",
        per_minute=5,
        created_at=at(),
    )


def browse(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_nothing_of_a_company_opens_for_somebody_equally_entitled_elsewhere(ours, stranger):
    client, opened = browse(stranger), []
    for route, name in PAGES:
        address = address_of(route, number_for(route))
        got, posted = (
            client.get(address).status_code,
            client.post(address, {"reason": "查看原因"}).status_code,
        )
        if got not in (404, 405) or posted not in (404, 405):
            opened.append(f"{name}: {got} {posted}")
    assert opened == []


def test_the_same_addresses_are_there_for_whom_they_are_meant(ours):
    """The control: the 404 above come from the company, not from wrong addresses."""
    client, missing = browse(ours), []
    own = {"my_decision", "my_receipt", "my_hearing", "my_statement", "my_waiver", "my_talk", "talk"}
    own |= {"my_allegation", "my_allegation_reply", "my_appeal", "my_appeal_withdraw"}
    own |= {"my_suggestion", "my_suggestion_answer", "my_suggestion_withdraw"}
    for route, name in PAGES:
        if name in own or route.count("<") > 1:
            continue
        if client.get(address_of(route, number_for(route))).status_code == 404:
            missing.append(name)
    assert missing == []


def test_the_person_concerned_opens_their_own(ours):
    decision = Decision.objects.get()
    client = browse(decision.employee.user)
    for name, thing in (
        ("my_decision", decision),
        ("my_hearing", Hearing.objects.get()),
        ("why_decision", decision),
    ):
        assert client.get(reverse(name, args=[thing.pk])).status_code == 200, name


API = [
    *(
        "departments",
        "employees",
        "policies",
        "policy-versions",
        "clauses",
        "motions",
        "campaigns",
        "answers",
    ),
    *("closes", "scores", "rankings", "standings", "cases", "decisions", "ledger", "appeals"),
    *("inspections", "inspection-findings"),
]


def test_the_api_lists_nothing_of_another_company(ours, stranger):
    leaks = {}
    for name in API:
        own, found = ({row["id"] for row in listed(user, name)} for user in (ours, stranger))
        opened = browse(stranger).get(f"/api/v1/{name}/{min(own)}/").status_code if own else "nothing of ours"
        if own & found or opened != 404:
            leaks[name] = own & found, opened
    assert leaks == {}


def listed(user, name):
    return browse(user).get(f"/api/v1/{name}/").json()["results"]


@pytest.fixture
def reader(ours, stranger):
    """Entitled to everything at home, and a mere reader of surveys and customers in the first company."""
    company = Company.objects.get(code="qinghe")
    role = factories.make_role(company, "reader", ["surveys.view", "customers.view"])
    factories.grant(stranger, role)
    return stranger


def test_what_one_may_do_at_home_is_not_a_right_elsewhere(reader):
    """A verb held in one company opens nothing where only a lesser one is held."""
    answer, customer = Answer.objects.get(), Customer.objects.get()
    home = Company.objects.get(code="other")
    for company in (home, Company.objects.get(code="qinghe")):
        client = browse(reader)
        client.post(reverse("choose_company"), {"company": company.pk})
        reason = {"reason": "客户没有来过，电话核实"}
        assert client.post(reverse("answer_exclude", args=[answer.pk]), reason).status_code in (403, 404)
        assert client.post(reverse("customer_unmask", args=[customer.pk]), reason).status_code in (403, 404)
    assert not hasattr(Answer.objects.get(), "exclusion")


def test_who_works_in_two_companies_chooses_where(reader):
    answer = Answer.objects.get()
    client = browse(reader)
    client.post(reverse("choose_company"), {"company": answer.company_id})
    assert client.get(reverse("answer", args=[answer.pk])).status_code == 200
    assert client.get(reverse("incentives_queue")).status_code == 403
