"""What stands in minutes: plain values, so that they can be frozen when the chair signs.

{committee, held_on, remarks, present, silent, delegations, motions: [{title, state, tally, seats, dissent, …}]}.
Titles are in the language of the installation; choices, grounds and states are codes and worded when shown.
"""

import datetime as dt
import hashlib
import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from approvals import rules, selectors
from approvals.models import Motion, Seat, Vote
from approvals.topics import questions_of
from core.period import SHANGHAI
from organization.models import Employee

VOTED, RECUSED, SILENT = "voted", "recused", "silent"


def content_of(minutes):
    """As signed, or as it would be signed now."""
    return minutes.content if minutes.signed_at else assembled(minutes)


def checksum(content):
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def assembled(minutes):
    """The content of a draft, from its motions as they are."""
    items = minutes.items.select_related("motion__proposed_by", "motion__committee")
    motions = [item.motion for item in items]
    with translation.override(settings.LANGUAGE_CODE):
        questions = questions_of(motions)
        entries = [_entry(motion, questions[motion.pk]) for motion in motions]
    committee = minutes.committee
    return {
        "committee": {"name": committee.name, "name_en": committee.name_en},
        "held_on": minutes.held_on.isoformat(),
        "remarks": minutes.remarks,
        "present": _people(entries, VOTED),
        "silent": [name for name in _people(entries, SILENT) if name not in _people(entries, VOTED)],
        "delegations": _delegations(entries),
        "motions": entries,
    }


def readable(content):
    """The same with dates as dates and codes as words of the reader's language, for the page."""
    return content | {
        "committee": _in_language(content["committee"]),
        "held_on": dt.date.fromisoformat(content["held_on"]),
        "delegations": [_with_dates(one) for one in content["delegations"]],
        "motions": [_readable_entry(entry) for entry in content["motions"]],
    }


def _in_language(name):
    return name["name_en"] if get_language() == "en" and name["name_en"] else name["name"]


def _with_dates(given):
    days = {key: dt.date.fromisoformat(given[key]) for key in ("starts_on", "ends_on")}
    return given | days


def _readable_entry(entry):
    sides = {choice: rules.Side(*counts) for choice, counts in entry["tally"]["sides"].items()}
    choices, grounds = dict(Vote.Choice.choices), dict(Seat.Ground.choices)
    return entry | {
        "closed_at": dt.datetime.fromisoformat(entry["closed_at"]),
        "state_label": Motion.State(entry["state"]).label,
        "counted": "" if entry["is_hidden"] else selectors.sides_in_words(sides, entry["is_weighted"]),
        "seats": [
            seat
            | {
                "choice_label": choices.get(seat["choice"], ""),
                "ground_label": grounds.get(seat["ground"], ""),
            }
            for seat in entry["seats"]
        ],
        "dissent": [one | {"choice_label": choices[one["choice"]]} for one in entry["dissent"]],
    }


def _entry(motion, question):
    lines = selectors.visible_votes(motion, None)
    counted = selectors.tally(motion)
    is_hidden = selectors.hides_directions(motion)
    return {
        "id": motion.pk,
        "title": question.title,
        "proposed_by": motion.proposed_by.get_full_name(),
        "opened_at": motion.opened_at.astimezone(SHANGHAI).isoformat(),
        "closed_at": motion.closed_at.astimezone(SHANGHAI).isoformat(),
        "state": motion.state,
        "is_weighted": rules.Terms(**motion.terms).is_weighted,
        "is_hidden": is_hidden,
        "tally": {
            "entitled": counted.entitled,
            "quorum": counted.quorum,
            "needed": counted.needed,
            "total_weight": counted.total_weight,
            "voted": counted.voted,
            "sides": {}
            if is_hidden
            else {choice: [side.heads, side.weight] for choice, side in counted.sides.items()},
        },
        "seats": [_seat(line) for line in lines],
        "declared": _declared(motion),
        "dissent": [
            {"name": line.employee.name, "choice": line.choice, "reason": line.reason}
            for line in selectors.dissent_of(lines, motion.state)
        ],
    }


def _seat(line):
    seat = line.seat
    given = seat.vote.delegation if line.has_voted and line.cast_by else None
    return {
        "name": seat.employee.name,
        "is_chair": seat.is_chair,
        "weight": seat.weight,
        "stands_in_for": seat.stands_in_for.name if seat.stands_in_for else "",
        "presence": RECUSED if line.is_recused else VOTED if line.has_voted else SILENT,
        "ground": seat.ground,
        "note": seat.note,
        "choice": line.choice,
        "reason": line.reason,
        "cast_by": line.cast_by,
        "delegated": [given.starts_on.isoformat(), given.ends_on.isoformat()] if given else [],
    }


def _declared(motion):
    """Interests of those who only stood for a member."""
    names = dict(Employee.objects.filter(pk__in=motion.declared).values_list("pk", "name"))
    return [{"name": names[int(pk)], "note": note} for pk, note in motion.declared.items()]


def _people(entries, presence):
    """Names in the order of their first seat. Who voted through a delegate was not there: the delegate was."""
    found = {}
    for entry in entries:
        for seat in entry["seats"]:
            if seat["presence"] == presence:
                found.setdefault(seat["cast_by"] or seat["name"])
    return list(found)


def _delegations(entries):
    """Delegations that were used, each with the number of votes cast."""
    found = {}
    for entry in entries:
        for seat in entry["seats"]:
            if seat["cast_by"]:
                key = (seat["name"], seat["cast_by"], *seat["delegated"])
                found[key] = found.get(key, 0) + 1
    return [
        {"principal": principal, "delegate": delegate, "starts_on": start, "ends_on": end, "votes": votes}
        for (principal, delegate, start, end), votes in found.items()
    ]
