"""The auditor's page 审计报告: what is told of a matter, a period, a unit, and what vouches for it."""
