"""What customers say in the demo: one entry a voice, written for this demo; people and facts are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """A complaint: where, about what, in which words; what the investigation finds and what the customer is told."""

    site: str
    problem: str
    text: str
    answer: str
    person: str = ""
    said: str = ""  # what is said of the person, in words that do not tell who complained
    severity: str = "minor"
    verdict: str = "substantiated"
    cause: str = "process"
    reasons: str = "核对了接待记录和系统时间，与客户所述一致。"


COMPLAINTS = (
    Voice(
        "yunqi",
        "waiting",
        "周六下午去看房，取号以后等了快一个小时才有人接待，中间没人过来说一声。",
        "周末已加派两名接待，等候超过 15 分钟由值班经理当面说明。",
    ),
    Voice(
        "donghu",
        "waiting",
        "约好上午十点签约，等到十一点二十才轮到我，材料又说少一份。",
        "已把签约改为分时预约，资料清单提前一天发您确认。",
        cause="process",
    ),
    Voice(
        "yunqi",
        "attitude",
        "问贷款利率，顾问说“网上都有，自己查”，态度很冷淡。",
        "经核实接待用语不当，已当面致歉并安排重新讲解。",
        person="方磊",
        said="客户询问利率时答“网上都有，自己查”，态度冷淡",
        verdict="substantiated",
        cause="attitude",
        reasons="大厅录音与客户所述一致；当事人承认当天连续接待，回答生硬。",
    ),
    Voice(
        "yunqi",
        "attitude",
        "我只是问了两次退房流程，对方就不耐烦，说“别耽误别人”。",
        "已核实并致歉，退房流程由客户服务部一对一办理。",
        person="方磊",
        said="客户询问退房流程时说“别耽误别人”，不耐烦",
        severity="general",
        verdict="substantiated",
        cause="attitude",
        reasons="两位同事在场证明；录像时间与客户所述吻合。",
    ),
    Voice(
        "donghu",
        "attitude",
        "顾问一直打电话催我下定，晚上九点还在打，很打扰。",
        "已停止电话联系，今后只按您同意的时间联系。",
        person="高鹏",
        said="多次电话催促下定，有两次在晚上八点半以后",
        verdict="partly",
        cause="attitude",
        reasons="通话记录显示两次在 20:30 之后；没有 21:00 以后的记录。",
    ),
    Voice(
        "donghu",
        "information",
        "宣传单上写“双地铁”，实际走过去要二十多分钟。",
        "宣传单已更正并收回旧版，距离改为实测步行时间。",
        cause="process",
    ),
    Voice(
        "yunqi",
        "information",
        "样板间的层高和交付的不一样，当初没有讲清楚。",
        "样板间已加装说明牌，您的户型层高以合同附图为准，已逐项说明。",
        verdict="partly",
        cause="process",
    ),
    Voice(
        "donghu",
        "information",
        "顾问说学区已经定了，后来才知道还没有划。",
        "学区以教育部门当年公布为准，已向您书面说明并致歉。",
        person="林涛",
        said="学区未定时告知客户“学区已定”",
        severity="general",
        verdict="substantiated",
        cause="error",
        reasons="聊天记录中有“学区已定”的表述，当时没有文件依据。",
    ),
    Voice(
        "yunqi",
        "contract",
        "贷款材料跑了四趟，每次都说还差一样。",
        "已由专人一次核齐，今后清单由两人复核后发出。",
        person="罗敏",
        said="贷款材料分四次才说全",
        verdict="substantiated",
        cause="error",
        reasons="四次登记可查；清单版本是旧的。",
    ),
    Voice(
        "donghu",
        "contract",
        "银行放款拖了一个月，没有人主动告诉我进展。",
        "每周五告知您进展，直到放款完成。",
        verdict="partly",
        cause="outside",
    ),
    Voice(
        "yunqi",
        "contract",
        "补充协议改了付款时间，签的时候没有讲。",
        "已请法务与您逐条核对，您可在三天内书面确认或撤回。",
        severity="general",
        verdict="partly",
        cause="error",
    ),
    Voice(
        "yunqi",
        "money",
        "退认购金申请交了三周，一直说财务在走流程，没有回复。",
        "认购金已退回原账户，退款时限改为 10 个工作日并短信告知。",
        severity="general",
        cause="process",
    ),
    Voice(
        "donghu",
        "money",
        "代收费用里多收了 600 元，问了两次都说回头查。",
        "多收的 600 元已退还，收费清单改为明细告知。",
        severity="general",
        cause="error",
        verdict="substantiated",
        reasons="收据与收费标准核对，多收 600 元属实。",
    ),
    Voice(
        "yunqi",
        "money",
        "优惠券说可以抵扣，签约时又说过期了。",
        "券面日期有两处不一致，按对您有利的日期抵扣。",
        cause="process",
    ),
    Voice(
        "donghu",
        "handover",
        "交房延期三个月，只在群里发了一条消息。",
        "延期说明已逐户寄送，违约金按合同计算并告知。",
        severity="serious",
        cause="product",
    ),
    Voice(
        "yunqi",
        "handover",
        "收房那天没有人陪着验房，钥匙也少一把。",
        "已补齐钥匙，并安排工程师陪同重新验房。",
        cause="error",
        verdict="substantiated",
    ),
    Voice(
        "donghu",
        "repair",
        "主卧窗台渗水，报修两次都只是看看就走了，墙面已经起泡。",
        "外窗密封已重做并淋水试验合格，墙面修复由我们承担。",
        severity="general",
        cause="product",
        verdict="substantiated",
        reasons="现场淋水试验渗漏属实；维修单只有上门记录，没有处理记录。",
    ),
    Voice(
        "yunqi",
        "repair",
        "卫生间地漏返味，报修后五天没有人联系。",
        "地漏已更换，报修响应改为 24 小时内电话联系。",
        cause="process",
        verdict="substantiated",
    ),
    Voice(
        "donghu",
        "repair",
        "入户门锁坏了，维修说要自费，可是还在保修期。",
        "属于保修范围，已免费更换并致歉。",
        cause="error",
        verdict="substantiated",
    ),
    Voice(
        "yunqi",
        "repair",
        "墙面裂缝修了三次还是裂。",
        "已请第三方检测，按检测意见整改，完成后请您验收。",
        severity="general",
        cause="product",
        verdict="substantiated",
    ),
    Voice(
        "yunqi",
        "other",
        "售楼处停车位一直被工作人员的车占着，客户没地方停。",
        "员工车辆已移到后场，门口车位只供客户使用。",
        cause="process",
    ),
    Voice(
        "donghu",
        "other",
        "打了两次客服电话都说会回电，一直没有回音。",
        "漏接的回电已补上，回电任务改为系统派单。",
        cause="process",
        verdict="substantiated",
    ),
    Voice(
        "yunqi",
        "other",
        "小区样板区晚上施工到十点多，太吵。",
        "施工时间已调整到晚上八点前。",
        cause="outside",
        verdict="substantiated",
    ),
    Voice(
        "donghu",
        "attitude",
        "说好的陪同看房临时换人，新来的什么都不清楚。",
        "已核实当天排班调整，换人前未告知，今后必须提前说明。",
        person="唐晓",
        said="陪同看房时对房源不熟悉",
        verdict="not",
        cause="",
        reasons="排班表和短信记录显示换人前一天已告知客户家属。",
    ),
)

PRAISE = (
    (
        "yunqi",
        "written",
        "孙先生一家从外地来，置业顾问周末带着看了三套，老人走得慢也一直陪着，资料一次讲清楚。",
        (("王丽", 100),),
    ),
    (
        "donghu",
        "pennant",
        "送来锦旗“热心服务 情暖业主”，感谢交房当天冒雨陪同验房。",
        (("沈佳", 60), ("宋岚", 40)),
    ),
    ("yunqi", "oral", "电话里表扬接待的小姑娘，耐心又有礼貌。", (("许诺", 100),)),
    ("donghu", "written", "来信感谢：贷款差点办不下来，是您跑了三趟银行帮我们补齐材料。", (("沈佳", 100),)),
    ("yunqi", "pennant", "送来锦旗“尽职尽责 值得信赖”。", (("周婷", 100),)),
)

SUGGESTIONS = (
    (
        "yunqi",
        "售楼处能不能放几把轮椅和老花镜，父母来看房方便些。",
        "已在两个售楼处配备轮椅两辆、老花镜六副，感谢您的建议。",
    ),
    ("donghu", "签约材料清单做成手机上能打勾的，少跑路。", "清单已做成网页，可以逐项打勾，10 月起使用。"),
    ("yunqi", "儿童活动区太小，周末孩子没地方待。", "已把休息区一角改为儿童区，周末有人看护。"),
    ("donghu", "建议每周固定一天晚上延长营业，上班族才有时间来。", "周四延长到晚上九点，先试行两个月。"),
)

#: what stands open on the day the demo is loaded
OPENING = (
    Voice(
        "yunqi",
        "money",
        "11 月去云栖里售楼处退认购金，前台让我等了一个半小时，期间两次问都说“财务不在”，态度不耐烦。",
        "",
        person="方磊",
        said="客户等候一个半小时，询问时态度不耐烦",
        severity="general",
    ),
    Voice(
        "donghu",
        "repair",
        "次卧外墙渗水，上次修过又漏了，家里有老人，希望尽快处理。",
        "",
        severity="general",
    ),
    Voice(
        "yunqi",
        "attitude",
        "预约了下午三点，顾问四点才到，也没有道歉。",
        "",
        person="何雨",
        said="约好三点，四点才到，没有说明",
        severity="general",
        cause="attitude",
    ),
    Voice(
        "donghu",
        "information",
        "介绍时说车位可以优先购买，签完才说要抽签。",
        "",
        person="邓杰",
        said="介绍车位时没有讲明要抽签",
        severity="general",
    ),
    Voice("yunqi", "handover", "收房发现水表读数不对，多交了三个月水费。", "", severity="general"),
)
