"""The table of an envelope: from the grant to the archive. Money moves on it through its draws alone."""

from __future__ import annotations

from govflow.actors import Role as R
from govflow.corrections import new_value_fits_its_field, old_value_is_kept, status_is_not_corrected
from govflow.envelopes import messages as m
from govflow.envelopes.model import EnvelopeStatus as S
from govflow.envelopes.rules import (
    caps_are_sound,
    envelope_bears_what_is_drawn,
    envelope_is_described,
    envelope_is_of_ones_own_level,
    money_is_the_towns,
    something_is_changed,
)
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    correction_names_its_event,
    no_loop_is_open,
    personal_data_is_withheld,
    reason_given,
    required_papers_are_attached,
    retention_class_is_set,
)
from govflow.workflow import Step, Workflow

_PURSE = (R.FINANCE, R.TOWN, R.DISTRICT)
_GRANT = (
    something_is_changed,
    caps_are_sound,
    envelope_bears_what_is_drawn,
    required_papers_are_attached,
    reason_given,
)
_CORRECTING = (correction_names_its_event, old_value_is_kept, status_is_not_corrected, new_value_fits_its_field)
# fmt: off
ENVELOPE_WORKFLOW = Workflow("envelope", S, zh="资金盘子", steps=(
    #    id      command            from             event                to          who                       provided that
    Step("PE01", m.OpenEnvelope,    None,            m.EnvelopeOpened,    S.OPEN,     _PURSE,                   (envelope_is_described, envelope_is_of_ones_own_level, caps_are_sound, personal_data_is_withheld)),
    Step("PE02", m.ChangeEnvelope,  S.OPEN,          m.EnvelopeChanged,   None,       _PURSE,                   (*_GRANT, money_is_the_towns), approval=R.TOWN),
    Step("PE03", m.ChangeEnvelope,  S.OPEN,          m.EnvelopeChanged,   None,       _PURSE,                   _GRANT, approval=R.DISTRICT),
    Step("PE04", m.CloseEnvelope,   S.OPEN,          m.EnvelopeClosed,    S.CLOSED,   _PURSE,                   (no_loop_is_open,)),
    Step("PE05", m.ReopenEnvelope,  S.CLOSED,        m.EnvelopeReopened,  S.OPEN,     (R.TOWN, R.DISTRICT),     (reason_given,)),
    Step("PE06", m.ArchiveEnvelope, S.CLOSED,        m.EnvelopeArchived,  S.ARCHIVED, R.ARCHIVIST,              (retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
    Step("PE07", m.CorrectEnvelope, tuple(S),        m.EnvelopeCorrected, None,       (R.FINANCE, R.ARCHIVIST), (*_CORRECTING, personal_data_is_withheld, reason_given)),
))
# fmt: on
