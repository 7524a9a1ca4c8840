from core.faults import WritePath
from core.registries import write_paths
from reports import services
from reports.models import MonthlyReport
from reports.tests.cast import Cast
from tests import factories
from tests.factories import at


def closed():
    cast = Cast(factories.make_company())
    return cast, cast.close()


def not_yet_drafted():
    _cast, close = closed()
    MonthlyReport.objects.all().delete()
    return (close,)


def drafted(*, submitted=False):
    cast, close = closed()
    report = MonthlyReport.objects.get(close=close)
    if submitted:
        services.submit_report(report, by=cast.writer, at=at())
        return report, cast.chair
    return report, cast.writer


PATHS = {
    "reports.draft_report": WritePath(not_yet_drafted, lambda close: services.draft_report(close, at=at())),
    "reports.edit_report": WritePath(
        drafted, lambda report, by: services.edit_report(report, summary="十月总体平稳", by=by, at=at())
    ),
    "reports.submit_report": WritePath(
        drafted, lambda report, by: services.submit_report(report, by=by, at=at())
    ),
    "reports.review_report": WritePath(
        lambda: drafted(submitted=True), lambda report, by: services.review_report(report, by=by, at=at())
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
