from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from complaints import policy
        from complaints.wiring import WIRES
        from core.access import declare_verbs
        from core.registries import policy_sections

        declare_verbs(
            **{
                "complaints.record": _("pass on what a customer said, and follow one's own entries"),
                "complaints.view": _(
                    "see complaints, praise and suggestions in reach, without names of customers"
                ),
                "complaints.view_own": _("see what is said of oneself once told, and reply"),
                "complaints.handle": _("accept, classify, assign and answer cases"),
                "complaints.investigate": _("interview, gather evidence, propose findings"),
                "complaints.confirm": _(
                    "confirm or return findings and shares of praise that another proposed"
                ),
                "complaints.supervise": _("take what is escalated or reopened too often"),
                "complaints.hold": _("put a case on legal hold, and release it"),
                "complaints.unmask": _("see who a customer of a case is, with a reason"),
                "complaints.read_reports": _("read and follow internal reports"),
                "complaints.board": _("see the boards: topics, punctuality, places and problems"),
                "complaints.export": _("export the list of cases"),
                "complaints.manage": _("keep the mailbox and the codes on posters"),
            }
        )
        policy_sections.register("complaints", policy.parse_complaints)
        policy_sections.register("topics", policy.parse_topics)
        for wire in WIRES:
            wire()
