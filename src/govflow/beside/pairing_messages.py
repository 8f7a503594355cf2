"""What can be asked of a pairing, and what happened to it. Stored names (`pairing.paired@1` …) never change."""

from __future__ import annotations

from govflow.actors import Area, Id
from govflow.messages import Instant, ItemCommand, ItemEvent, Value
from govflow.regions.bodies import Reasoned


class _Household(Value):
    """Where it lives (by default the campaign's area) and, by their pseudonyms, who lives there."""

    area: Area = ""
    members: tuple[Id, ...] = ()


class _Pair(_Household):
    helper: Id | None = None
    until: Instant | None = None


class PairHousehold(ItemCommand, _Pair, wire="pairing.pair", label="结对"):
    """Make a person or a unit responsible for the household (`item`: its pseudonym) until a day to look at it again."""


class HouseholdPaired(ItemEvent, _Pair, name="pairing.paired"):
    """A household has its helper."""


class _Listing(_Household):
    until: Instant | None = None


class ListHousehold(ItemCommand, _Listing, wire="pairing.list", label="登记帮扶户"):
    """Put a household down that has no helper yet; `until`: by when the community names one."""


class HouseholdListed(ItemEvent, _Listing, name="pairing.listed"):
    """A household is known to need a helper."""


class _Change(Reasoned):
    helper: Id | None = None
    until: Instant | None = None


class ChangeHelper(ItemCommand, _Change, wire="pairing.change_helper", label="变更帮扶人"):
    """Name another helper in the place of the present one, or one where there is none; `until` stays if not named."""


class HelperChanged(ItemEvent, _Change, name="pairing.helper_changed"):
    """Another helper is responsible."""


class _Until(Reasoned):
    until: Instant | None = None


class ProlongPairing(ItemCommand, _Until, wire="pairing.prolong", label="延长结对"):
    """Go on with the same helper until a later day."""


class PairingProlonged(ItemEvent, _Until, name="pairing.prolonged"):
    """The same helper goes on."""


class ReleaseHelper(ItemCommand, _Until, wire="pairing.release_helper", label="帮扶人离任"):
    """Say that the helper leaves and why, and by when (`until`) the community names a successor."""


class HelperReleased(ItemEvent, _Until, name="pairing.helper_released"):
    """The helper has left; the community owes another."""


class _End(Reasoned):
    to: Id | None = None


class EndPairing(ItemCommand, _End, wire="pairing.end", label="结束结对"):
    """End it and say why: the household is in need no more, has moved, or somebody else (`to`) goes on with it."""


class PairingEnded(ItemEvent, _End, name="pairing.ended"):
    """No helper is owed to the household any more."""
