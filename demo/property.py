"""The demo's second company: 桂园物业 asks its households each quarter on paper, and one person decides.

What is told: last quarter but one 永馨园 got too few forms back; last quarter too many in 牡丹处 were dissatisfied, and
one dissatisfied item of 玫瑰区 was found to be the company's own fault.
"""

import datetime as dt
import io
import random
from dataclasses import dataclass

import segno

from approvals.models import Committee, Membership
from core import events
from core.period import SHANGHAI, Period
from core.tokens import hash_token
from customers.models import Customer, Purchase
from demo import company as company_chapter
from demo import decisions, reports
from demo.cast import PROPERTY_PEOPLE
from demo.history import FAMILY_NAMES, TITLES
from incentives.services import hand
from organization.models import Company
from scoring.services import close_period, unfold_pending
from scoring.services.books import Books
from surveys.content import parse_content
from surveys.models import Answer, AnswerText, Campaign, Invitation, Mode, Questionnaire

CODE, NAME, NAME_EN = "guiyuan", "桂园物业", "Guiyuan Property Services"
CHAIR, HR, QUALITY = "马骏", "冯洁", "程颖"
SUMMARY = "意见集中在电梯停运和地下车库照明。工程部已排出更换计划，各管理处本月内向住户说明进度。"
SETTLED_IN = 30  # days after which all that followed from a quarter is decided, final and paid
OPINIONS = (
    "3 号楼西侧电梯一个月停了两次，请换件。",
    "地下车库灯坏了一排，晚上看不清路。",
    "楼道拖得很干净，谢谢保洁阿姨。",
    "报修当天就有人来，说得也清楚。",
    "北门外来车辆乱停，出入不便。",
)


@dataclass(frozen=True)
class Unit:
    """`forms` are those returned in the last quarter but one and in the last, `unhappy` how many of them are."""

    code: str
    name: str
    name_en: str
    homes: int
    forms: tuple
    unhappy: tuple


UNITS = (
    Unit("mudan", "牡丹处", "Mudan", 120, (44, 52), (1, 4)),
    Unit("yueji", "月季处", "Yueji", 110, (38, 41), (0, 1)),
    Unit("yongxin", "永馨园", "Yongxin Garden", 80, (21, 31), (0, 1)),
    Unit("meigui", "玫瑰区", "Meigui", 70, (28, 30), (1, 1)),
)


def load_policy():
    sites = [(unit.code, unit.name, unit.name_en) for unit in UNITS]
    company_chapter.set_up("property_quarterly", CODE, NAME, NAME_EN, sites)


def bring_in_people():
    company = Company.objects.get(code=CODE)
    company_chapter.bring_in_people(company, PROPERTY_PEOPLE)
    chair = company.employees.get(name=CHAIR)
    committee = Committee.objects.get(company=company, code="chair")
    Membership.objects.get_or_create(
        committee=committee, employee=chair, starts_on=dt.date(2026, 1, 1), defaults={"is_chair": True}
    )


def bring_in_homes():
    """Every household of the four units with the day it moved in."""
    company = Company.objects.get(code=CODE)
    dice = random.Random("manyi-demo homes")
    for unit in UNITS:
        site = company.sites.get(code=unit.code)
        customers = Customer.objects.bulk_create(
            _customer(company, unit, place, dice) for place in range(unit.homes)
        )
        Purchase.objects.bulk_create(
            _home(customer, site, place, dice) for place, customer in enumerate(customers)
        )


def _customer(company, unit, place, dice):
    return Customer(
        company=company,
        number=f"HZ-{unit.code}-{place + 1:03d}",
        name=dice.choice(FAMILY_NAMES) + dice.choice(TITLES),
        phone=f"137{dice.randrange(10**8):08d}",
        created_at=dt.datetime(2026, 1, 5, 9, tzinfo=SHANGHAI),
    )


def _home(customer, site, place, dice):
    moved_in = dt.date(2025, 12, 31) - dt.timedelta(days=dice.randrange(30, 2400))
    return Purchase(
        company=customer.company,
        customer=customer,
        site=site,
        unit=f"{place // 40 + 1}-{place // 4 % 10 + 1}0{place % 4 + 1}",
        signed_on=moved_in - dt.timedelta(days=60),
        handed_over_on=moved_in,
    )


