"""Rules on units and on facts, and what they need: a further book, quarters with scores, homes, reports by hand."""

import datetime as dt

from core.period import Period
from customers.models import Purchase
from incentives import services
from incentives.loading import load_rules
from incentives.models import HandReport
from jobs.tests import samples
from policies.models import Clause, Document, Version
from scoring.models import Close, Composite, Score, SubjectKind
from scoring.statistics.intervals import score_status, wilson
from scoring.statistics.measures import basis_points
from scoring.statistics.thresholds import target_verdict
from scoring.tests import world
from surveys.models import Answer
from tests import factories
from tests.factories import at
from tests.replay import replayed

POINT = {"kind": "points", "amount": -1, "least": -1, "most": -1}
PLUS = {"kind": "points", "amount": 3, "least": 3, "most": 3}
VERB = "incentives.report_fact"


def rule(code, trigger, effects=(POINT,), *, direction="penalty", evidence="required", **params):
    """One [[rules]] table; the clause has the rule's code."""
    return {
        "code": code,
        "clause": code,
        "title": f"{code} 规则",
        "title_en": f"Rule {code}",
        "direction": direction,
        "trigger": trigger,
        "params": params,
        "evidence": evidence,
        "effects": list(effects),
    }


def add_book(
    company, *rows, code="facts", effective_from=dt.date(2024, 1, 1), published_at=None, department=None
):
    """A published version of a further document with these rules; everything else stands in the first book."""
    document, _made = Document.objects.get_or_create(
        company=company, code=code, defaults={"title": "补充办法", "department": department}
    )
    version = Version.objects.create(
        document=document,
        company=company,
        label=str(effective_from),
        state=Version.State.PUBLISHED,
        effective_from=effective_from,
        content={},
        checksum=code,
        published_at=published_at or at(2024, 1, 1),
    )
    Clause.objects.bulk_create(
        Clause(
            version=version, code=row["clause"], number=f"第 {row['clause']} 条", text="条款原文", order=order
        )
        for order, row in enumerate({row["clause"]: row for row in rows}.values())
    )
    load_rules({"rules": list(rows)}, version, company, at(2024, 1, 1))
    return version


def new_units(*rows, **sections):
    """The units in a company of their own, replayed."""
    return replayed(
        ("incentives.units", repr((rows, sections))),
        lambda: Units(factories.make_company(), *rows, **sections),
    )


class Units:
    """A property company: 牡丹处 and 永馨园, each with a project, a head and two people; closes with exact scores."""

    def __init__(self, company, *rows, **sections):
        self.company = company
        self.version = world.make_policy(company, **sections)
        self.book = add_book(company, *rows) if rows else None
        self.peony = self._unit("peony", "牡丹处")
        self.garden = self._unit("garden", "永馨园")
        self.heads = {one.code: one.assignments_head for one in (self.peony, self.garden)}
        office = factories.make_department(company, "office", "总经办")
        self.hr = factories.user_with(
            company, "incentives.propose", "incentives.view", employee=factories.make_employee(office, "陈静")
        )

    def _unit(self, code, name):
        unit = factories.make_department(self.company, code, name)
        unit.site = factories.make_site(self.company, code, name)
        manager = factories.make_post(self.company, "manager", "负责人", is_ranked=False)
        unit.assignments_head = factories.make_employee(
            unit, f"{name}主任", post=manager, is_head=True, site=unit.site
        )
        unit.people = [factories.make_employee(unit, f"{name}{number}", site=unit.site) for number in (1, 2)]
        return unit

    def close(self, period, counts=(), *, target_bp=9000, metric="top_two", frozen=None):
        """A period scored and ready for proposals; `counts` maps units to (k, n) or {value: count}."""
        found = Period.parse(period)
        close = Close.objects.create(
            company=self.company,
            kind=found.kind,
            period=period,
            cutoff_on=found.last_day,
            state=Close.State.RANKED,
            policy_version=self.version,
            frozen={"departments": [[unit.pk, None] for unit in (self.peony, self.garden)], **(frozen or {})},
        )
        for unit, given in dict(counts).items():
            self._score(close, unit, given, target_bp, metric)
        return close

    def _score(self, close, unit, given, target_bp, metric):
        values = given if isinstance(given, dict) else {5: given[0], 1: given[1] - given[0]}
        k, n = values.get(4, 0) + values.get(5, 0), sum(values.values())
        low, high = wilson(k, n) or (None, None)
        Score.objects.create(
            close=close,
            company=self.company,
            period=close.period,
            subject_kind=SubjectKind.DEPARTMENT,
            subject_id=unit.pk,
            measure="overall",
            metric=metric,
            k=k,
            n=n,
            value=k / n if n else None,
            low=low,
            high=high,
            status=score_status(n),
            counts={str(value): count for value, count in values.items()},
            target_bp=target_bp,
            verdict=target_verdict(k, n, basis_points(target_bp)).state if target_bp and n else "",
        )

    def find(self, close):
        return services.find_cases(close, at(2027, 1, 1))

    def homes(self, unit, count, answered=0, *, period="2026Q3"):
        """`count` homes of the unit's project, the first `answered` of which answered in the quarter."""
        campaign = world.make_campaign(self.company)
        from surveys.models import Invitation

        for number in range(count):
            customer = factories.make_customer(self.company, f"业主{number}", phone="")
            Purchase.objects.create(
                company=self.company,
                customer=customer,
                site=unit.site,
                unit=f"{number}-101",
                signed_on=dt.date(2020, 1, 1),
            )
            if number < answered:
                invitation = Invitation.objects.create(
                    company=self.company,
                    campaign=campaign,
                    customer=customer,
                    token_hash=f"{unit.code}-{number}",
                    made_at=at(2026, 8, 1),
                )
                one = world.answer_of(campaign, {"overall": 5}, department=unit, at=at(2026, 8, 2))
                one.invitation, one.site = invitation, unit.site
                Answer.objects.bulk_create([one])
                counted(self.company, one, period)

    def nameless(self, unit, count, *, period="2026Q3"):
        """Answers of the quarter that name no household."""
        campaign = world.make_campaign(self.company)
        made = [
            world.answer_of(campaign, {"overall": 5}, department=unit, site=unit.site, at=at(2026, 8, 2))
            for _number in range(count)
        ]
        for one in Answer.objects.bulk_create(made):
            counted(self.company, one, period)

    def marks(self, close, values):
        """Monthly composites with a mark for working together: {employee: mark}."""
        for employee, mark in values.items():
            Composite.objects.create(
                close=close,
                company=self.company,
                period="2026-07",
                employee=employee,
                parts=[{"part": "teamwork", "value": str(mark), "weight_bp": 1000}],
                is_complete=False,
            )


