"""Fill an empty installation with the demo company. Safe to run again; a chapter that was cut off is redone."""

import datetime as dt
import random

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone, translation

from audit.services import seal
from core import events
from core.models import Counter
from core.period import SHANGHAI, Period
from demo import appealed, cast, company, decisions, property, reports
from demo.cases import Teller
from demo.files import Filer
from demo.history import SEED, Writer
from demo.inspections import Inspections
from demo.suggestions import Suggesting
from notifications.services import send_due
from organization.models import Assignment, Company, Employee
from scoring.models import MetricValue
from scoring.services import close_period, unfold_pending
from surveys.models import OpenLink
from surveys.services.campaigns import create_open_link

FIRST_MONTH = Period.parse("2026-01")
MOST_MONTHS = 10


class Command(BaseCommand):
    help = "Load the demo company (a few minutes the first time, nothing the second)."

    def add_arguments(self, parser):
        parser.add_argument("--months", type=int, default=MOST_MONTHS, help="complete months to tell")

    def handle(self, *args, months, **options):
        self.most_months = months
        with translation.override("zh-hans"):
            self.now = timezone.now()
            self.chapter("policy", company.load_policy)
            self.company = Company.objects.get(code=company.CODE)
            self.chapter("people", lambda: company.bring_in_people(self.company))
            self.chapter("group", lambda: company.form_group(self.company))
            self.history()
            self.property_company()
            while send_due(timezone.now()):
                pass
            while seal(timezone.now()):
                pass
        link = OpenLink.objects.filter(company=self.company).earliest("pk")
        self.stdout.write(f"demo: ready; a survey to fill in on a phone: /q/{link.code}/")

    def chapter(self, name, tell):
        """Run `tell` once: its end is marked in the same transaction as its rows."""
        if Counter.objects.filter(company_id=0, series=f"demo:{name}").exists():
            return
        self.stdout.write(f"demo: {name} …")
        with transaction.atomic():
            tell()
            Counter.objects.create(company_id=0, series=f"demo:{name}")

    def history(self):
        months = self.months()
        newest = months[-1]
        self.chapter("survey", lambda: company.continuous_survey(self.company, months[0].starts_at))
        writer = Writer(
            self.company, self.company.campaigns.get(code="continuous"), self.consultants(), self.sites()
        )
        for period in months:
            months_ago = newest.number - period.number
            self.chapter(f"answers {period}", lambda p=period, ago=months_ago: self.answers(writer, p, ago))
            self.chapter(f"voices {period}", lambda p=period: Teller(self.company).month(p, self.now))
            self.chapter(f"close {period}", lambda p=period, ago=months_ago: self.close(p, ago))
        self.chapter("answers of this month", lambda: self.answers(writer, newest.next(), -1))
        self.chapter("voices of today", lambda: Teller(self.company).present(self.now))
        self.chapter("customer files", lambda: Filer(self.company, self.now).fill())
        self.chapter("inspections", lambda: Inspections(self.company, self.now).tell())
        self.chapter("QR code", self.qr_code)
        unfold_pending(self.company, self.now)
        self.chapter("staff suggestions", lambda: Suggesting(self.company, self.now).tell())

    def property_company(self):
        self.chapter("policy of the property company", property.load_policy)
        self.chapter("people of the property company", property.bring_in_people)
        self.chapter("homes", property.bring_in_homes)
        told = property.Quarters(self.now)
        for place, quarter in enumerate(property.quarters(self.now)):
            self.chapter(f"quarter {quarter}", lambda q=quarter, p=place: told.tell(q, p))

    def qr_code(self):
        """One code on the wall of a show flat, for trying the survey."""
        site = self.company.sites.get(code="yunqi")
        researcher = Employee.objects.get(company=self.company, name="吴倩").user
        create_open_link(
            self.company.campaigns.get(code="continuous"),
            label=f"{site.name}展厅",
            by=researcher,
            at=self.now,
            site=site,
            department=self.company.departments.get(code="sales"),
        )

    def months(self):
        """The complete months the demo tells, oldest first."""
        newest = Period.month_of(self.now).previous()
        oldest = max(FIRST_MONTH.number, newest.number - self.most_months + 1)
        return [Period("month", number) for number in range(oldest, newest.number + 1)]

    def consultants(self):
        known = {person.number: person for person in cast.CONSULTANTS}
        employees = Employee.objects.filter(company=self.company, number__in=known).order_by("number")
        first = Assignment.objects.select_related("department", "post")
        return [(known[one.number], one, first.filter(employee=one).latest("starts_on")) for one in employees]

    def sites(self):
        return list(self.company.sites.order_by("code"))

    def answers(self, writer, period, months_ago):
        writer.random = random.Random(f"{SEED} {period}")
        writer.customers = writer.answers = 0
        writer.prefix = f"{period.first_day:%y%m}"
        written = writer.month(period, months_ago=months_ago, until=self.now)
        self.metrics(period)
        self.stdout.write(f"demo: {written} answers in {period}")

    def metrics(self, period):
        """Sales performance and teamwork as finance and colleagues would report them."""
        dice = random.Random(f"manyi-demo metrics {period}")
        rows = []
        for _person, employee, _assignment in self.consultants():
            for metric, low, source in (("sales", 68, "财务部月报"), ("teamwork", 78, "同事互评")):
                rows.append(
                    MetricValue(
                        company=self.company,
                        period=str(period),
                        employee=employee,
                        metric=metric,
                        value=dice.randint(low, 99),
                        source=source,
                    )
                )
        MetricValue.objects.bulk_create(rows)

    def close(self, period, months_ago):
        closed_at = dt.datetime.combine(period.next().first_day, dt.time(3, 12), SHANGHAI)
        close_period(company=self.company, period=period, at=closed_at)
        for kind in ("quarter", "half"):
            longer = Period.of(kind, period.starts_at)
            if longer.last_day == period.last_day:
                close_period(company=self.company, period=longer, at=closed_at + dt.timedelta(minutes=20))
        events.deliver_all()
        morning = closed_at + dt.timedelta(hours=6)
        writer, chair = (decisions.user_of(self.company, name) for name in ("刘洋", "周总"))
        reviewer = chair if months_ago > 0 else None
        next_day = morning + dt.timedelta(days=1)
        reports.submit(self.company, period, next_day, writer=writer, reviewer=reviewer)
        if months_ago > 0:
            hr = decisions.user_of(self.company, "陈静")
            decisions.settle(self.company, period, morning, hr=hr, appeal=appealed.appeal_one)
            decisions.pay(self.company, period, morning + dt.timedelta(days=25), hr=hr)
        else:
            decisions.leave_open(self.company, period, closed_at, self.now)
