from scoring.models import Composite, Driver, MetricValue
from scoring.services import close_period
from scoring.services.drivers import write_drivers
from scoring.tests import world
from scoring.tests.world import OCTOBER


def give_metric(employee, metric, value):
    MetricValue.objects.create(
        company=employee.company,
        period="2026-10",
        employee=employee,
        metric=metric,
        value=value,
        source="10 月台账",
    )


def test_three_parts_make_a_composite_and_each_shows_its_source(company):
    _campaign, team = world.make_month(company, total=40, best=38)
    give_metric(team[0], "sales", "86.5")
    give_metric(team[0], "teamwork", "70")
    close_period(company=company, period=OCTOBER, at=world.november())
    found = Composite.objects.get(employee=team[0])
    assert (str(found.value), found.is_complete) == ("89.95", True)
    assert [(part["part"], part["value"], part["source"]) for part in found.parts] == [
        ("survey", "95.00", "38/40"),
        ("sales", "86.50", "10 月台账"),
        ("teamwork", "70.00", "10 月台账"),
    ]


def test_a_missing_metric_leaves_it_incomplete(company):
    _campaign, team = world.make_month(company, total=40, best=38)
    give_metric(team[0], "sales", "86.5")
    close_period(company=company, period=OCTOBER, at=world.november())
    found = Composite.objects.get(employee=team[0])
    assert (found.value, found.is_complete) == (None, False)


def test_too_few_answers_are_no_part_of_a_composite(company):
    campaign, team = world.make_month(company, size=1, total=9, best=9)
    for metric in ("sales", "teamwork"):
        give_metric(team[0], metric, "80")
    close_period(company=company, period=OCTOBER, at=world.november())
    assert Composite.objects.get().parts[0]["value"] is None
    assert not Composite.objects.get().is_complete


def test_drivers_are_kept_and_come_out_the_same_again(company):
    world.make_month(company, total=40, best=30)
    close = close_period(company=company, period=OCTOBER, at=world.november())
    drivers = {driver.measure: driver for driver in Driver.objects.all()}
    assert set(drivers) == {"attitude", "accuracy"}
    assert abs(sum(driver.share for driver in drivers.values()) - 1) < 1e-9
    assert all(driver.low <= driver.share <= driver.high and driver.n == 320 for driver in drivers.values())
    first = list(Driver.objects.order_by("measure").values_list("measure", "share", "low", "high"))
    Driver.objects.all().delete()
    write_drivers(close)
    assert list(Driver.objects.order_by("measure").values_list("measure", "share", "low", "high")) == first


def test_too_few_answers_have_no_drivers(company):
    world.make_month(company, size=2, total=40, best=30)
    close_period(company=company, period=OCTOBER, at=world.november())
    assert not Driver.objects.exists()
