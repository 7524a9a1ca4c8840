"""What HR reads before proposing what the law looks at closely, and what it asks of a demotion or a dismissal.

The system records and reminds; it dismisses and demotes nobody.
"""

from django.utils.translation import gettext as _

#: what a recommendation names -> codes of what the law asks, in the order in which it is done
CONDITIONS = {
    "demotion": ("rules_known", "breach", "evidence", "heard", "agreed", "notice"),
    "dismissal": ("rules_known", "breach", "evidence", "heard", "protected", "union", "notice"),
}


def condition_text(code):
    return {
        "rules_known": _("The rule was adopted with the staff and made known to the employee"),
        "breach": _("The written rules name just this conduct as a serious breach"),
        "evidence": _("The evidence is complete and kept"),
        "heard": _("The employee was heard, and the answer is on file"),
        "agreed": _("The change of post or pay was agreed in writing, or the contract provides for it"),
        "protected": _("Checked: no pregnancy, nursing, medical treatment or work injury stands against it"),
        "union": _("The union was told the reason beforehand, and its view was considered"),
        "notice": _("The written notice was served, and service can be proven"),
    }.get(code, code)


def notes(effects, *, money, is_penalty):
    """[(heading, sentence)] about these effects; `money` is the policy's section of that name."""
    found = []
    for effect in effects if is_penalty else ():
        if effect["kind"] == "money":
            found.append(_money_note(effect, money))
        if effect["kind"] == "recommend":
            found.append(_recommendation_note(effect["what"]))
    return found


def _money_note(effect, money):
    kind = effect.get("class") or money.default_class
    if kind == "fine":
        return (
            _("Fine"),
            _("Employers in China have no general right to fine. Courts give fines back; take advice first."),
        )
    if kind == "loss_compensation":
        return (
            _("Compensation for loss"),
            _(
                "Write the loss and its proof into the reason. Of a month’s pay at most a fifth may be taken, "
                "and the minimum wage has to remain."
            ),
        )
    return (
        _("Taken from performance pay"),
        _(
            "This amount comes off agreed floating pay; it is no fine. Employers in China have no general right "
            "to fine, and fines are switched off here."
        )
        if not money.fine_enabled
        else _("This amount comes off agreed floating pay; it is no fine."),
    )


def _recommendation_note(what):
    if what == "dismissal":
        return (
            _("Dismissal is only recommended"),
            _(
                "The system dismisses nobody. It takes a serious breach of rules that were made known, proof, "
                "a hearing, and word to the union first; a checklist follows on the person’s record."
            ),
        )
    return (
        _("Demotion is only recommended"),
        _(
            "The system changes no post. It takes written agreement or a clause in the contract; "
            "a checklist follows on the person’s record."
        ),
    )
