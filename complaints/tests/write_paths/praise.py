"""Write paths of praise and internal reports."""

from complaints.services import closing, findings, praise, reports
from complaints.tests.build_praise import RECEIVED, Stage, fresh
from core.faults import WritePath
from core.registries import write_paths
from tests.factories import at

LATER = at(2026, 11, 5, 15)


def arranged(state):
    """(stage, case) with a praise in that state."""

    def arrange():
        stage = Stage()
        return stage, getattr(stage, state)()

    return arrange


def reported():
    stage = Stage()
    return stage, stage.report(employees=[stage.wangli]).case


def asked():
    from complaints.services import handling

    stage = Stage()
    case = stage.taken_up()
    handling.ask(case, question="哪一天", by=stage.zhengjie.user, at=LATER)
    return stage, fresh(case)


def answered():
    stage = Stage()
    case = stage.taken_up()
    drafts = [findings.Draft(one, "not", "核对原始问卷") for one in case.allegations.all()]
    findings.propose(case, drafts=drafts, by=stage.zhengjie.user, at=LATER)
    findings.confirm(fresh(case), by=stage.xulan.user, at=LATER)
    closing.answer(fresh(case), text="已核对", by=stage.zhou.user, at=LATER)
    return stage, fresh(case)


def file_report(stage):
    reports.file_report(
        company=stage.company,
        text="有人替客户填问卷",
        key="swept",
        people_named="王丽",
        files=[],
        at=RECEIVED,
    )


def take_up(stage, case):
    reports.take_up(
        case,
        investigator=stage.zhengjie,
        problem_type="other",
        severity="general",
        by=stage.zhou.user,
        at=LATER,
    )


PATHS = {
    "complaints.prove": WritePath(
        arranged("praise"),
        lambda stage, case: praise.prove(case, proof="photo", by=stage.liuyang.user, at=LATER),
    ),
    "complaints.attribute": WritePath(
        arranged("proved"),
        lambda stage, case: praise.attribute(
            case, shares={stage.wangli: 7000, stage.zhouting: 3000}, by=stage.liuyang.user, at=LATER
        ),
    ),
    "complaints.return_shares": WritePath(
        arranged("attributed"),
        lambda stage, case: praise.return_shares(case, reason="再看一下", by=stage.chenjing.user, at=LATER),
    ),
    "complaints.confirm_praise": WritePath(
        arranged("attributed"),
        lambda stage, case: praise.confirm_praise(case, by=stage.chenjing.user, at=LATER),
    ),
    "complaints.file_report": WritePath(lambda: (Stage(),), file_report),
    "complaints.take_up": WritePath(reported, take_up),
    "complaints.say_more": WritePath(
        asked, lambda stage, case: reports.say_more(case, text="上周五", at=LATER)
    ),
    "complaints.look_again": WritePath(
        answered, lambda stage, case: reports.look_again(case, reason="没有查到底", at=LATER)
    ),
    "complaints.close_report": WritePath(
        answered, lambda stage, case: reports.close_report(case, by=stage.zhou.user, at=LATER)
    ),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
