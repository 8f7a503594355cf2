"""A ticker that has built all it needs: imported once by the process that the tickers are forked from."""

from tests.ticking.ticker import warm

warm()
