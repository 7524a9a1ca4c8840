"""Working days of the announced years, as the library knows them."""

from django.db import migrations

from core.seed_calendar import announced_days

FIRST_YEAR = 2024


def seed(apps, schema_editor):
    CalendarDay = apps.get_model("core", "CalendarDay")
    days = [
        CalendarDay(day=day, is_workday=is_workday, name=name, source=source)
        for day, is_workday, name, source in announced_days(FIRST_YEAR)
    ]
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
