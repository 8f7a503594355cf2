"""The tracks that ship: decision procedures and their quorum rules, from the law where there is a figure in it.

The organic laws of villagers' and residents' committees were amended with effect from 1 January 2026. The figures here
are those of the 2018 texts: check them against the text in force, and adopt a policy of your own.
"""

from __future__ import annotations

from govflow.policy.practice import Share
from govflow.policy.procedures import (
    Appraisal,
    BallotForm,
    Base,
    DecisionProcedure,
    Filing,
    Majority,
    Presence,
    QuorumRule,
    StageRule,
    SupportRule,
    VoteRule,
)

_MORE_THAN_HALF = Share(numerator=1, denominator=2, inclusive=False)  # 过半数
_HALF = Share(numerator=1, denominator=2)  # 半数以上
_TWO_THIRDS = Share(numerator=2, denominator=3)  # 三分之二以上
_THREE_QUARTERS = Share(numerator=3, denominator=4)  # 四分之三以上
_A_THIRD, _A_FIFTH, _A_TENTH = (Share(numerator=1, denominator=n) for n in (3, 5, 10))

_PERSONS, _HOUSEHOLDS, _AREA = Base.PERSONS, Base.HOUSEHOLDS, Base.AREA
_OF_THOSE_PRESENT = (Majority(share=_MORE_THAN_HALF),)
_TWO_THIRDS_PRESENT = ((Presence(share=_TWO_THIRDS),),)
_OWNERS_PRESENT = ((Presence(share=_TWO_THIRDS), Presence(base=_AREA, share=_TWO_THIRDS)),)


def _of_owners(share: Share) -> tuple[Majority, ...]:
    return Majority(share=share), Majority(base=_AREA, share=share)


# fmt: off
QUORUM_RULES = (
    QuorumRule(id="village-assembly",   en="Villagers' assembly", zh="村民会议", presence=((Presence(share=_MORE_THAN_HALF),), (Presence(base=_HOUSEHOLDS, share=_TWO_THIRDS),)), decision=_OF_THOSE_PRESENT, basis="村民委员会组织法 (2018) §22; recheck the text in force since 2026"),
    QuorumRule(id="village-representatives", en="Villagers' representatives", zh="村民代表会议", presence=_TWO_THIRDS_PRESENT, decision=_OF_THOSE_PRESENT, basis="村民委员会组织法 (2018) §26; recheck the text in force since 2026"),
    QuorumRule(id="village-group",      en="Villagers' group meeting", zh="村民小组会议", presence=((Presence(share=_TWO_THIRDS),), (Presence(base=_HOUSEHOLDS, share=_TWO_THIRDS),)), decision=_OF_THOSE_PRESENT, basis="村民委员会组织法 (2018) §28; recheck the text in force since 2026"),
    QuorumRule(id="residents-assembly", en="Residents' assembly", zh="居民会议", presence=((Presence(share=_MORE_THAN_HALF),),), decision=_OF_THOSE_PRESENT, basis="城市居民委员会组织法 (2018) §9; recheck the text in force since 2026"),
    QuorumRule(id="representatives",    en="Community representatives", zh="社区代表会议", presence=_TWO_THIRDS_PRESENT, decision=_OF_THOSE_PRESENT, basis="000 社区代表会议 (M078); figures [config]", own=True),
    QuorumRule(id="party-assembly",     en="Party members' assembly", zh="党员大会", presence=_TWO_THIRDS_PRESENT, decision=(Majority(share=_HALF),), basis="四议两公开, practice; some count those entitled [S]"),
    QuorumRule(id="committee",          en="Committee", zh="两委会", presence=((Presence(share=_MORE_THAN_HALF),),), decision=_OF_THOSE_PRESENT, basis="config", own=True),
    QuorumRule(id="owners",             en="Owners, ordinary matters", zh="业主共同决定(一般事项)", presence=_OWNERS_PRESENT, decision=_of_owners(_MORE_THAN_HALF), basis="民法典 §278"),
    QuorumRule(id="owners-major",       en="Owners, items 6 to 8", zh="业主共同决定(第六至八项)", presence=_OWNERS_PRESENT, decision=_of_owners(_THREE_QUARTERS), basis="民法典 §278"),
)

