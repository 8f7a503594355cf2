"""为何拒绝: which difference of the other rules makes a command refused that was done under the log's own.

It is found by trying: the command is decided once more, nothing being written, with more and more of the log's own
policy put back, until no part of what is put back can be spared. So what is named is what makes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from govflow.audit.what_if.commands_again import Again
from govflow.audit.what_if.scratch import ScratchEngine
from govflow.calendars import Calendar
from govflow.engine import Engine
from govflow.errors import GovFlowError
from govflow.messages import Command, Value
from govflow.policy import Policy
from govflow.policy.differences import differences
from govflow.records import Record
from govflow.transaction import Unit

_OF_THE_DOCUMENT = frozenset({"id", "version", "effective_from", "title", "basis"})  # they decide nothing
_MOST = 8  # differences told of one command
_REMEMBERED = 8  # causes that are tried before all others


class Cause(NamedTuple):
    """A difference without which the command would not have been refused: where, with the log's own rules, and here.

    `where` is a field of the policy (`time_limits hot.handle.length`), `calendar` with its id, or, where putting all of
    them back would not help any more, in what the record stands otherwise by then: `status`, a clock or an item. The
    one entry in which the policies differ stands before that; of several nobody here says which one it was.
    """

    where: str
    own: str
    other: str


class Part(NamedTuple):
    """A part of a policy that can be put back: a field, or one entry or figure (`key`) of it."""

    field: str
    key: str | None = None


class Causes:
    """Finds the causes of refusals in one re-run; what was a cause before is tried first."""

    def __init__(self, source: Engine, here: ScratchEngine, calendar: Calendar | None) -> None:
        self._source = source
        self._here = here
        self._calendar = calendar
        self._known: list[tuple[str, str, tuple[Part, ...]]] = []  # by own and other policy

    def of(self, step: Again, command: Command) -> tuple[Cause, ...]:
        """Why a command of the log is refused here; empty where no single difference can be named."""
        record = self._here.log.current(command.id or "")
        own = self._source.log.policies.get(step.caused[0].meta.policy)
        other = self._policy_of(record)
        if own is not None and own != other and self._accepts(command, _with(other, own, _parts(own, other))):
            return _told(other, own, self._parts(command, own, other))
        if self._calendar is not None and self._accepts(command, own or other, own_calendars=True):
            then = self._source.log.calendars.get(self._calendar.id)
            return (Cause(f"calendar {self._calendar.id}", "" if then is None else then.key, self._calendar.key),)
        parts = _parts(own, other) if own is not None else []
        only = _told(other, own, parts) if own is not None and len(parts) == 1 else ()
        return (*only, *_otherwise(self._before(step), record))[:_MOST]

    def _before(self, step: Again) -> Record | None:
        return self._source.log.fold(step.record, step.before) if step.before else None

    def _policy_of(self, record: Record | None) -> Policy:
        policies = self._here.log.policies
        return policies.get(record.policy, self._here.policy) if record is not None else self._here.policy

    def _parts(self, command: Command, own: Policy, other: Policy) -> tuple[Part, ...]:
        """What must be put back, and no more."""

        def accepts(parts: Sequence[Part]) -> bool:
            return self._accepts(command, _with(other, own, parts))

        for one, two, parts in self._known:
            if (one, two) == (own.key, other.key) and accepts(parts):
                return parts
        found = tuple(_needed(_parts(own, other), accepts))
        self._known = [(own.key, other.key, found), *self._known][:_REMEMBERED]
        return found

    def _accepts(self, command: Command, policy: Policy, *, own_calendars: bool = False) -> bool:
        """Whether the command would be done under this policy, as its record stands here."""
        here = self._here
        unit = _Trial(here.log, here.vault, here.authority, policy, here.now(), dry=True)
        if own_calendars:
            unit.adopted = unit.adopted._replace(calendars=self._source.log.calendars)
        try:
            unit.run(command)
        except GovFlowError:
            return False
        except Exception:  # a policy put together of two need not fit itself
            return False
        return True


class _Trial(Unit):
    """One decision under one policy, whatever its record has pinned."""

    def policy_of(self, record: Record) -> Policy:
        return self.policy


def _told(other: Policy, own: Policy, parts: Sequence[Part]) -> tuple[Cause, ...]:
    """These parts, field by field."""
    unlike = differences(_with(other, own, parts), other)
    return tuple(Cause(each.field, _said(each.before), _said(each.after)) for each in unlike)[:_MOST]


# --- parts of a policy -----------------------------------------------------------------------------------------------


def _parts(own: Policy, other: Policy) -> list[Part]:
    """Every part in which two policies differ."""
    found: list[Part] = []
    for name in Policy.model_fields:
        was, now = getattr(own, name), getattr(other, name)
        if name in _OF_THE_DOCUMENT or was == now:
            continue
        left, right = _keyed(was), _keyed(now)
        if left is None or right is None:
            found.append(Part(name))
            continue
        unlike = [Part(name, key) for key in {**left, **right} if left.get(key) != right.get(key)]
        found += unlike or [Part(name)]  # nothing but their order
    return found


def _keyed(value: Any) -> Mapping[str, Any] | None:
    """Entries by their ids, figures by their names; None for what is one figure itself."""
    if isinstance(value, tuple) and all(hasattr(each, "id") for each in value):
        return {each.id: each for each in value}
    return {name: getattr(value, name) for name in type(value).model_fields} if isinstance(value, Value) else None


def _with(other: Policy, own: Policy, parts: Sequence[Part]) -> Policy:
    """The other policy with these parts as in the log's own. It need not be valid as a whole: it decides once."""
    fields = {name: getattr(other, name) for name in Policy.model_fields}
    for name in dict.fromkeys(part.field for part in parts):
        keys = {part.key for part in parts if part.field == name}
        was, now = getattr(own, name), fields[name]
        if None in keys:
            fields[name] = was
        elif isinstance(was, tuple):
            fields[name] = _entries(was, now, keys)
        else:
            fields[name] = now.changed(**{key: getattr(was, key) for key in keys if key is not None})
    return Policy.model_construct(**fields)


