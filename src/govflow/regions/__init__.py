"""Parts that run beside a record's main workflow. Each is a small table with its items, written once, shared by records.

To read one: its statuses, its commands and events, its rules, its table, what its events do. Those that are more than a
page are packages: `model`, `rules`, `workflow` (the table; where it is long, `messages` and `fold` beside it).

- Work shared out: joint_handling 会办, ledger 台账, commitment 承诺, admission 准入, checklist 清单, check_in 双报到
- Disputes: mediation 调解, meeting 三会, invitation 约请, referral 服务转介
- Answering for it: supervision 督办, leader_in_charge 包案, instruction 批示, accountability 问责容错
- Early signs: risk_signal 风险信号, with its contingency plan 预案
- Checks and answers: verification 核查, evaluation 评价, contact 联系, evidence 证据
- Leave and ties: approval 审批, link 关联
- Time: clock 期限钟, obligation 定期义务, turn 轮值, reading 阅批, retention 保管, policy_version 政策版本
"""