class Quarters:
    """The two last quarters whose forms are in; `now` is the moment at which the demo is loaded."""

    def __init__(self, now):
        self.now = now
        self.company = Company.objects.get(code=CODE)
        self.hr = decisions.user_of(self.company, HR)

    def tell(self, quarter, place):
        """One quarter (place 0: the last but one, 1: the last) as far as it has come: forms, closes, decisions."""
        last_month = Period.month_of(quarter.ends_at - dt.timedelta(days=1))
        self.hand_out(quarter, last_month, place)
        unfold_pending(self.company, self.now)
        closed_at = dt.datetime.combine(last_month.first_day.replace(day=29), dt.time(3, 12), SHANGHAI)
        close_period(company=self.company, period=quarter, at=min(closed_at, self.now))
        events.deliver_all()
        if place == 1:
            self.fault(last_month.first_day.replace(day=26))
        morning = dt.datetime.combine(last_month.next().first_day, dt.time(9, 12), SHANGHAI)
        if morning + dt.timedelta(days=1) < self.now:
            self.close_month(quarter, last_month, morning)
        if morning + dt.timedelta(days=SETTLED_IN) < self.now:
            decisions.settle(self.company, last_month, morning, hr=self.hr)
            decisions.pay(self.company, last_month, morning + dt.timedelta(days=25), hr=self.hr)

    def close_month(self, quarter, month, morning):
        night = morning - dt.timedelta(hours=6)
        close_period(company=self.company, period=month, at=night)
        half = Period.of("half", quarter.starts_at)
        if half.last_day == quarter.last_day:
            close_period(company=self.company, period=half, at=night + dt.timedelta(minutes=20))
        events.deliver_all()
        writer, reviewer = (decisions.user_of(self.company, name) for name in (QUALITY, CHAIR))
        reports.submit(self.company, month, morning, writer=writer, reviewer=reviewer, summary=SUMMARY)

    def hand_out(self, quarter, month, place):
        """The forms of one quarter: drawn, delivered by the units, returned by the 24th."""
        campaign = self._campaign(quarter, month)
        dice = random.Random(f"manyi-demo {CODE} {quarter}")
        for unit in UNITS:
            self._forms(unit, campaign, month, place, dice)

    def _campaign(self, quarter, month):
        version = Questionnaire.objects.get(company=self.company, code="quarterly").versions.get(
            state="published"
        )
        opened = dt.datetime.combine(month.first_day, dt.time(9), SHANGHAI)
        campaign, _made = Campaign.objects.get_or_create(
            company=self.company,
            code=f"quarterly-{quarter}",
            defaults={
                "title": f"{quarter.first_day:%Y} 年第 {quarter.last_day.month // 3} 季度物业服务满意度调查",
                "title_en": f"Property services, {quarter}",
                "kind": Campaign.Kind.WAVE,
                "version": version,
                "state": Campaign.State.CLOSED,
                "mode": Mode.PAPER,
                "opens_on": month.first_day,
                "closes_on": month.first_day.replace(day=25),
                "opened_at": opened,
            },
        )
        return campaign

    def _forms(self, unit, campaign, month, place, dice):
        department = self.company.departments.get(code=unit.code)
        site = self.company.sites.get(code=unit.code)
        homes = list(Customer.objects.filter(company=self.company, purchases__site=site).order_by("pk"))
        asked = dice.sample(homes, min(len(homes), unit.forms[place] * 3 // 2))
        opened = dt.datetime.combine(month.first_day + dt.timedelta(days=1), dt.time(9), SHANGHAI)
        common = {"company": self.company, "campaign": campaign, "department": department, "site": site}
        invitations = Invitation.objects.bulk_create(
            Invitation(
                **common,
                customer=customer,
                service_day=opened.date(),
                token_hash=hash_token(f"{CODE}:{campaign.code}:{customer.pk}"),
                state=Invitation.State.SUBMITTED if number < unit.forms[place] else Invitation.State.SENT,
                made_at=opened,
                sent_at=opened,
                expires_at=opened + dt.timedelta(days=24),
            )
            for number, customer in enumerate(asked)
        )
        content = parse_content(campaign.version.content)
        answers = Answer.objects.bulk_create(
            Answer(
                **common,
                version=campaign.version,
                invitation=invitation,
                number=f"W-{month.first_day:%y%m}-{unit.code[:3]}{number + 1:03d}",
                mode=Mode.PAPER,
                service_day=opened.date(),
                submitted_at=opened + dt.timedelta(days=dice.randrange(2, 22), minutes=dice.randrange(500)),
                answers=_marks(content, number < unit.unhappy[place], dice),
            )
            for number, invitation in enumerate(invitations[: unit.forms[place]])
        )
        AnswerText.objects.bulk_create(
            AnswerText(answer=answer, question="comment", text=dice.choice(OPINIONS))
            for answer in answers
            if dice.random() < 0.2
        )

    def fault(self, day):
        """A dissatisfied item of 玫瑰区, called back and found to be the company's own fault, seen by two people."""
        at = dt.datetime.combine(day, dt.time(10), SHANGHAI)
        found = hand.report_fact(
            company=self.company,
            kind="dissatisfied_item",
            happened_on=day,
            text="住户反映报修三次没有回音。回访时核对了工单：三张都没有派出，是我方责任。",
            files=[("工单二维码.png", _code_of("GD-2031、GD-2044、GD-2052"))],
            department=self.company.departments.get(code="meigui"),
            item="repair",
            answer=f"W-{day:%y%m}-mei001",  # the first form of each unit is an unhappy one
            by=decisions.user_of(self.company, QUALITY),
            at=at,
        )
        hand.verify_report(found, by=self.hr, at=at + dt.timedelta(hours=4))
        events.deliver_all()


def _marks(content, is_unhappy, dice):
    """Option codes of one form: the whole as the story wants it, the parts around it."""
    whole = dice.choice((1, 2)) if is_unhappy else dice.choice((3, 4, 4, 4, 5, 5))
    marks = {}
    for code, question in content.questions.items():
        if question.overall:
            marks[code] = whole
        elif question.kind == "rate5":
            marks[code] = min(5, max(1, whole + dice.choice((-1, 0, 0, 0, 1))))
        elif question.role == "integrity":
            marks[code] = question.values[0]
    return marks


def _code_of(text):
    """The picture of a QR code, as printed on the repair orders."""
    picture = io.BytesIO()
    segno.make(text).save(picture, kind="png", scale=6)
    return picture.getvalue()


def quarters(now):
    """The two last quarters past their cut-off that began under the policy, oldest first."""
    last = Books(Company.objects.get(code=CODE)).last_ended("quarter", now.astimezone(SHANGHAI).date())
    return [one for one in (last.previous(), last) if one.first_day >= dt.date(2026, 1, 1)]
