from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.flow import Refused
from core.period import Period
from organization.models import Company
from scoring.models import Close, Standing
from scoring.services import close_period


class Command(BaseCommand):
    help = (
        "Close a month (2026-10), quarter (2026Q4) or half-year (2026H2): score, rank, propose, report. "
        "A re-run changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("period", help="YYYY-MM, YYYYQn or YYYYHn")
        parser.add_argument("--unit", help="code of the company; all companies without it")

    def handle(self, *args, **options):
        try:
            period = Period.parse(options["period"])
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
        if period.kind == "year":
            raise CommandError("a year is not closed by itself: close its months, quarters or half-years")
        for company in companies(options["unit"]):
            self._close(company, period)

    def _close(self, company, period):
        known = Close.objects.filter(company=company, period=str(period)).first()
        before = known.state if known else Close.State.OPEN
        try:
            close = close_period(company=company, period=period, at=timezone.now())
        except Refused as refusal:
            raise CommandError(f"{company.code} {period}: {refusal.message}") from None
        note = "nothing to do, it was " if close.state == before else ""
        self.stdout.write(f"{company.code} {period}: {note}{close.state}")
        for line in summary(close):
            self.stdout.write(f"  {line}")


def companies(unit):
    found = Company.objects.filter(code=unit) if unit else Company.objects.all()
    if not found:
        raise CommandError(f"no company has the code {unit!r}" if unit else "there is no company")
    return found


def summary(close):
    overall = close.scores.filter(subject_kind="company", measure="overall").first()
    if overall and overall.n:
        yield f"overall {overall.k} of {overall.n} satisfied, interval {overall.low:.4f} to {overall.high:.4f}"
    else:
        yield "no answers"
    yield f"{close.scores.count()} scores"
    for ranking in close.rankings.select_related("post"):
        ranked = ranking.standings.filter(status=Standing.Status.RANKED).count()
        words = f"{ranked} ranked" if ranking.is_ranked else f"not ranked, only {ranked} eligible"
        yield f"{ranking.post.code}: {ranking.standings.count()} people, {words}, {ranking.places} places at either end"
    yield f"checksum {close.checksum}"
