from django.core.management.base import BaseCommand, CommandError

from core.registries import verifications

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Check the facts that must always hold; exit status 0 only when all do."

    def handle(self, *args, **options):
        broken = 0
        for name, check in verifications.items():
            found = list(check())
            broken += bool(found)
            self.stdout.write(f"{'VIOLATED' if found else 'ok':8}  {name}")
            for sentence in found[:MOST_SHOWN]:
                self.stdout.write(f"          - {sentence}")
            if len(found) > MOST_SHOWN:
                self.stdout.write(f"          … and {len(found) - MOST_SHOWN} more")
        if broken:
            raise CommandError(f"{broken} of {len(list(verifications))} facts do not hold")
