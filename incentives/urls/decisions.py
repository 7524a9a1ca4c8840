from django.urls import path

from incentives.views import books, case, documents, mine, queue, talks

urlpatterns = [
    path("incentives/", queue.queue, name="incentives_queue"),
    path("incentives/batch/", queue.batch_review, name="incentives_batch"),
    path("incentives/batch/send/", queue.batch_send, name="incentives_batch_send"),
    path("incentives/cases/<int:pk>/", case.case, name="incentives_case"),
    path("incentives/cases/<int:pk>/propose/", case.propose, name="incentives_propose"),
    path("incentives/cases/<int:pk>/grade/", case.amend, name="incentives_amend"),
    path("incentives/cases/<int:pk>/hearing/", case.call_hearing, name="incentives_call_hearing"),
    path("incentives/cases/<int:pk>/opinion/", case.write_opinion, name="incentives_opinion"),
    path("incentives/cases/<int:pk>/send/", case.submit, name="incentives_submit"),
    path("incentives/cases/<int:pk>/take-back/", case.take_back, name="incentives_take_back"),
    path("incentives/cases/<int:pk>/set-aside/", case.set_aside, name="incentives_set_aside"),
    path("incentives/decisions/<int:pk>/", case.decision, name="decision"),
    path("incentives/execution/", books.execution, name="execution"),
    path("incentives/ledger/", books.ledger, name="ledger"),
    path("incentives/ledger/export/", books.ledger_export, name="ledger_export"),
    path("my/ledger/", mine.my_ledger, name="my_ledger"),
    path("my/decisions/<int:pk>/", mine.my_decision, name="my_decision"),
    path("my/decisions/<int:pk>/receipt/", mine.acknowledge_receipt, name="my_receipt"),
    path("my/hearings/<int:pk>/", mine.hearing, name="my_hearing"),
    path("my/hearings/<int:pk>/statement/", mine.state_case, name="my_statement"),
    path("my/hearings/<int:pk>/waive/", mine.waive, name="my_waiver"),
    path("incentives/statements/files/<int:pk>/", documents.hearing_file, name="hearing_file"),
    path("my/talks/<int:pk>/", talks.my_talk, name="my_talk"),
    path("talks/", talks.talks, name="talks"),
    path("talks/<int:pk>/", talks.talk, name="talk"),
    path("talks/<int:pk>/hand-over/", talks.hand_over, name="talk_hand_over"),
    path("notices/", books.notices, name="notices"),
]
