"""Real answers through the whole room: the airport survey (public domain), imported, unfolded, closed."""

import csv
import tomllib
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from core.period import Period
from organization.models import Department
from scoring import selectors
from scoring.models import Score
from scoring.services import close_period, recompute_checksum
from scoring.tests import world
from surveys.services.importing import import_answers
from tests import factories

FILE = settings.BASE_DIR.parent / "shared" / "data" / "sfo_2015_2018.csv"
MAP = settings.BASE_DIR / "surveys" / "maps" / "sfo.toml"
MAY = Period.parse("2017-05")

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the data file is not beside the project")


def of_2017():
    """The file's header and its rows of 2017."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    return [found[0], *(row for row in found[1:] if row[0] == "2017")]


def know_the_tables():
    """What autovacuum does in a minute: without it PostgreSQL plans this open transaction as if tables were empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.django_db
def test_the_airport_survey_of_2017_agrees_with_the_reference(tmp_path):
    company = factories.make_company("airport", "机场")
    world.make_policy(company)
    lines = of_2017()
    path = tmp_path / "sfo.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    raw_map = tomllib.loads(MAP.read_text(encoding="utf-8"))
    import_answers(
        company=company, code="sfo", content=path.read_bytes(), raw_map=raw_map, by=None, at=world.november()
    )
    close = close_period(company=company, period=MAY, at=world.november())
    know_the_tables()

    overall = selectors.score_of(company, MAY, "company", company.pk)
    assert (overall.k, overall.n) == (2206, 2688)
    assert (overall.low, overall.high) == pytest.approx((0.805728, 0.834726), abs=1e-6)
    nps = selectors.score_of(company, MAY, "company", company.pk, "nps")
    assert (nps.n, nps.k) == (2746, 1436)
    assert nps.value == pytest.approx(39.84, abs=0.005)
    assert recompute_checksum(close) == close.checksum

    area, mark = lines[0].index("BAREA"), lines[0].index("Q7ALL")
    valid = [(row[area], float(row[mark])) for row in lines[1:] if row[mark] and 1 <= float(row[mark]) <= 5]
    satisfied = Counter(name for name, value in valid if value >= 4)
    answered = Counter(name for name, _value in valid)
    names = dict(Department.objects.filter(company=company).values_list("pk", "name"))
    scores = Score.objects.filter(close=close, subject_kind="department", measure="overall")
    found = {names[score.subject_id]: (score.k, score.n) for score in scores}
    assert {name: counts for name, counts in found.items() if counts[1]} == {
        f"{name} 登机区": (satisfied[name], answered[name]) for name in answered if name
    }
