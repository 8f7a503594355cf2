"""Counting votes 表决: rolls, ballots, tallies, and bundles that anybody can recount. Pure, in integers."""

from govflow.voting.ballots import Ballot as Ballot
from govflow.voting.ballots import lacks as lacks
from govflow.voting.bundle import Bundle as Bundle
from govflow.voting.bundle import Cast as Cast
from govflow.voting.bundle import Coded as Coded
from govflow.voting.bundle import Header as Header
from govflow.voting.bundle import Lot as Lot
from govflow.voting.bundle import lines as lines
from govflow.voting.bundle import recounted as recounted
from govflow.voting.counting import count as count
from govflow.voting.counting import count_hands as count_hands
from govflow.voting.counting import count_unlinked as count_unlinked
from govflow.voting.lot import commitment_of as commitment_of
from govflow.voting.reading import read as read
from govflow.voting.roll import Ledger as Ledger
from govflow.voting.roll import Roll as Roll
from govflow.voting.roll import Voter as Voter
from govflow.voting.roll import enrolled as enrolled
from govflow.voting.roll import entitled as entitled
from govflow.voting.roll import roll_digest as roll_digest
from govflow.voting.roll import struck as struck
from govflow.voting.tally import HandCount as HandCount
from govflow.voting.tally import Tally as Tally
from govflow.voting.tally import Turnout as Turnout
