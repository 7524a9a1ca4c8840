"""What stands in customer files beside services and surveys: homes, needs, preferences, consent, and a few doubles."""

import datetime as dt
import itertools
import random

from customers import services
from customers.models import Customer, Encounter, Purchase
from demo.history import FAMILY_NAMES, SEED
from organization.models import Employee

DAY = dt.timedelta(days=1)
#: days between signing and moving in of who was handed a home, and how long others have lived in an earlier one
WAITED, LIVED = (240, 900), (400, 1500)
OLD_OWNERS = 90
WISHES = (
    ("flat", 90, 120, 160, 210, "明年秋天开学前", "school", "步行可到的小学"),
    ("garden", 120, 145, 260, 320, "一年以内", "orientation", "朝南，不要一层"),
    ("villa", 200, 260, 600, 800, "不急，遇到合适的再定", "park", "离湖边公园近"),
    ("flat", 70, 90, 110, 140, "年底前", "transport", "十分钟内到地铁"),
    ("flat", 100, 130, 180, 230, "老人搬来之前", "hospital", "离三甲医院近"),
    ("garden", 110, 140, 240, 300, "交房后半年装修", "decoration", "现代简约，收纳多"),
)
TEN_THOUSAND = 10_000 * 100  # fen


class Filer:
    """刘洋 and her colleagues keep the files; everything drawn comes from one seeded generator."""

    def __init__(self, company, now):
        self.company, self.now = company, now
        self.dice = random.Random(f"{SEED} files")
        self.numbers = itertools.count()
        self.sites = list(company.sites.order_by("code"))
        self.by = Employee.objects.get(company=company, name="刘洋").user

    def fill(self):
        self._homes()
        for customer, wish in zip(self._known(), WISHES * 3, strict=False):
            self._note(customer, *wish)
        self._doubles()

    def _homes(self):
        handed = Encounter.objects.filter(company=self.company, kind="handover").order_by("pk")
        homes = [
            self._home(served.customer_id, served.day, self.dice.randint(*WAITED))
            for served in handed.filter(customer__purchases=None)
        ]
        buyers = Encounter.objects.filter(company=self.company, kind="signing").order_by("pk")
        for served in buyers[:OLD_OWNERS]:
            moved_on = self.now.date() - DAY * self.dice.randint(*LIVED)
            homes.append(self._home(served.customer_id, moved_on, 300))
        Purchase.objects.bulk_create(homes)

    def _home(self, customer_id, handed_over_on, waited):
        return Purchase(
            company=self.company,
            customer_id=customer_id,
            site=self.dice.choice(self.sites),
            unit=self._unit(),
            signed_on=handed_over_on - DAY * waited,
            handed_over_on=handed_over_on,
        )

    def _unit(self):
        """Each home is one family's: buildings from 10, thirty floors of four."""
        number = next(self.numbers)
        return f"{number // 120 + 10}-{number % 120 // 4 + 1}{number % 4 + 1:02d}"

    def _known(self):
        """Who has complained or praised, and some who only looked: their files are opened most."""
        spoke = Customer.objects.filter(company=self.company, cases__isnull=False).distinct().order_by("pk")
        return [
            *spoke[:12],
            *Customer.objects.filter(company=self.company, is_prospect=True).order_by("-pk")[:6],
        ]

    def _note(self, customer, home_type, area_from, area_to, budget_from, budget_to, wanted_by, topic, words):
        when = {"by": self.by, "at": max(customer.created_at, self.now - DAY * self.dice.randint(20, 200))}
        services.record_need(
            customer, home_type=home_type, area_from=area_from, area_to=area_to, wanted_by=wanted_by,
            budget_from=budget_from * TEN_THOUSAND, budget_to=budget_to * TEN_THOUSAND, **when,
        )  # fmt: skip
        services.record_preference(customer, topic=topic, words=words, **when)
        services.add_contact(customer, kind="wechat", value=f"wx_{customer.number.lower()}", **when)
        if self.dice.random() < 0.5:
            services.give_consent(customer, purpose="care", source="到访登记表", **when)
        else:
            services.withdraw_consent(customer, purpose="care", source="来电说明", **when)

    def _doubles(self):
        """Three people with a second file: two wait to be looked at, one was joined."""
        for place, known in enumerate(self._known()[-3:]):
            again = services.create_customer(
                company=self.company, name=known.name[:1] + self.dice.choice(FAMILY_NAMES), phone=known.phone,
                is_prospect=True, is_confirmed=True, by=self.by, at=self.now - DAY * 3,
            )  # fmt: skip
            if place == 0:
                services.merge(
                    known, again, reason="来电核对，是同一位客户", by=self.by, at=self.now - DAY * 2
                )
