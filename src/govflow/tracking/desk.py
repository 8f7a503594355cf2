"""查询码办理台 the desk for those who give no name: they report, follow, supplement, rate and withdraw by a code alone.

Every report comes from a pseudonym of its own, made by chance, that acts by the same commands and rules as anybody: no
two reports of one person are tied together, and nothing in the log says who they are. How often a code may be tried is
the host's to limit, as is what its own access logs keep.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from govflow.actors import Actor, Role
from govflow.cases import CASE, Case, CaseKind
from govflow.cases.commands import ReportCase, SupplementCase, WithdrawCase
from govflow.cases.events import FeedbackGiven
from govflow.engine import Engine
from govflow.errors import Detail, InputError, NotAllowed, NotFound
from govflow.messages import HEADER, Command, Personal, new_subject
from govflow.privacy.tracking import Tracked, TrackingCodes
from govflow.regions.evaluation import Question, RecordEvaluation
from govflow.tracking.codes import Chance, new_code, read, shown
from govflow.tracking.following import Following, following
from govflow.transaction import id_by_chance


class Receipt(NamedTuple):
    """What a reporter gets: the case, and the code that is shown this once. Whoever has the code acts as they do."""

    case: Case
    code: str


class TrackingDesk:
    """Lets people act on one log by tracking codes. It gives no rights: the log's own rules say what may be done."""

    def __init__(self, engine: Engine, chance: Chance = os.urandom) -> None:
        self._engine = engine
        self._chance = chance
        self._codes = TrackingCodes(engine.vault.keys)

    def report(self, command: ReportCase) -> Receipt:
        """Report a matter without saying who: what the command says of who gives it, for whom and when is left out.

        What stands in `reporter_name`, `reporter_phone` and `reporter_address`, if anything, is protected and opens for
        the acceptance desk alone where the matter is confidential; reports of wrongdoing always are. The case gets an
        id by chance. Every call is a report of its own: one whose answer was lost is given again. Raises NotAllowed.
        """
        actor = _reporter(new_subject())
        given = {name: getattr(command, name) for name in command.model_fields_set - HEADER - {"reporter"}}
        for name, value in given.items():
            if isinstance(value, Personal):  # under keys of this report alone, whatever they were under
                about = {"about": value.about} if value.about else {}
                given[name] = Personal(text=value.text, **about)
        given["confidential"] = command.confidential or command.kind is CaseKind.WHISTLE_BLOWING
        record = id_by_chance(CASE.prefix)
        anonymous = ReportCase(**given, id=record, by=actor, reporter=actor.id)
        code = new_code(self._chance)
        self._codes.keep(code, Tracked(record, actor.id))
        try:
            case = self._engine.handle(anonymous)
        except (NotAllowed, NotFound, InputError):  # nothing was written
            self._codes.drop(code)
            raise
        assert isinstance(case, Case), "it was reported as one"
        return Receipt(case, shown(code))

    def followed(self, code: str) -> Following:
        """The matter as its reporter sees it. Raises NotFound for a code that is mistyped, unknown or another log's."""
        actor, case = self._found(code)
        labels = {command.wire: command.label for command in self._engine.deciders["case"].commands}
        told = self._engine.seen_by(actor).history(case.id)  # as the reporter may see it, not the office
        return following(case, told, labels, self._engine.now())

    def answer(self, code: str) -> str | None:
        """The latest answer to the reporter alone; None where there is none, or it was erased.

        That it was read is recorded. Raises NotFound, and ProtectionError on a log that is open for reading alone.
        """
        actor, case = self._found(code)
        answers = [each for each in self._engine.history(case.id) if isinstance(each.body, FeedbackGiven)]
        if not answers or getattr(answers[-1].body, "answer", None) is None:
            return None
        why = "the answer to the reporter (答复诉求人)"
        return self._engine.open_personal(case.id, "answer", actor, why=why, version=answers[-1].version)

    def act(self, code: str, command: type[Command], **fields: Any) -> Case:
        """Give any command on the matter as its reporter. Raises NotAllowed, and NotFound as `followed` does."""
        actor, case = self._found(code)
        after = self._engine.handle(command(id=case.id, by=actor, **fields))
        assert isinstance(after, Case), "it is a command to the case"
        return after

    def supplement(self, code: str, text: str) -> Case:
        """Give what the desk has asked for. Raises NotAllowed where nothing is asked for, NotFound."""
        actor, _ = self._found(code)
        return self.act(code, SupplementCase, supplement=Personal(text=text, subject=actor.id))

    def rate(
        self,
        code: str,
        *,
        contacted: bool | None = None,
        resolved: bool | None = None,
        satisfied: bool | None = None,
        not_applicable: Iterable[Question] = (),
        remark: str | None = None,
    ) -> Case:
        """Rate how the matter was handled; what does not apply is named. Raises NotAllowed, NotFound."""
        actor, case = self._found(code)
        return self.act(
            code,
            RecordEvaluation,
            item=f"r{case.round}.{actor.id}",
            contacted=contacted,
            resolved=resolved,
            satisfied=satisfied,
            not_applicable=tuple(not_applicable),
            remark=None if remark is None else Personal(text=remark, subject=actor.id),
        )

    def withdraw(self, code: str, reason: str = "") -> Case:
        """Take the report back, as far as it is the reporter's alone. Raises NotAllowed, NotFound."""
        return self.act(code, WithdrawCase, reason=reason)

    def _found(self, code: str) -> tuple[Actor, Case]:
        """Who acts by a code, and on which case; every code that leads nowhere is answered alike."""
        known = read(code)
        tracked = self._codes.whose(known) if known is not None else None
        if tracked is None:
            raise NotFound(_UNKNOWN)
        actor = _reporter(tracked.actor)
        try:
            return actor, self._engine.seen_by(actor).get(tracked.record, Case)
        except NotFound:  # kept before its report came to be written
            raise NotFound(_UNKNOWN) from None


_UNKNOWN = Detail(
    "nothing was reported under this code; look again at how it is written",
    "没有与此查询码对应的事项，请核对后重新输入",
)


def _reporter(pseudonym: str) -> Actor:
    return Actor.of(pseudonym, Role.RESIDENT, Role.REPORTER)