def _entries(own: tuple[Any, ...], other: tuple[Any, ...], keys: set[str | None]) -> tuple[Any, ...]:
    """The other's entries with some as in the log's own; what only that one has stands first."""
    known = {each.id: each for each in own}
    kept = [known.get(each.id) if each.id in keys else each for each in other]
    more = [each for each in own if each.id in keys and each.id not in {one.id for one in other}]
    return (*more, *(each for each in kept if each is not None))


def _needed(parts: Sequence[Part], accepts: Callable[[Sequence[Part]], bool]) -> Sequence[Part]:
    """The parts without any that can be spared: halves first, then smaller and smaller pieces, at last one by one."""
    size = max(1, len(parts) // 2)
    while True:
        place = 0
        while place < len(parts) > 1:
            fewer = [*parts[:place], *parts[place + size :]]
            if fewer and accepts(fewer):
                parts = fewer
            else:
                place += size
        if size == 1:
            return parts
        size //= 2


def _said(value: Any) -> str:
    """A value of a policy in a few words; an entry by its id, nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get("id", ", ".join(f"{name} {_said(each)}" for name, each in value.items())))
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return str(value)


# --- what came before ------------------------------------------------------------------------------------------------


def _otherwise(then: Record | None, here: Record | None) -> Iterator[Cause]:
    """In what a record stands otherwise here than it stood in the log: the other rules had done that before."""
    if then is None or here is None:
        return
    if then.status != here.status:
        yield Cause("status", str(then.status), str(here.status))
    for name in {**then.clocks, **here.clocks}:
        was, now = (record.clocks.get(name) for record in (then, here))
        told = tuple(
            "" if each is None else f"{each.status} {each.due.isoformat() if each.due else ''}".strip()
            for each in (was, now)
        )
        if told[0] != told[1]:
            yield Cause(f"clock {name}", *told)
    for region in {**then.items, **here.items}:
        was_items, now_items = then.items_of(region), here.items_of(region)
        for key in {**was_items, **now_items}:
            was_is, now_is = (str(getattr(each.get(key), "status", "")) for each in (was_items, now_items))
            if region != "clock" and was_is != now_is:
                yield Cause(f"{region} {key}", was_is, now_is)
