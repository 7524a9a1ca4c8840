"""What this room adds to the registries of lower rooms, one module a part."""

from complaints.wiring import announce, boards, cases, codes, intake, mailbox, praise

WIRES = (intake.wire, cases.wire, codes.wire, praise.wire, mailbox.wire, boards.wire, announce.wire)
