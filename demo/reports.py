"""Customer service submits each month's report; the group has reviewed all but the newest."""

from demo.decisions import user_of
from reports.models import MonthlyReport
from reports.services import edit_report, review_report, submit_report

SUMMARY = "本月客户最满意的是接待态度；意见集中在贷款资料和维修等待。建议销售部一次性列清资料，客户服务部公布维修时限。"


def submit(company, period, at, *, is_reviewed):
    report = MonthlyReport.objects.get(company=company, period=str(period))
    writer = user_of(company, "刘洋")
    edit_report(report, summary=SUMMARY, by=writer, at=at)
    submit_report(report, by=writer, at=at)
    if is_reviewed:
        review_report(report, by=user_of(company, "周总"), at=at)
