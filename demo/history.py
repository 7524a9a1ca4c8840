"""A year of encounters and answers, drawn with a fixed seed so that every demo tells the same story."""

import datetime as dt
import random
from dataclasses import dataclass

from core.period import SHANGHAI
from core.tokens import hash_token
from customers.models import Customer, Encounter, Purchase
from demo.comments import BAD, GOOD
from surveys.content import parse_content
from surveys.models import Answer, AnswerText, Invitation, Mode

SEED = "qinghe 36"  # dice that tell the story of the cast: who is near the top, who near the bottom
FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TITLES = ("女士", "先生")
KINDS = ("viewing", "viewing", "viewing", "signing", "handover")
#: how much better or worse than the whole a dimension is judged
SHIFTS = {"attitude": 0.04, "accuracy": -0.01, "ease": -0.03, "aftersales": -0.07}
#: how the chance of being satisfied with the whole moves with the number of parts that went badly
WHOLE = (0.08, -0.06, -0.4, -0.6)
RESPONSE = 0.61
ENCOUNTERS_A_MONTH = 70
COMMENTS = 0.3


@dataclass
class Served:
    """One encounter as it was drawn, before it becomes rows."""

    chance: float
    employee: object
    assignment: object
    day: dt.date
    kind: str
    answered_at: dt.datetime | None


