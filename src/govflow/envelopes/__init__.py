"""资金盘子 envelopes: public money for a purpose and a period, and what projects draw on it."""

from govflow.envelopes.decider import ENVELOPE as ENVELOPE
from govflow.envelopes.draw import ChangeDraw as ChangeDraw
from govflow.envelopes.draw import FreeDraw as FreeDraw
from govflow.envelopes.draw import ReopenDraw as ReopenDraw
from govflow.envelopes.draw import ReserveDraw as ReserveDraw
from govflow.envelopes.draw import SettleDraw as SettleDraw
from govflow.envelopes.model import Draw as Draw
from govflow.envelopes.model import DrawStatus as DrawStatus
from govflow.envelopes.model import Envelope as Envelope
from govflow.envelopes.model import EnvelopeStatus as EnvelopeStatus
from govflow.envelopes.model import KindCap as KindCap
from govflow.envelopes.model import draw_key as draw_key
from govflow.envelopes.model import drawn as drawn
from govflow.envelopes.model import free as free
from govflow.envelopes.model import free_for as free_for
from govflow.envelopes.model import shortfall as shortfall
from govflow.envelopes.model import yuan as yuan
