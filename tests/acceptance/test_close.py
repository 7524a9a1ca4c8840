"""The monthly close as a company lives it: set up by the real-estate pack, answers, metrics, the 1st of the month."""

import pytest
from django.core.management import call_command

from config.celery import app
from core.period import Period
from core.tasks import tick
from jobs.models import Run
from jobs.tasks import execute
from organization.models import Company, Department, Post
from policies.services import set_up
from scoring.models import Close, Composite, Score, Standing
from scoring.services import close_period
from scoring.services.closing import is_complete
from scoring.tests import world
from tests import factories

pytestmark = pytest.mark.django_db
OCTOBER = Period.parse("2026-10")


def at_time(monkeypatch, moment):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.fixture
def qinghe():
    """青禾房产销售, set up by its rule book, with ten consultants and October's answers."""
    set_up("realestate_rewards", unit="qinghe", name="青禾房产销售", by=None, at=factories.at(2026, 1, 1))
    return Company.objects.get(code="qinghe")


@pytest.fixture
def team(qinghe):
    department = Department.objects.filter(company=qinghe, code__startswith="sales").first()
    post = Post.objects.get(company=qinghe, code="consultant")
    names = ["王丽", "方磊", "沈佳", "周婷", "许诺", "罗敏", "高鹏", "林涛", "何静", "邓超"]
    return [factories.make_employee(department, name, post=post) for name in names]


@pytest.fixture
def october(qinghe, team):
    campaign = world.make_campaign(qinghe)
    for place, employee in enumerate(team):
        world.give_answers(campaign, employee, 38 - place, 40)
    return team


@pytest.mark.clause("DC-3")
def test_on_the_first_celery_closes_the_month_before(qinghe, october, monkeypatch):
    app.loader.import_default_modules()  # as a worker does when it starts
    for task in ("core.tasks.tick", "jobs.tasks.execute", "scoring.tasks.close_due"):
        assert task in app.tasks
    assert app.conf.beat_schedule["tick"]["task"] == "core.tasks.tick"
    at_time(monkeypatch, factories.at(2026, 10, 31, 23, 59))
    tick()
    assert not Run.objects.filter(kind="scoring.close", key="2026-10").exists()
    at_time(monkeypatch, factories.at(2026, 11, 1, 0, 1))
    tick()
    tick()
    run = Run.objects.get(kind="scoring.close", key="2026-10")
    execute(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    assert is_complete(qinghe, OCTOBER)
    assert Standing.objects.filter(period="2026-10", place="top").count() == 1
    before = Close.objects.get(period="2026-10").checksum
    execute(run.pk)
    assert Close.objects.get(period="2026-10").checksum == before


@pytest.mark.clause("RE-1")
def test_survey_sales_and_teamwork_make_one_figure_with_its_sources(qinghe, october, tmp_path):
    number = october[0].number
    path = tmp_path / "figures.csv"
    path.write_text(
        "月份,工号,指标,数值,来源\n"
        f"2026-10,{number},销售业绩,86.5,10 月销售台账\n2026-10,{number},团队协作,70,同事互评\n",
        encoding="utf-8",
    )
    call_command("import_metrics", str(path), "--unit", "qinghe")
    close_period(company=qinghe, period=OCTOBER, at=factories.at(2026, 11, 1, 1))
    whole = Composite.objects.get(employee=october[0])
    assert [(part["part"], part["weight_bp"], part["value"], part["source"]) for part in whole.parts] == [
        ("survey", 6000, "95.00", "38/40"),
        ("sales", 3000, "86.50", "10 月销售台账"),
        ("teamwork", 1000, "70.00", "同事互评"),
    ]
    assert str(whole.value) == "89.95"
    assert not Composite.objects.get(employee=october[1]).is_complete


def test_the_quarter_is_computed_after_its_cut_off_day(monkeypatch):
    company = factories.make_company("estate", "物业")
    world.make_policy(company, closing={"quarter": {"cutoff_day": 27, "run_day": 28}})
    employee = world.make_team(company, 1)[0]
    world.give_answers(world.make_campaign(company), employee, 19, 20, month="2026-09")
    at_time(monkeypatch, factories.at(2026, 9, 28, 0, 1))
    tick()
    execute(Run.objects.get(kind="scoring.close", key="2026Q3").pk)
    unit = Score.objects.get(period="2026Q3", subject_kind="department", measure="overall")
    assert (unit.k, unit.n, unit.verdict) == (19, 20, "met")
