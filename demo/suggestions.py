"""The suggestion box of the demo company: suggestions in every state, one whose effect is measured from the answers."""

import datetime as dt

from core import events
from core.period import SHANGHAI, Period
from core.workdays import due_after
from improvements.models import Suggestion
from improvements.services.suggestion_assessment import (
    adopt_suggestion,
    ask_opinion,
    decline_suggestion,
    give_opinion,
    link_duplicate,
    try_suggestion,
)
from improvements.services.suggestion_effect import (
    confirm_effect,
    counts_of,
    measure_effect,
    record_implementation,
)
from improvements.services.suggestion_intake import submit_suggestion
from improvements.suggestions.policy import box_of
from organization.models import Employee

#: who suggests, which department it concerns, its dimension, problem, proposal, what it should bring
CHECKLIST = (
    "宋岚", "sales-2", "accuracy",
    "新同事带看前没有统一的准备，房源面积、学区、税费常常说不准，客户回头要再问一遍。",
    "带看前用一页清单逐项核对：面积、朝向、学区、税费、楼层噪声，由组长抽查。",
    "客户当场得到准确的答复，不用反复打电话确认。",
)  # fmt: skip
SMS = (
    "何雨", "service", "aftersales",
    "交房后客户不知道报修到了哪一步，只能打电话来问。",
    "报修受理、派单、完工三个节点各发一条短信，附工程师姓名和电话。",
    "客户心里有数，催问的电话会少。",
)  # fmt: skip
QUEUE = (
    "许诺", "sales-1", "ease",
    "周末签约集中，客户在签约室外等很久，不知道还要等多久。",
    "签约改为网上预约时段，每个时段留一间备用签约室。",
    "客户按时间来，等候不超过十五分钟。",
)  # fmt: skip
QUEUE_AGAIN = (
    "丁一凡", "sales-1", "ease",
    "周末签约的客户在签约室外等很久，没人告诉还要等多久。",
    "签约改成网上预约时段，每个时段留一间备用的签约室。",
    "客户按时间来，不用干等。",
)  # fmt: skip
GIFTS = (
    "唐晓", "sales-2", "",
    "有的客户看完房没有留下印象，回去就忘了我们。",
    "给每位看房客户送一份伴手礼，预算每份八十元。",
    "客户记得我们，回头率会提高。",
)  # fmt: skip
PARKING = (
    "韩梅", "sales-2", "ease",
    "云栖里展厅门口车位少，周末客户绕圈找车位，迟到又着急。",
    "周末请物业留六个访客车位，预约看房时把车位号发给客户。",
    "客户准时到，心情好。",
)  # fmt: skip


class Suggesting:
    """陈静 assesses and measures, 刘洋 confirms."""

    def __init__(self, company, now):
        self.company, self.now = company, now
        self.staff = {
            one.name: one for one in Employee.objects.filter(company=company).select_related("user")
        }
        self.hr, self.second = self.staff["陈静"].user, self.staff["刘洋"].user

    def tell(self):
        if box_of(self.company, self.now.astimezone(SHANGHAI).date()) is None:
            return
        self.with_effect(CHECKLIST)
        self.to_be_measured(SMS)
        self.on_trial(QUEUE)
        self.linked(QUEUE_AGAIN)
        self.declined(GIFTS)
        self.new(PARKING)
        events.deliver_all()

    def back(self, days, hour=10):
        """A morning that many days ago."""
        day = self.now.astimezone(SHANGHAI).date() - dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(hour, 20), SHANGHAI)

    def place(self, code):
        return self.company.departments.get(code=code)

    def submit(self, entry, at):
        name, place, topic, problem, proposal, expected = entry
        author = self.staff[name]
        return submit_suggestion(
            company=self.company,
            author=author,
            problem=problem,
            proposal=proposal,
            expected=expected,
            about=self.place(place),
            topic=topic,
            key=f"demo:{author.number}:{at:%Y%m%d}",
            by=author.user or self.hr,
            at=at,
        )

    def adopt(self, suggestion, owner, reason, at):
        return adopt_suggestion(
            suggestion,
            benefit=4,
            effort=2,
            reason=reason,
            owner=self.staff[owner],
            by=self.hr,
            at=at,
        )

    def carry_out(self, suggestion, day, measure, days, place=None):
        """For a department, or for the whole company."""
        return record_implementation(
            suggestion,
            day=day,
            measure=measure,
            subject_kind="department" if place else "company",
            subject_id=self.place(place).pk if place else self.company.pk,
            window_days=days,
            by=self.hr,
            at=dt.datetime.combine(day, dt.time(9, 30), SHANGHAI),
        )

    def with_effect(self, entry):
        """Holds from the first day of the fifth month before the newest complete one; confirmed a few days ago."""
        newest = Period.month_of(self.now).previous()
        first = Period("month", newest.number - 5).first_day
        sent = dt.datetime.combine(first - dt.timedelta(days=24), dt.time(14, 5), SHANGHAI)
        if box_of(self.company, sent.date()) is None:  # the story is too short for it
            return
        suggestion = self.submit(entry, sent)
        later = dt.datetime.combine(due_after(sent, 5).day, dt.time(11, 0), SHANGHAI)
        self.adopt(suggestion, "赵敏", "清单简单，当天就能用，客户反映最多的正是信息说不准。", later)
        self.carry_out(suggestion, first, "overall", 60, "sales-2")
        if counts_of(suggestion, self.now).sentence:  # too few answers in so short a story
            return
        measure_effect(suggestion, by=self.hr, at=self.back(6))
        confirm_effect(suggestion, by=self.second, at=self.back(4, 15))

    def to_be_measured(self, entry):
        suggestion = self.submit(entry, self.back(40))
        self.adopt(suggestion, "刘洋", "投入不大，客服部现有短信通道就能发。", self.back(33))
        self.carry_out(suggestion, self.back(20).date(), "aftersales", 30)

    def on_trial(self, entry):
        suggestion = self.submit(entry, self.back(12))
        opinion = ask_opinion(
            suggestion, department=self.place("sales-1"), question="备用签约室腾得出来吗？", by=self.hr,
            at=self.back(11),
        )  # fmt: skip
        give_opinion(
            opinion, stance="for", text="腾得出一间，周末由前台负责登记预约。", by=self.staff["李强"].user,
            at=self.back(10),
        )  # fmt: skip
        until = (self.now + dt.timedelta(days=18)).astimezone(SHANGHAI).date()
        try_suggestion(
            suggestion, benefit=4, effort=3, reason="先在销售一部试一个月，看排队时间是否缩短。", until=until,
            by=self.hr, at=self.back(8),
        )  # fmt: skip

    def linked(self, entry):
        earlier = Suggestion.objects.get(company=self.company, author=self.staff[QUEUE[0]])
        link_duplicate(
            self.submit(entry, self.back(7)), earlier=earlier, reason="与许诺的建议是同一个办法，正在试行。",
            by=self.hr, at=self.back(5),
        )  # fmt: skip

    def declined(self, entry):
        decline_suggestion(
            self.submit(entry, self.back(30)),
            reason="送礼不能改进服务本身，还可能影响客户如实评价，不采纳。",
            by=self.second,
            at=self.back(22),
        )

    def new(self, entry):
        self.submit(entry, self.back(2))
