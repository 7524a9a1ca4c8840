"""The verbs of appeals, by noun. Every one is a transaction of its own."""

from appeals.services.admission import accept, admit, decline, dismiss, dismiss_uncontested
from appeals.services.clocks import watch
from appeals.services.correcting import settle
from appeals.services.deciding import decide, send_back
from appeals.services.filing import acknowledge, add_files, contest, draft, file, plead_late, withdraw, write
from appeals.services.inquiry import hand_over, investigate, propose

__all__ = [
    "accept",
    "acknowledge",
    "add_files",
    "admit",
    "contest",
    "decide",
    "decline",
    "dismiss",
    "dismiss_uncontested",
    "draft",
    "file",
    "hand_over",
    "investigate",
    "plead_late",
    "propose",
    "send_back",
    "settle",
    "watch",
    "withdraw",
    "write",
]
