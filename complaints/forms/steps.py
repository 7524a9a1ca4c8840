"""The forms of all steps, by the name that their address and their place on the page have."""

from complaints.forms.handling import (
    AcceptForm,
    AnswerForm,
    AskedForm,
    AskForm,
    AssignForm,
    ClassifyForm,
    DeclineForm,
    EntryForm,
    ExtendForm,
    HoldForm,
    InvestigateForm,
    ReleaseForm,
    TopicsForm,
)
from complaints.forms.people import (
    AttachCustomerForm,
    FindingForm,
    NamePersonForm,
    SendBackForm,
    UnmaskForm,
)
from complaints.forms.relations import (
    FollowUpForm,
    LinkAnswerForm,
    LinkForm,
    MergeForm,
    SplitForm,
    UnmergeForm,
)

STEP_FORMS = {
    form.name: form
    for form in (
        AcceptForm,
        AnswerForm,
        AskForm,
        AskedForm,
        AssignForm,
        AttachCustomerForm,
        ClassifyForm,
        DeclineForm,
        EntryForm,
        ExtendForm,
        FollowUpForm,
        HoldForm,
        InvestigateForm,
        LinkAnswerForm,
        LinkForm,
        MergeForm,
        NamePersonForm,
        ReleaseForm,
        SendBackForm,
        SplitForm,
        TopicsForm,
        UnmaskForm,
        UnmergeForm,
    )
}

__all__ = ["STEP_FORMS", "FindingForm"]
