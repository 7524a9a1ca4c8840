"""Who may open which page: the decision, written down. A role of the real-estate pack left of what it may open.

`tests/test_rights.py` asks every page as every role. A new page fails there until it stands here.
"""

ROLES = ["auditor", "employee", "group", "head", "hr", "hr_appeals", "research", "service", "staff"]

TABLE = (
    (
        "",
        "policy_sign",
    ),
    (
        "auditor employee group head hr hr_appeals",
        "why_decision why_line",
    ),
    (
        "auditor employee group head hr hr_appeals research",
        "why_score",
    ),
    (
        "auditor employee group head hr hr_appeals research service staff",
        "choose_company home message_read messages messages_read_all search",
    ),
    (
        "auditor employee group hr hr_appeals",
        "decision",
    ),
    (
        "auditor group",
        "audit_log motion votes",
    ),
    (
        "auditor group head hr hr_appeals research",
        "scoring_progress scoring_progress_state",
    ),
    (
        "auditor group hr",
        "committee committees",
    ),
    (
        "auditor group hr hr_appeals",
        "execution incentives_case incentives_queue ledger ledger_export",
    ),
    (
        "auditor group hr hr_appeals research service staff",
        "report report_excel reports",
    ),
    (
        "auditor group hr hr_appeals staff",
        "notices policies policy_version",
    ),
    (
        "auditor hr",
        "employee roles staff",
    ),
    (
        "employee",
        "my my_comments my_decision my_hearing my_ledger my_receipt my_statement my_talk my_waiver",
    ),
    (
        "employee head",
        "talk",
    ),
    (
        "group",
        "report_review vote_cast vote_recuse vote_stand_in votes_batch",
    ),
    (
        "head",
        "dashboard dashboard_comments talks",
    ),
    (
        "hr",
        "close_now committee_add import_metrics import_metrics_batch import_metrics_cancel "
        "import_metrics_confirm import_metrics_corrections import_metrics_state import_metrics_template "
        "import_staff import_staff_batch import_staff_cancel import_staff_confirm "
        "import_staff_corrections import_staff_state import_staff_template incentives_amend "
        "incentives_batch incentives_batch_send incentives_call_hearing incentives_opinion "
        "incentives_propose incentives_set_aside incentives_submit membership_end policy_publish "
        "policy_submit policy_withdraw",
    ),
    (
        "hr research service",
        "answer campaign campaign_answers campaigns job_list job_retry jobs open_link",
    ),
    (
        "research",
        "answer_exclude campaign_close campaign_links campaign_new campaign_open campaign_remind "
        "open_link_new",
    ),
    (
        "research service",
        "customer customers",
    ),
    (
        "service",
        "customer_unmask import_customers import_customers_batch import_customers_cancel "
        "import_customers_confirm import_customers_corrections import_customers_state "
        "import_customers_template import_encounters import_encounters_batch import_encounters_cancel "
        "import_encounters_confirm import_encounters_corrections import_encounters_state "
        "import_encounters_template report_edit report_submit",
    ),
)


def decided():
    """Page name -> set of roles."""
    return {page: set(roles.split()) for roles, pages in TABLE for page in pages.split()}
