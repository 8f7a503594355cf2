"""共建项目: joint projects, from somebody's need to settled and public accounts.

To read it: `model` (statuses, state), `bodies`, `commands` and `events` (what can be asked, what happened), `workflow`
(the table), `rules_*` (what its rows ask for), `claim`, `budget`, `expense`, `milestone` and `feedback` (its own
regions), `money` and `figures` (what its lines, vouchers and disputes come to), `fold`, `follow_ups`, `reactions` and
`when_due`, `decider` (all of it composed).
"""

from govflow.projects.decider import PROJECT as PROJECT
from govflow.projects.model import JointProject as JointProject
from govflow.projects.model import ProjectStatus as ProjectStatus
