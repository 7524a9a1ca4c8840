"""Complaints, praise and suggestions of each month, carried to their end through the verbs people use."""

import datetime as dt
import random

from complaints.models import Case, Entry, FeedbackCode, ToldBy
from complaints.services import closing, findings, handling, people, praise, tracking
from complaints.services.codes import make_code
from complaints.services.intake import Contact, receive
from complaints.services.reports import file_report
from core import events
from core.period import SHANGHAI
from core.workdays import due_after
from customers.models import Customer
from demo import voices
from organization.models import Employee, Site

CHANNELS = ("web", "web", "hotline", "hotline", "mailbox", "employee", "online", "box")
A_MONTH = 8
CLASS_SEVERITIES = {"minor": "general", "general": "general", "serious": "complex"}


class Teller:
    """One company's voices; everything random comes from one seeded generator a month."""

    def __init__(self, company):
        self.company = company
        self.staff = {
            one.name: one for one in Employee.objects.filter(company=company).select_related("user")
        }
        self.sites = {site.code: site for site in Site.objects.filter(company=company)}
        self.number = 0
        self.again = None  # the customer who speaks next, where the story wants the same one again

    def user(self, name):
        return self.staff[name].user

    def month(self, period, now):
        """Voices of a past month, all of them ended."""
        dice = random.Random(f"manyi-demo voices {period}")
        self.customers = list(
            Customer.objects.filter(company=self.company).exclude(phone="").order_by("pk")[:400]
        )
        start = (period.number * A_MONTH) % len(voices.COMPLAINTS)
        chosen = [voices.COMPLAINTS[(start + step) % len(voices.COMPLAINTS)] for step in range(A_MONTH)]
        for voice in chosen:
            at = self.moment(period.first_day + dt.timedelta(days=dice.randint(0, 24)), dice)
            if at + dt.timedelta(days=14) < now:
                self.complaint(voice, at, dice)
        place = period.number % len(voices.PRAISE)
        self.praised(voices.PRAISE[place], self.moment(period.first_day + dt.timedelta(days=8), dice), dice)
        self.suggestion(
            voices.SUGGESTIONS[period.number % len(voices.SUGGESTIONS)],
            self.moment(period.first_day + dt.timedelta(days=12), dice),
            dice,
        )
        events.deliver_all()

    def moment(self, day, dice):
        return dt.datetime.combine(day, dt.time(dice.randint(9, 18), dice.randint(0, 59)), SHANGHAI)

    def after(self, at, days, hour=10, minute=40):
        """That many working days later, in the morning."""
        return dt.datetime.combine(due_after(at, days).day, dt.time(hour, minute), SHANGHAI)

    def receive(self, *, kind, text, site, at, dice, channel=None, **fields):
        self.number += 1
        customer = self.again or dice.choice(self.customers)
        self.again = None
        channel = channel or dice.choice(CHANNELS)
        by = {"hotline": "刘洋", "online": "刘洋", "box": "刘洋", "employee": "许诺"}.get(channel)
        receipt = receive(
            company=self.company,
            kind=kind,
            channel=channel,
            text=text,
            key=f"demo:{at:%Y%m%d%H%M}:{self.number}",
            at=at,
            by=self.user(by) if by else None,
            contact=Contact(name=customer.name, phone=customer.phone, email=customer.email),
            customer=customer,
            site=self.sites[site],
            happened_on=at.astimezone(SHANGHAI).date(),
            told_by=ToldBy.SMS,
            **fields,
        )
        return receipt.case

    def accept(self, case, voice, at):
        rules_class = CLASS_SEVERITIES[voice.severity]
        handling.accept(
            case,
            by=self.user("刘洋"),
            at=at,
            problem_type=voice.problem,
            severity=voice.severity,
            class_code=rules_class,
            department=self.company.departments.get(code="sales-1" if voice.site == "yunqi" else "sales-2"),
            handler=self.staff["刘洋"],
        )
        if voice.person:
            people.name_person(
                case, employee=self.staff[voice.person], statement=voice.said, by=self.user("刘洋"), at=at
            )

    def complaint(self, voice, at, dice):
        case = self.receive(kind="complaint", text=voice.text, site=voice.site, at=at, dice=dice)
        self.accept(case, voice, self.after(at, 1, 9, 15))
        self.investigate(case, voice, at)
        findings.confirm(case, by=self.user("孙悦"), at=self.after(at, 4, 16))
        late = dice.random() < 0.12
        answered = self.after(at, 9 if late else dice.choice((5, 5, 6)), 11)
        closing.answer(case, text=voice.answer, by=self.user("刘洋"), at=answered)
        if dice.random() < 0.55:
            tracking.rate(
                case,
                rating=dice.choices((5, 4, 3, 2), (4, 4, 2, 1))[0],
                comment="",
                at=answered + dt.timedelta(hours=dice.randint(1, 30)),
            )
        closing.close_due(self.after(answered, 9))

    def investigate(self, case, voice, at):
        hr = self.user("陈静")
        handling.investigate(case, investigator=self.staff["陈静"], by=hr, at=self.after(at, 1, 10, 40))
        for allegation in case.allegations.all():
            people.tell_person(allegation, by=hr, at=self.after(at, 1, 11))
        handling.write_entry(
            case,
            kind=Entry.Kind.INTERVIEW,
            text="与当事人和在场同事分别谈话，核对当天登记。",
            by=hr,
            at=self.after(at, 2, 15),
        )
        handling.write_entry(
            case,
            kind=Entry.Kind.PROGRESS,
            text="已调取当天的接待登记和大厅录像。",
            by=hr,
            at=self.after(at, 2, 16),
            is_public=True,
        )
        self.propose(case, voice, self.after(at, 3, 14))

    def propose(self, case, voice, at):
        case.refresh_from_db()
        found = list(case.allegations.all()) or [
            people.name_person(
                case,
                department=case.department,
                statement="工作流程或交付的问题，没有指向具体的人",
                by=self.user("陈静"),
                at=at,
            )
        ]
        drafts = [
            findings.Draft(
                allegation=one,
                verdict=voice.verdict,
                reasons=voice.reasons,
                cause=voice.cause if voice.verdict in ("substantiated", "partly") else "",
                severity=voice.severity if voice.verdict in ("substantiated", "partly") else "",
            )
            for one in found
        ]
        findings.propose(case, drafts=drafts, by=self.user("陈静"), at=at)

    def praised(self, entry, at, dice, *, ends="confirmed"):
        site, form, text, shares = entry
        case = self.receive(
            kind="praise", text=text, site=site, at=at, dice=dice, channel="visit", praise_form=form
        )
        service = self.user("刘洋")
        if ends == "received":
            return
        handling.accept(
            case, by=service, at=self.after(at, 1), problem_type="", severity="", class_code="thanks",
            department=self.company.departments.get(code="service"), handler=self.staff["刘洋"],
        )  # fmt: skip
        praise.prove(
            case, proof="call", call_outcome="genuine", note="回访时客户确认是本人所写。", by=service,
            at=self.after(at, 2),
        )  # fmt: skip
        praise.attribute(
            case, shares={self.staff[name]: 100 * percent for name, percent in shares}, by=service,
            at=self.after(at, 2, 11),
        )  # fmt: skip
        if ends == "attributed":
            return
        praise.confirm_praise(case, by=self.user("陈静"), at=self.after(at, 3))
        closing.answer(
            case, text="感谢您的鼓励，我们已转达给当事员工。", by=service, at=self.after(at, 3, 15)
        )

    def suggestion(self, entry, at, dice):
        site, text, answer = entry
        case = self.receive(kind="suggestion", text=text, site=site, at=at, dice=dice, channel="box")
        service = self.user("刘洋")
        handling.accept(
            case, by=service, at=self.after(at, 1), problem_type="other", severity="minor", class_code="idea",
            department=self.company.departments.get(code="service"), handler=self.staff["刘洋"],
        )  # fmt: skip
        closing.answer(case, text=answer, by=service, at=self.after(at, 4))

    # ---- the day the demo is loaded

    def present(self, now):
        """What stands open today: one of each state, one late, a pennant to prove, a report for its readers."""
        dice = random.Random("manyi-demo voices of today")
        self.customers = list(
            Customer.objects.filter(company=self.company).exclude(phone="").order_by("-pk")[:200]
        )
        stages = (
            self.leave_investigating,
            self.leave_late,
            self.leave_to_confirm,
            self.leave_waiting,
            self.leave_new,
        )
        days = (3, 9, 4, 3, 0)
        for voice, stage, ago in zip(voices.OPENING, stages, days, strict=True):
            at = now - dt.timedelta(hours=2) if ago == 0 else self.back(now, ago)
            if voice.problem == "repair":
                self.again = self.complained_before("repair")
            case = self.receive(kind="complaint", text=voice.text, site=voice.site, at=at, dice=dice)
            stage(case, voice, at)
        self.praised(voices.PRAISE[4], self.back(now, 2), dice, ends="received")
        self.praised(voices.PRAISE[0], self.back(now, 5), dice, ends="attributed")
        self.receive(
            kind="suggestion", text="样板间的灯光太亮，实际住起来不是那样，建议按真实灯光布置。", site="donghu",
            at=now - dt.timedelta(hours=20), dice=dice, channel="employee",
        )  # fmt: skip
        file_report(
            company=self.company,
            text="有人在客户填问卷时站在旁边，请客户打满分，已经看到两次。",
            key="demo:report",
            at=self.back(now, 2),
        )
        self.posters(self.back(now, 9))
        handling.warn_due(now)
        events.deliver_all()

    def posters(self, at):
        """A code in the hall of each project, and one on a colleague's desk."""
        if FeedbackCode.objects.filter(company=self.company).exists():
            return
        for site in self.sites.values():
            make_code(self.company, site=site, label=f"{site.name}接待大厅", by=self.user("刘洋"), at=at)
        make_code(self.company, employee=self.staff["王丽"], by=self.user("刘洋"), at=at)

    def complained_before(self, problem):
        """Somebody who complained of the same lately: a repeat complaint."""
        earlier = Case.objects.filter(company=self.company, problem_type=problem).exclude(customer=None)
        newest = earlier.select_related("customer").order_by("-received_at").first()
        return newest.customer if newest else None

    def back(self, now, days):
        """Ten in the morning, about that many working days ago."""
        day = now.astimezone(SHANGHAI).date() - dt.timedelta(days=days)
        while (
            len(due_after(day, days).counted) and due_after(day, days).day > now.astimezone(SHANGHAI).date()
        ):
            day -= dt.timedelta(days=1)
        return dt.datetime.combine(day, dt.time(10, 5), SHANGHAI)

    def leave_investigating(self, case, voice, at):
        self.accept(case, voice, self.after(at, 1, 9, 15))
        hr = self.user("陈静")
        handling.investigate(case, investigator=self.staff["陈静"], by=hr, at=self.after(at, 1, 10, 40))
        handling.write_entry(
            case, kind=Entry.Kind.PROGRESS, text="已调取当天取号记录和大厅录像。", by=hr,
            at=self.after(at, 1, 15), is_public=True,
        )  # fmt: skip
        for allegation in case.allegations.all():
            people.tell_person(allegation, by=hr, at=self.after(at, 1, 16))

    def leave_late(self, case, voice, at):
        self.accept(case, voice, self.after(at, 1, 9, 30))
        handling.investigate(
            case, investigator=self.staff["陈静"], by=self.user("陈静"), at=self.after(at, 1, 11)
        )

    def leave_to_confirm(self, case, voice, at):
        self.accept(case, voice, self.after(at, 1, 9, 20))
        self.investigate(case, voice, at)

    def leave_waiting(self, case, voice, at):
        self.leave_late(case, voice, at)
        handling.ask(
            case, question="能否拍一张当时的车位说明或聊天记录给我们？能更快查清。", by=self.user("陈静"),
            at=self.after(at, 2, 9, 30),
        )  # fmt: skip

    def leave_new(self, case, voice, at):
        """Just arrived: nobody has looked at it yet."""
