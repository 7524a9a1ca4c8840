"""Set up or change a company from a rule book: load_policy PACK --unit CODE [--name NAME]. Safe to run again."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.access import verbs as known_verbs
from core.flow import Refused
from policies import rules, wording
from policies.models import Version
from policies.reading import pack_names
from policies.services import PackRefused, set_up


class Command(BaseCommand):
    help = (
        "Load a policy pack for a company: its structure, roles, clauses, settings, questionnaires and rules."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "pack", help="a shipped pack (" + ", ".join(pack_names()) + ") or the path of a .toml file"
        )
        parser.add_argument("--unit", required=True, help="code of the company; it is opened when new")
        parser.add_argument("--name", default="", help="name of the company when it is new")
        parser.add_argument(
            "--language", default="zh-hans", choices=["zh-hans", "en"], help="language of the summary"
        )

    def handle(self, *args, pack, unit, name, language, **options):
        with translation.override(language):
            try:
                loaded = set_up(pack, unit=unit, name=name, by=None, at=timezone.now())
            except PackRefused as refusal:
                raise CommandError("\n".join([_("Nothing was loaded."), *refusal.problems])) from refusal
            except Refused as refusal:
                raise CommandError(str(refusal.message)) from refusal
            for line in summary(loaded):
                self.stdout.write(line)


def summary(loaded):
    """The lines the command prints: what was made, what holds from when, and which numbers wait for a look."""
    version = loaded.version
    facts = {"company": version.company, "title": version.document.title, "label": version.label}
    if loaded.is_new_company:
        yield _("Company opened: %(company)s") % facts
    if not loaded.is_new:
        yield _("%(company)s: “%(title)s” %(label)s is loaded already; nothing has changed.") % facts
        return
    yield _("%(company)s: “%(title)s” %(label)s loaded.") % facts
    yield _state_line(version)
    yield from _unknown_verbs(version)
    defaults = rules.defaults_of(version.content)
    if defaults:
        yield _("%(count)s settings stand in no rule book; they are our defaults, please check them:") % {
            "count": len(defaults)
        }
        for row in wording.rows(version.content, defaults):
            yield f"  {row.section}: {row.label} = {row.text}  [{row.setting.name}]"


def _state_line(version):
    if version.state == Version.State.PUBLISHED:
        return _("In force from %(day)s.") % {"day": f"{version.effective_from:%Y-%m-%d}"}
    steps = ", ".join(version.sign_offs.values_list("step", flat=True))
    return _("Not in force yet: it is a draft until it has been sent round and signed by %(steps)s.") % {
        "steps": steps
    }


def _unknown_verbs(version):
    named = {verb for role in version.content.get("roles", []) for verb in role["verbs"]}
    unknown = sorted(named - set(known_verbs))
    if unknown:
        yield _("These rights in the table of roles are known to no room: %(verbs)s.") % {
            "verbs": ", ".join(unknown)
        }
