"""The verbs of policy documents: load, draft, sign, publish."""

from policies.services.checks import PackRefused
from policies.services.drafting import rewrite, start_draft, start_unit_document
from policies.services.loading import Loaded, load_pack, set_up
from policies.services.publishing import publish, put_in_force, send_back, sign, submit, violations, withdraw

__all__ = [
    "Loaded",
    "PackRefused",
    "load_pack",
    "publish",
    "put_in_force",
    "rewrite",
    "send_back",
    "set_up",
    "sign",
    "start_draft",
    "start_unit_document",
    "submit",
    "violations",
    "withdraw",
]
