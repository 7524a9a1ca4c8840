"""Who works at 青禾房产销售 in the demo (the tests use the same people), and at 桂园物业."""

from dataclasses import dataclass

PASSWORD = "manyi-demo"


@dataclass(frozen=True)
class Person:
    """`truth` is the usual chance that a part of the service satisfies a customer; `turns` holds other chances for
    some months, keyed by how many months before the newest complete one (0) they lie.
    """

    number: str
    name: str
    department: str
    post: str
    login: str = ""
    roles: tuple = ()
    is_head: bool = False
    site: str = ""
    truth: float | None = None
    turns: tuple = ()

    def chance(self, months_ago):
        return next((chance for months, chance in self.turns if months_ago in months), self.truth)


LEADERS = (
    Person("Q0001", "周总", "management", "leader", "zhou", ("group", "reports_reader")),
    Person("Q0002", "孙悦", "management", "leader", "sunyue", ("group",)),
    Person("Q0003", "何军", "management", "leader", "hejun", ("group",)),
    Person("Q0010", "陈静", "hr", "hr", "chenjing", ("hr",)),
    Person("Q0011", "许岚", "hr", "hr", "xulan", ("hr_appeals",)),
    Person("Q0012", "郑洁", "management", "auditor", "zhengjie", ("auditor", "reports_reader")),
    Person("Q0020", "刘洋", "service", "service", "liuyang", ("service", "group"), is_head=True),
    Person("Q0021", "吴倩", "research", "research", "wuqian", ("research",), is_head=True),
    Person("Q0030", "李强", "sales-1", "manager", "liqiang", ("head", "group"), is_head=True),
    Person("Q0031", "赵敏", "sales-2", "manager", "zhaomin", ("head", "group"), is_head=True),
)

NEWEST, BEFORE, EARLIER = (0, 1, 2), (3, 4, 5), (6, 7, 8)
CONSULTANTS = (
    Person("Q0101", "王丽", "sales-1", "consultant", "wangli", truth=0.915, turns=(((0, 1), 1.03),)),
    Person("Q0102", "方磊", "sales-1", "consultant", "fanglei", truth=0.915, turns=((NEWEST, 0.76),)),
    Person("Q0103", "周婷", "sales-1", "consultant", "zhouting", truth=0.915),
    Person("Q0104", "许诺", "sales-1", "consultant", "xunuo", truth=0.915),
    Person("Q0105", "罗敏", "sales-1", "consultant", "luomin", truth=0.915),
    Person("Q0106", "丁一凡", "sales-1", "consultant", "dingyifan", truth=0.915),
    Person("Q0107", "何雨", "sales-1", "consultant", "heyu", truth=0.915),
    Person(
        "Q0108", "沈佳", "sales-2", "consultant", "shenjia", truth=0.915, turns=((NEWEST + BEFORE, 1.05),)
    ),
    Person("Q0109", "高鹏", "sales-2", "consultant", "gaopeng", truth=0.915, turns=((EARLIER, 0.76),)),
    Person("Q0110", "林涛", "sales-2", "consultant", "lintao", truth=0.915, turns=((NEWEST, 0.86),)),
    Person("Q0111", "宋岚", "sales-2", "consultant", "songlan", truth=0.915),
    Person("Q0112", "唐晓", "sales-2", "consultant", "tangxiao", truth=0.915),
    Person("Q0113", "邓杰", "sales-2", "consultant", "dengjie", truth=0.915),
    Person("Q0114", "韩梅", "sales-2", "consultant", "hanmei", truth=0.915),
)

PEOPLE = LEADERS + CONSULTANTS

PROPERTY_PEOPLE = (
    Person("W0001", "马骏", "management", "leader", "majun", ("chair",)),
    Person("W0010", "冯洁", "hr", "hr", "fengjie", ("hr",)),
    Person("W0020", "程颖", "quality", "quality", "chengying", ("quality",), is_head=True),
    Person("W0031", "蒋涛", "mudan", "manager", "jiangtao", ("head",), is_head=True, site="mudan"),
    Person("W0032", "潘红", "yueji", "manager", "panhong", ("head",), is_head=True, site="yueji"),
    Person("W0033", "董雪", "yongxin", "manager", "dongxue", ("head",), is_head=True, site="yongxin"),
    Person("W0034", "叶青", "meigui", "manager", "yeqing", ("head",), is_head=True, site="meigui"),
)

#: who shows what, for the login page and the terminal
SHOWN_LOGINS = (
    ("chenjing", "行政人事部 陈静"),
    ("zhou", "管理小组组长 周总"),
    ("sunyue", "管理小组成员 孙悦"),
    ("liqiang", "销售一部负责人 李强"),
    ("zhaomin", "销售二部负责人 赵敏"),
    ("wangli", "员工 王丽"),
    ("fanglei", "员工 方磊"),
    ("liuyang", "客户服务部 刘洋"),
    ("wuqian", "市场调研部 吴倩"),
    ("xulan", "申诉专员 许岚"),
    ("zhengjie", "审计 郑洁"),
    ("majun", "桂园物业 董事长 马骏"),
    ("fengjie", "桂园物业 行政人事部 冯洁"),
    ("chengying", "桂园物业 品质部 程颖"),
    ("jiangtao", "桂园物业 牡丹处负责人 蒋涛"),
)