_APPRAISED = Appraisal(quorum=_MORE_THAN_HALF)
_ANYBODY = ("resident", "organisation", "party_branch", "community")

PROCEDURES = (
    DecisionProcedure(id="residents_motion", en="Residents' motion", zh="社区提案", proposers=_ANYBODY, basis="000 社区代表会议提案制 (M078, M079); figures [config]", own=True,
        support=(SupportRule(least=3),),
        stages=(StageRule(id="council", en="Residents' council", zh="居民议事会商议", body="residents_council", quorum="committee", papers=("minutes",)),),
        vote=VoteRule(quorum="representatives", notice="prop.notice"), electorate="community_representatives", appraisal=_APPRAISED),
    DecisionProcedure(id="four_two", en="Four deliberations, two disclosures", zh="四议两公开", proposers=("party_branch",), basis="四议两公开 [S]",
        stages=(StageRule(id="two_committees", en="Both committees", zh="两委会商议", body="two_committees", quorum="committee", papers=("minutes",)),
                StageRule(id="party_assembly", en="Party members' assembly", zh="党员大会审议", body="party_assembly", quorum="party-assembly", papers=("minutes",))),
        vote=VoteRule(quorum="village-representatives", notice="vill.notice"), electorate="village_representatives", appraisal=_APPRAISED),
    DecisionProcedure(id="villagers_motion", en="Villagers' motion", zh="村民一事一议", proposers=("resident", "community", "party_branch"), basis="村民委员会组织法 (2018) §21–22; 004 (M083)",
        support=(SupportRule(capacity="villager", share=_A_TENTH, of="village_assembly"), SupportRule(capacity="representative", share=_A_THIRD, of="village_representatives")),
        vote=VoteRule(quorum="village-assembly", notice="vill.notice", proxies=1), electorate="village_assembly", appraisal=_APPRAISED),
    DecisionProcedure(id="group_motion", en="Villagers' group", zh="村民小组议事", proposers=("resident", "community"), basis="村民委员会组织法 (2018) §28; 004 (M085, M102)",
        vote=VoteRule(quorum="village-group", notice="prop.notice", proxies=1), electorate="village_group"),
    DecisionProcedure(id="levy", en="Levy of money and labour", zh="一事一议筹资筹劳", proposers=("resident", "community"), basis="国办发〔2007〕4号 [S]",
        support=(SupportRule(capacity="villager", share=_A_TENTH, of="village_assembly"), SupportRule(capacity="representative", share=_A_FIFTH, of="village_representatives")),
        stages=(StageRule(id="committee", en="Village committee", zh="村委会商议", body="two_committees", quorum="committee", papers=("minutes",)),),
        vote=VoteRule(quorum="village-assembly", notice="vill.notice"), electorate="village_assembly",
        filings=(Filing(en="town review", zh="乡镇审核", by="town"), Filing(en="county filing", zh="县级备案", by="district")), appraisal=_APPRAISED, papers=("accounts",)),
    DecisionProcedure(id="owners", en="Owners' decision", zh="业主共同决定", proposers=("resident", "organisation"), basis="民法典 §278",
        vote=VoteRule(quorum="owners", notice="prop.notice", proxies=3), electorate="owners"),
    DecisionProcedure(id="owners_major", en="Owners' decision, items 6 to 8", zh="业主共同决定(第六至八项)", proposers=("resident", "organisation"), basis="民法典 §278",
        vote=VoteRule(quorum="owners-major", notice="prop.notice", proxies=3), electorate="owners"),
    DecisionProcedure(id="convention", en="Residents' convention", zh="居民公约", proposers=_ANYBODY, basis="000 居民公约 (M099); figures [config]", own=True,
        support=(SupportRule(least=3),),
        vote=VoteRule(quorum="residents-assembly", form=BallotForm.SECRET, notice="prop.notice"), electorate="residents_assembly"),
)
# fmt: on
