from django.core.management.base import BaseCommand

from core.models import CalendarDay
from core.seed_calendar import announced_days

FIRST_YEAR = 2024


class Command(BaseCommand):
    help = "Bring the working-day calendar to what the installed library knows; days set by a person stay."

    def handle(self, *args, **options):
        known = {day.day: day for day in CalendarDay.objects.all()}
        new, changed = [], []
        for day, is_workday, name, source in announced_days(FIRST_YEAR):
            row = known.get(day)
            if row is None:
                new.append(CalendarDay(day=day, is_workday=is_workday, name=name, source=source))
            elif row.source.startswith("chinesecalendar") and (row.is_workday, row.name) != (
                is_workday,
                name,
            ):
                row.is_workday, row.name, row.source = is_workday, name, source
                changed.append(row)
        CalendarDay.objects.bulk_create(new, batch_size=500)
        CalendarDay.objects.bulk_update(changed, ["is_workday", "name", "source"], batch_size=500)
        self.stdout.write(f"calendar: {len(new)} days added, {len(changed)} corrected")
