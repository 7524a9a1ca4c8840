"""Surveys for tests: a questionnaire, an open campaign, invitations whose tokens are known."""

import datetime as dt

from core.tokens import hash_token, new_token
from surveys.models import Campaign, Invitation
from surveys.services import campaigns
from surveys.services.questionnaires import publish_questionnaire
from tests import factories

ENCOUNTER = {
    "title": "接待回访",
    "title_en": "About your visit",
    "intro": "您最近来看过房。",
    "intro_en": "You visited us recently.",
    "sections": [
        {
            "code": "service",
            "title": "销售服务",
            "title_en": "Sales service",
            "lead": "请回想您的置业顾问{employee}的服务。",
            "lead_en": "Think of your consultant {employee}.",
            "questions": [
                {
                    "code": "overall",
                    "kind": "rate5",
                    "text": "总体满意吗？",
                    "text_en": "Satisfied overall?",
                    "overall": True,
                },
                {
                    "code": "attitude",
                    "kind": "rate5",
                    "text": "服务态度",
                    "text_en": "Attitude",
                    "dimension": "attitude",
                    "na": True,
                },
                {
                    "code": "recommend",
                    "kind": "nps",
                    "text": "会推荐我们吗？",
                    "text_en": "Would you recommend us?",
                    "role": "recommend",
                    "required": False,
                },
            ],
        },
        {
            "code": "closing",
            "title": "还有几句",
            "title_en": "A few words",
            "questions": [
                {
                    "code": "channel",
                    "kind": "choice",
                    "text": "怎么知道我们的？",
                    "text_en": "How did you hear of us?",
                    "options": [
                        {"code": "friend", "text": "朋友", "text_en": "Friends"},
                        {"code": "web", "text": "网络", "text_en": "Web"},
                    ],
                },
                {
                    "code": "wishes",
                    "kind": "multi",
                    "text": "希望改进什么？",
                    "text_en": "What should improve?",
                    "required": False,
                    "options": [
                        {"code": "wait", "text": "等候", "text_en": "Waiting"},
                        {"code": "papers", "text": "手续", "text_en": "Paperwork"},
                    ],
                },
                {"code": "words", "kind": "text", "text": "想说的话", "text_en": "Anything else?"},
            ],
        },
    ],
}


def many_questions(count, per_section=6):
    """A questionnaire with so many five-point questions."""
    questions = [
        {"code": f"q{number}", "kind": "rate5", "text": f"第 {number} 题", "overall": number == 1, "na": True}
        for number in range(1, count + 1)
    ]
    groups = [questions[start : start + per_section] for start in range(0, count, per_section)]
    return {
        "title": "长问卷",
        "sections": [
            {"code": f"s{i}", "title": f"部分 {i}", "questions": group} for i, group in enumerate(groups, 1)
        ],
    }


def make_version(company, raw=ENCOUNTER, code="encounter"):
    return publish_questionnaire(company=company, code=code, raw=raw, by=None, at=factories.at())


def make_campaign(
    company, raw=ENCOUNTER, *, code="autumn", closes_on=None, kind=Campaign.Kind.ADHOC, audience=None
):
    """A campaign that is open now."""
    at = factories.at()
    campaign = campaigns.create_campaign(
        company=company,
        code=code,
        title="秋季调查",
        title_en="Autumn survey",
        kind=kind,
        version=make_version(company, raw),
        opens_on=dt.date(2026, 11, 4),
        closes_on=closes_on,
        audience=audience or {},
        by=None,
        at=at,
    )
    return campaigns.open_campaign(campaign, by=None, at=at)


def make_staff(company):
    """王丽 in 销售一部 at 云栖里."""
    department = company.departments.first() or factories.make_department(company)
    site = company.sites.first() or factories.make_site(company)
    return factories.make_employee(department, site=site)


def make_invitation(campaign, *, employee=None, customer=None, expires_at=None):
    """(invitation, token) about an encounter with 王丽."""
    employee = employee or make_staff(campaign.company)
    served = factories.make_encounter(employee, customer)
    token = new_token()
    invitation = Invitation.objects.create(
        company=campaign.company,
        campaign=campaign,
        customer=served.customer,
        encounter=served,
        employee=employee,
        department=served.department,
        site=served.site,
        service_day=served.day,
        segment="viewing",
        stratum="viewing",
        token_hash=hash_token(token),
        state=Invitation.State.SENT,
        made_at=factories.at(),
        sent_at=factories.at(),
        expires_at=expires_at,
    )
    return invitation, token


FIRST_PAGE = {"q-overall": "5", "q-attitude": "na", "q-recommend": "9"}
LAST_PAGE = {"q-channel": "web", "q-wishes": ["papers", "wait"], "q-words": "贷款资料一次说清。"}


def fill(client, token, first=None, last=None):
    """Both pages through the browser's doors; returns the last response."""
    client.post(f"/s/{token}/1/", {**FIRST_PAGE, **(first or {}), "go": "next"})
    return client.post(f"/s/{token}/2/", {**LAST_PAGE, **(last or {}), "go": "finish"})
