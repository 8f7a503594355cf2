"""复核计票 recounting a vote from the log: what was stored is read again, event by event, not what it folded to.

The roll, who may vote for whom, the last ballot of every voter, the seed of a lot and the result are each worked out
anew and compared with what the log states. It takes one pass and keeps of each voter a few bytes.
"""

from govflow.recounting.bundles import export_bundle as export_bundle
from govflow.recounting.bundles import recount_bundle as recount_bundle
from govflow.recounting.findings import Difference as Difference
from govflow.recounting.findings import Recounted as Recounted
from govflow.recounting.stored import recount as recount