def counted(company, answer, period):
    from scoring.models import Unfolding

    half = f"{period[:4]}H{1 if period[-1] in '12' else 2}"
    Unfolding.objects.create(answer=answer, company=company, month="2026-08", quarter=period, half=half)


class Desk:
    """Who reports facts by hand: 陈静 and 田静 of HR, 李强 heads sales, 刘洋 of service."""

    def __init__(self, company, *rows):
        self.company = company
        if not Version.objects.filter(company=company).exists():
            world.make_policy(company)
        self.book = add_book(company, *rows) if rows else None
        self.sales = factories.make_department(company, "sales", "销售部")
        self.other = factories.make_department(company, "service", "客服部")
        office = factories.make_department(company, "office", "总经办")
        hr_verbs = (VERB, "incentives.propose", "incentives.view")
        self.hr = factories.user_with(company, *hr_verbs, employee=factories.make_employee(office, "陈静"))
        self.second = factories.user_with(
            company, *hr_verbs, employee=factories.make_employee(office, "田静")
        )
        self.head = factories.user_with(
            company,
            VERB,
            reach="department",
            employee=factories.make_employee(self.sales, "李强", is_head=True),
        )
        self.wangli = factories.make_employee(self.sales, "王丽")
        self.zhao = factories.make_employee(self.other, "赵敏")

    def report(self, kind="data_error", *, by=None, moment=None, **fields):
        by = by or self.hr
        given = {
            "employee": self.wangli,
            "happened_on": dt.date(2026, 11, 2),
            "text": "录入的手机号有三处错误，见截图。",
            "files": [("截图.jpg", samples.jpeg())],
        }
        return services.report_fact(
            company=self.company, kind=kind, by=by, at=moment or at(2026, 11, 4), **(given | fields)
        )

    def verified(self, kind="data_error", *, moment=None, **fields):
        report = self.report(kind, **fields)
        services.verify_report(report, by=self.second, at=moment or at(2026, 11, 5))
        return HandReport.objects.get(pk=report.pk)

    def form(self, **values):
        """A form that a household handed in about the sales department."""
        one = world.answer_of(world.make_campaign(self.company), values, department=self.sales)
        return Answer.objects.bulk_create([one])[0]

    def item(self, code="overall", *, form=None):
        """An item of a form, found to be our fault and verified."""
        world.make_campaign(self.company)
        about = {"answer": form.number if form else "", "item": code}
        return self.verified("dissatisfied_item", department=self.sales, employee=None, **about)
