"""提案: proposals, from a resident's idea to a published result.

To read it: `model` (statuses, state), `bodies`, `commands` and `events` (what can be asked, what happened), `workflow`
(the table), `rules_*` (what its rows ask for), `stage` and `vote` (the regions that move with it), `fold`, `reactions`
and `when_due`, `decider` (all of it composed). `box` is the ballot box of secret votes.
"""

from govflow.proposals.decider import PROPOSAL as PROPOSAL
from govflow.proposals.model import Proposal as Proposal
from govflow.proposals.model import ProposalStatus as ProposalStatus
