"""Each month's report is submitted; all but the newest have been reviewed."""

from reports.models import MonthlyReport
from reports.services import edit_report, review_report, submit_report

SUMMARY = "本月客户最满意的是接待态度；意见集中在贷款资料和维修等待。建议销售部一次性列清资料，客户服务部公布维修时限。"


def submit(company, period, at, *, writer, reviewer, summary=SUMMARY):
    """`reviewer` None leaves the report before the group."""
    report = MonthlyReport.objects.get(company=company, period=str(period))
    edit_report(report, summary=summary, by=writer, at=at)
    submit_report(report, by=writer, at=at)
    if reviewer:
        review_report(report, by=reviewer, at=at)