class Writer:
    """Makes rows month by month; everything random comes from one seeded generator."""

    def __init__(self, company, campaign, consultants, sites):
        self.company, self.campaign, self.sites = company, campaign, sites
        self.content = parse_content(campaign.version.content)
        self.consultants = consultants
        self.random = random.Random(SEED)
        self.customers = self.answers = 0
        self.prefix = ""

    def month(self, period, *, months_ago, until):
        """Rows of one month; nothing that would lie after `until` is written. Returns the number of answers."""
        served = [one for one in self._draw(period, months_ago) if one.day <= until.date()]
        for one in served:
            if one.answered_at and one.answered_at > until:
                one.answered_at = None
        return self._write(served)

    def _draw(self, period, months_ago):
        days = (period.last_day - period.first_day).days + 1
        for person, employee, assignment in self.consultants:
            for _count in range(ENCOUNTERS_A_MONTH + self.random.randint(-8, 8)):
                day = period.first_day + dt.timedelta(days=self.random.randrange(days))
                answers = self.random.random() < RESPONSE
                moment = self._answered_at(day, period)
                kind = self.random.choice(KINDS)
                yield Served(
                    person.chance(months_ago), employee, assignment, day, kind, moment if answers else None
                )

    def _answered_at(self, day, period):
        """Some days after the encounter, but within its month, so that the months stay as the story wants them."""
        day = min(day + dt.timedelta(days=self.random.randint(2, 5)), period.last_day)
        hour, minute = self.random.randint(9, 21), self.random.randrange(60)
        return dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)

    def _write(self, served):
        customers = Customer.objects.bulk_create([self._customer(one) for one in served])
        encounters = Encounter.objects.bulk_create(
            [self._encounter(one, customer) for one, customer in zip(served, customers, strict=True)]
        )
        signed = [pair for pair in zip(served, customers, strict=True) if pair[0].kind == "signing"]
        Purchase.objects.bulk_create([self._purchase(one, customer) for one, customer in signed])
        invitations = Invitation.objects.bulk_create(
            [self._invitation(one, encounter) for one, encounter in zip(served, encounters, strict=True)]
        )
        answered = [pair for pair in zip(served, invitations, strict=True) if pair[0].answered_at]
        answers = Answer.objects.bulk_create([self._answer(one, invitation) for one, invitation in answered])
        AnswerText.objects.bulk_create([text for answer in answers for text in self._texts(answer)])
        return len(answers)

    def _customer(self, one):
        self.customers += 1
        return Customer(
            company=self.company,
            number=f"KH{self.prefix}{self.customers:05d}",
            name=self.random.choice(FAMILY_NAMES) + self.random.choice(TITLES),
            phone=f"139{self.random.randrange(10**8):08d}",
            is_prospect=one.kind == "viewing",
            created_at=dt.datetime.combine(one.day, dt.time(9), SHANGHAI),
        )

    def _encounter(self, one, customer):
        return Encounter(
            company=self.company,
            customer=customer,
            employee=one.employee,
            department=one.assignment.department,
            site=self.random.choice(self.sites),
            kind=one.kind,
            day=one.day,
            reference=f"JD{customer.number[2:]}",
        )

    def _purchase(self, one, customer):
        return Purchase(
            company=self.company,
            customer=customer,
            site=self.random.choice(self.sites),
            unit=f"{self.random.randint(1, 9)}-{self.random.randint(1, 18)}{self.random.randint(1, 4):02d}",
            signed_on=one.day,
        )

    def _invitation(self, one, encounter):
        made = dt.datetime.combine(one.day + dt.timedelta(days=1), dt.time(9), SHANGHAI)
        return Invitation(
            company=self.company,
            campaign=self.campaign,
            customer=encounter.customer,
            encounter=encounter,
            employee=one.employee,
            department=one.assignment.department,
            site=encounter.site,
            service_day=one.day,
            segment=one.kind,
            token_hash=hash_token(f"{SEED}:{encounter.reference}"),
            state=Invitation.State.SUBMITTED if one.answered_at else Invitation.State.SENT,
            made_at=made,
            sent_at=made,
            expires_at=made + dt.timedelta(days=14),
        )

    def _answer(self, one, invitation):
        self.answers += 1
        return Answer(
            company=self.company,
            campaign=self.campaign,
            version=self.campaign.version,
            invitation=invitation,
            number=f"A-{self.prefix}-{self.answers:05d}",
            employee=one.employee,
            department=one.assignment.department,
            site=invitation.site,
            segment=one.kind,
            mode=Mode.WEB,
            service_day=one.day,
            submitted_at=one.answered_at,
            duration_s=self.random.randint(55, 260),
            answers=self._codes(one.chance),
        )

    def _codes(self, chance):
        """First what went well or badly, then the whole: people judge the whole by its parts."""
        parts = {
            question.dimension: self.random.random() < chance + SHIFTS.get(question.dimension, 0)
            for question in self.content.questions.values()
            if question.dimension
        }
        bad = sum(not good for good in parts.values())
        whole = self.random.random() < min(max(chance + WHOLE[min(bad, 3)], 0.02), 0.995)
        codes = {
            code: self._code(question, parts, whole) for code, question in self.content.questions.items()
        }
        return {code: value for code, value in codes.items() if value is not None}

    def _code(self, question, parts, whole):
        if question.kind == "rate5":
            if question.na and self.random.random() < 0.06:
                return "na"
            return self._rating(parts.get(question.dimension, whole))
        if question.kind == "nps":
            return self.random.choice((8, 9, 9, 10, 10)) if whole else self.random.randint(3, 8)
        if question.role == "integrity":
            return self._integrity(question)
        return question.values[0] if question.kind == "choice" else None

    def _rating(self, is_good):
        return self.random.choice((5, 5, 5, 4, 4) if is_good else (3, 3, 3, 2, 2, 1))

    def _integrity(self, question):
        """Almost everybody says that nobody asked for a score: the last option."""
        return question.values[0] if self.random.random() < 0.01 else question.values[-1]

    def _texts(self, answer):
        field = next(
            (code for code, question in self.content.questions.items() if question.kind == "text"), None
        )
        if field is None or self.random.random() > COMMENTS:
            return
        rated = {
            question.dimension: answer.answers[code]
            for code, question in self.content.questions.items()
            if question.dimension and isinstance(answer.answers.get(code), int)
        }
        worst = min(rated.items(), key=lambda item: item[1], default=(None, 0))
        is_happy = worst[1] > 3 and answer.answers[self.content.overall.code] > 3
        words = GOOD[self.random.choice(sorted(GOOD))] if is_happy else BAD.get(worst[0])
        if words:
            yield AnswerText(answer=answer, question=field, text=self.random.choice(words))
