"""`govflow claim`: a unit claims a need, or takes its claim back."""

from __future__ import annotations

from typing import Annotated

import typer

from govflow.cli.desk import Desk, acts
from govflow.cli.logs import RecordId
from govflow.cli.project_options import Reason
from govflow.projects.commands import ClaimDemand, WithdrawClaim

Capacity = Annotated[str | None, typer.Option("--capacity", help="option.claim_capacity", show_default=False)]
Resource = Annotated[
    str | None, typer.Option("--resource", help="option.claim_resource", metavar="ID", show_default=False)
]


@acts()
def claim(
    desk: Desk,
    id: RecordId,
    capacity: Capacity = None,
    resource: Resource = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="option.claim_withdraw")] = False,
    reason: Reason = None,
) -> None:
    """Claim a need, or take the claim back."""
    who, id = desk.who("organisation"), desk.project(id).id
    if withdraw:
        desk.do(WithdrawClaim, who, id=id, claimer=desk.speaks_for, reason=reason)
    else:
        desk.do(ClaimDemand, who, id=id, claimer=desk.speaks_for, capacity=capacity, resource=resource)
