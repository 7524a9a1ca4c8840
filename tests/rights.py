"""Who may open which page: the decision, written down. A role of the real-estate pack left of what it may open.

`tests/test_rights.py` asks every page as every role. A new page fails there until it stands here.
"""

ROLES = [
    "auditor",
    "employee",
    "group",
    "head",
    "hr",
    "hr_appeals",
    "reports_reader",
    "research",
    "service",
    "staff",
]

TABLE = (
    (
        "auditor employee group hr hr_appeals staff",
        "appeal_rates",
    ),
    (
        "auditor employee group hr hr_appeals",
        "hearing_file",
    ),
    (
        "auditor group hr hr_appeals",
        "appeal appeal_file appeals",
    ),
    (
        "hr hr_appeals",
        "appeal_handle appeal_propose",
    ),
    (
        "group",
        "appeal_judge",
    ),
    (
        "hr group",
        "appeal_settle",
    ),
    (
        "",
        "policy_sign",
    ),
    (
        "auditor employee group head hr hr_appeals",
        "why_decision why_decision_pdf why_line why_line_pdf",
    ),
    (
        "auditor employee group head hr hr_appeals reports_reader research service staff",
        "choose_company home message_read messages messages_read_all search message_settings",
    ),
    (
        "auditor employee group head hr hr_appeals research",
        "why_score why_score_pdf why_standing why_standing_pdf",
    ),
    (
        "auditor employee group head hr hr_appeals",
        "duties duty duty_file receipt_file",
    ),
    (
        "auditor employee group head hr hr_appeals staff",
        "notice_pdf",
    ),
    (
        "auditor employee group hr hr_appeals",
        "decision",
    ),
    (
        "auditor group",
        "audit_log votes",
    ),
    (
        "auditor group hr",
        "motion",
    ),
    (
        "auditor group head hr hr_appeals research",
        "scoring_progress scoring_progress_state",
    ),
    (
        "auditor group head hr service",
        "case case_board case_file case_view_forget case_view_save cases praise praise_file praises",
    ),
    (
        "auditor group hr",
        "committee committee_minutes committees minutes",
    ),
    (
        "auditor group hr hr_appeals",
        "execution incentives_case incentives_queue ledger ledger_export person_record person_statement unit_hit "
        "unit_hits",
    ),
    (
        "auditor group hr hr_appeals research service staff",
        "report report_excel reports",
    ),
    (
        "auditor group hr hr_appeals staff",
        "notices",
    ),
    (
        "auditor group head hr hr_appeals staff",
        "draft_simulation draft_simulation_state policies policy_compare policy_version",
    ),
    (
        "head hr",
        "draft_file draft_rule draft_rule_new draft_rule_remove draft_rules draft_simulate policy_clause "
        "policy_clause_new policy_clause_remove policy_draft policy_edit policy_new_unit policy_settings",
    ),
    (
        "auditor hr",
        "employee roles staff",
    ),
    (
        "employee",
        "my my_month my_allegation my_allegation_reply my_allegations my_comments my_decision my_hearing my_ledger "
        "my_points my_points_pdf my_receipt my_statement my_talk my_waiver my_answers my_appeal "
        "my_appeal_acknowledge my_appeal_contest my_appeal_evidence my_appeal_file my_appeal_new my_answer_appeal_new "
        "my_appeal_withdraw my_appeals",
    ),
    (
        "employee head",
        "talk",
    ),
    (
        "group",
        "delegation_end delegations group_inbox minutes_sign report_review vote_cast vote_recuse vote_stand_in "
        "votes_batch",
    ),
    (
        "auditor group head hr",
        "inspection inspection_department inspection_departments inspections inspections_export",
    ),
    (
        "auditor employee group head hr",
        "inspection_file inspection_finding",
    ),
    (
        "group hr",
        "inspection_begin inspection_cancel inspection_check inspection_fact inspection_go_on inspection_mark "
        "inspection_new inspection_settle inspection_submit inspections_plan_due",
    ),
    (
        "head",
        "inspection_answer",
    ),
    (
        "group head hr",
        "inspection_measure",
    ),
    (
        "employee head",
        "inspection_done",
    ),
    (
        "employee",
        "my_measures",
    ),
    (
        "group hr",
        "case_confirm case_send_back minutes_discard minutes_new praise_confirm praise_return",
    ),
    (
        "head",
        "dashboard dashboard_comments talks",
    ),
    (
        "hr",
        "duty_check letter_service mark_condition payroll payroll_file payroll_month talk_hand_over",
    ),
    (
        "head hr service",
        "hand_report hand_report_decline hand_report_file hand_report_new hand_report_verify hand_reports",
    ),
    (
        "hr",
        "case_hold case_propose case_release close_now committee_add import_metrics import_metrics_batch "
        "import_metrics_cancel import_metrics_confirm import_metrics_corrections import_metrics_state "
        "import_metrics_template import_staff import_staff_batch import_staff_cancel import_staff_confirm "
        "import_staff_corrections import_staff_state import_staff_template incentives_amend "
        "incentives_batch incentives_batch_send incentives_call_hearing incentives_opinion "
        "incentives_propose incentives_set_aside incentives_submit incentives_take_back membership_end outbox "
        "outbox_retry outbox_retry_all policy_publish policy_submit policy_withdraw robot robot_new robot_switch "
        "robot_test robots suspension_lift unit_hit_set_aside",
    ),
    (
        "hr research service",
        "answer campaign campaign_answers campaigns job_list job_retry jobs open_link",
    ),
    (
        "hr service",
        "case_ask case_entry case_extend case_investigate case_link case_link_answer case_person "
        "case_resume case_statement case_take_out case_tell_person case_topics case_unmask",
    ),
    (
        "reports_reader",
        "internal_report internal_report_file internal_report_step reports_inbox",
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
        "case_accept case_answer case_asked case_assign case_caller case_classify case_customer "
        "case_decline case_follow_up case_merge case_new case_split case_unmerge cases_export customer_apart "
        "customer_consent customer_contact_first customer_contact_remove customer_contacts customer_edit "
        "customer_erase customer_home_remove customer_homes customer_merge customer_need_remove "
        "customer_needs customer_new customer_preference_remove customer_preferences customer_unmask "
        "customer_unmerge customers_duplicates customers_export feedback_code feedback_code_end "
        "feedback_code_new feedback_codes feedback_posters import_customers import_customers_batch "
        "import_customers_cancel "
        "import_customers_confirm import_customers_corrections import_customers_state "
        "import_customers_template import_encounters import_encounters_batch import_encounters_cancel "
        "import_encounters_confirm import_encounters_corrections import_encounters_state "
        "import_encounters_template mailbox mailbox_edit mailbox_look mailbox_new mailbox_state "
        "mailbox_stop mailboxes praise_new praise_prove praise_shares praise_thank report_edit "
        "report_submit",
    ),
    (
        "staff",
        "case_quick passed_on",
    ),
    (
        "staff",
        "my_suggestion my_suggestion_answer my_suggestion_file my_suggestion_new my_suggestion_withdraw "
        "my_suggestions",
    ),
    (
        "auditor group head hr service",
        "suggestions",
    ),
    (
        "auditor group head hr service staff",
        "suggestion suggestion_file",
    ),
    (
        "auditor group hr service",
        "suggestion_answers suggestion_figures suggestions_export",
    ),
    (
        "hr service",
        "suggestion_ask suggestion_assess suggestion_confirm suggestion_give_up suggestion_implement "
        "suggestion_measure suggestion_new suggestion_widen",
    ),
    (
        "head",
        "suggestion_opinion",
    ),
)


def decided():
    """Page name -> set of roles."""
    return {page: set(roles.split()) for roles, pages in TABLE for page in pages.split()}
