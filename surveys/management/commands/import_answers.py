import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.flow import Refused
from organization.models import Company
from surveys.services.importing import BadRows, import_answers

MAPS = Path(__file__).resolve().parents[2] / "maps"
SHOWN = 50


class Command(BaseCommand):
    help = "Import external answers. All rows or none; the same file twice adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="code of the survey; made from the map when it does not exist")
        parser.add_argument("file", type=Path, help="csv or xlsx")
        parser.add_argument("--map", help="a .toml file, or the name of a shipped map: sfo, monthly")
        parser.add_argument("--unit", help="code of the company; may be left out when there is only one")

    def handle(self, **options):
        company = self._company(options["unit"])
        try:
            result = import_answers(
                company=company,
                code=options["campaign"],
                content=options["file"].read_bytes(),
                raw_map=self._map(options["map"]),
                by=None,
                at=timezone.now(),
            )
        except BadRows as bad:
            for row, column, sentence in bad.errors[:SHOWN]:
                self.stderr.write(f"{row}\t{column}\t{sentence}")
            raise CommandError(str(bad.message)) from bad
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except OSError as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(f"created {result['created']}, unchanged {result['unchanged']}")

    def _company(self, code):
        companies = Company.objects.filter(code=code) if code else Company.objects.all()[:2]
        if len(companies) != 1:
            raise CommandError("Name the company with --unit CODE.")
        return companies[0]

    def _map(self, name):
        if not name:
            return None
        shipped = MAPS / f"{name}.toml"
        path = shipped if shipped.is_file() else Path(name)
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as wrong:
            raise CommandError(f"{path}: {wrong}") from wrong
