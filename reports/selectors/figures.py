"""Score rows of a company looked up by subject, and made ready to be drawn. Reads result rows only."""

from dataclasses import dataclass, field

from django.db.models import Q

from core.period import window
from core.templatetags.scores import Figure
from reports import rules
from scoring.models import Score, SubjectKind
from scoring.policy import policy_of, version_for
from scoring.rules import OVERALL
from scoring.selectors import figure

TREND_MONTHS = 12
HIDDEN = (Score.Status.SUPPRESSED, Score.Status.NONE)


def policy(company, name, period):
    """A section of the policy that measures the period, or None while the company has none."""
    version = version_for(company, period.first_day)
    return policy_of(version, name) if version else None


def dimensions_of(company, period):
    """The dimensions that the policy of that month names, in its order."""
    return policy(company, "dimensions", period) or ()


def is_shown(score):
    return score is not None and score.status not in HIDDEN


def counts_of(score):
    """(k, n, enough answers to compare) or None, as rules.changes takes it."""
    return None if not is_shown(score) else (score.k, score.n, score.status == Score.Status.OK)


@dataclass(frozen=True)
class Row:
    """One line of a table of scores."""

    name: str
    figure: Figure
    score: Score | None
    change: rules.Change
    detail: str = ""
    url: str = ""


@dataclass
class ScoreBook:
    """Scores by (period, subject kind, subject id, measure)."""

    scores: dict = field(default_factory=dict)

    @classmethod
    def load(cls, company, match):
        rows = Score.objects.filter(match, company=company)
        return cls({(row.period, row.subject_kind, row.subject_id, row.measure): row for row in rows})

    def get(self, period, kind, subject_id, measure=OVERALL):
        return self.scores.get((str(period), kind, subject_id, measure))

    def subjects(self, period, kind):
        """Ids with an overall score in the period."""
        found = {
            key[2] for key in self.scores if key[0] == str(period) and key[1] == kind and key[3] == OVERALL
        }
        return sorted(found)

    def rows(self, period, subjects):
        """Rows of (name, detail, url, kind, subject id, measure), each compared with the period before."""
        found = [(self.get(period, *key), self.get(period.previous(), *key)) for *_words, key in subjects]
        compared = rules.changes([(counts_of(now), counts_of(before)) for now, before in found])
        return [
            Row(name, figure(now), now, change, detail, url)
            for (name, detail, url, _key), (now, _before), change in zip(
                subjects, found, compared, strict=True
            )
        ]

    def trend(self, period, kind, subject_id):
        """[(month, Score or None)] of the twelve months that end with `period`; hidden ones are None."""
        months = window(period, TREND_MONTHS)
        found = [(month, self.get(month, kind, subject_id)) for month in months]
        return [(month, score if is_shown(score) else None) for month, score in found]


def of_report(period):
    """What a month's report needs: all measures of the company, the overall ones of its departments and sites, in both
    months, and a year of the company's overall score.
    """
    both = Q(period__in=[str(period), str(period.previous())])
    places = Q(subject_kind__in=[SubjectKind.DEPARTMENT, SubjectKind.SITE], measure=OVERALL)
    year = Q(period__in=[str(month) for month in window(period, TREND_MONTHS)], measure=OVERALL)
    company = Q(subject_kind=SubjectKind.COMPANY)
    return (both & places) | (both & company) | (year & company)


def of_subject(period, kind, subject_id):
    """Both months of one subject, and a year of its overall score."""
    both = [str(period), str(period.previous())]
    year = [str(month) for month in window(period, TREND_MONTHS)]
    return Q(subject_kind=kind, subject_id=subject_id) & (
        Q(period__in=both) | Q(period__in=year, measure=OVERALL)
    )


def axis_of(rows):
    """Left end of the axis that all rows of a table share."""
    shown = [row for row in rows if is_shown(row.score)]
    ends = [row.figure.low for row in shown] + [row.figure.target for row in shown]
    return rules.axis_start(ends)
