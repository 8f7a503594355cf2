"""The errors govflow raises: one base, few children, each says what the reader can do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Self


class GovFlowError(Exception):
    """Base of every error that govflow raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes, whatever their children are built from."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[GovFlowError], args: tuple[Any, ...], state: dict[str, Any]) -> GovFlowError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Detail(str):
    """What in particular is wrong, in English, with the same in Chinese beside it."""

    zh: str

    def __new__(cls, en: str, zh: str = "") -> Self:
        detail = super().__new__(cls, en)
        detail.zh = zh or en
        return detail


class Broken(NamedTuple):
    """One thing that does not hold: a stable code and a sentence in English and in Chinese."""

    code: str
    en: str
    zh: str
    detail: tuple[str, ...] = ()

    def sentence(self, lang: str = "en") -> str:
        """The sentence in `lang` (en or zh-CN), with its details."""
        if not lang.startswith("zh"):
            return f"{self.en}: {'; '.join(self.detail)}" if self.detail else self.en
        details = "；".join(getattr(each, "zh", each) for each in self.detail)
        return f"{self.zh}：{details}" if details else self.zh


class NotAllowed(GovFlowError):
    """A command was refused: every broken rule at once, and what is allowed instead. Mend what is broken.

    `allowed` names every command that has a row now; the text shows those of the record and of the region asked.
    """

    def __init__(self, command: str, record: str | None, broken: Iterable[Broken], allowed: Iterable[str] = ()) -> None:
        self.command = command
        self.record = record
        self.broken = tuple(broken)
        self.allowed = tuple(allowed)
        super().__init__(self.sentence())

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all broken rules."""
        return tuple(broken.code for broken in self.broken)

    def sentence(self, lang: str = "en") -> str:
        """The whole refusal in one text, in English or Chinese."""
        zh = lang.startswith("zh")
        subject = self.record or ("新记录" if zh else "a new record")
        head = f"{subject} 不能执行 {self.command}" if zh else f"{self.command} is not allowed on {subject}"
        lines = [f"  {broken.code}: {broken.sentence(lang)}" for broken in self.broken]
        if self.allowed:
            shown, more = self._allowed_here()
            rest = (f" 等 {more} 项并行步骤" if zh else f" and {more} more that run beside it") if more else ""
            lines.append(("  当前可执行：" if zh else "  allowed now: ") + ", ".join(shown) + rest)
        return "\n".join([head, *lines])

    def _allowed_here(self) -> tuple[list[str], int]:
        """What is allowed of the record itself and of the region that was asked, and how many commands more."""
        here = {self.allowed[0].partition(".")[0], self.command.partition(".")[0]}
        shown = [wire for wire in self.allowed if wire.partition(".")[0] in here]
        return shown, len(self.allowed) - len(shown)


class Conflict(GovFlowError):
    """Somebody else wrote first; nothing was written. Load again and retry with the same command id."""


class CommandReused(GovFlowError):
    """The command id was used before for another command. Send this one under an id of its own."""


class NotFound(GovFlowError):
    """There is no such record, command or event in this log. Check the id, and that it is the right log."""


class InputError(GovFlowError):
    """Something from outside (a file, an argument, a JSON text) is not what was expected. Correct it where it says."""

    def __init__(self, what: str, *, where: str = "", expected: str = "") -> None:
        self.what = what
        self.where = where
        self.expected = expected
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}; expected {expected}" if expected else text)


class Problem(NamedTuple):
    """One thing wrong in a document: the field it stands in, what is wrong there, and what was expected."""

    field: str
    what: Detail
    expected: str = ""

    def sentence(self, lang: str = "en") -> str:
        """The problem in one line, in English or Chinese."""
        zh = lang.startswith("zh")
        what = self.what.zh if zh else str(self.what)
        wanted = getattr(self.expected, "zh", self.expected) if zh else self.expected
        expected = f"{'；应为' if zh else '; expected'} {wanted}" if wanted else ""
        return f"{self.field}: {what}{expected}" if self.field else f"{what}{expected}"


class PolicyError(GovFlowError):
    """The policy is not valid or does not fit; every problem is listed with its field. Correct the document."""

    def __init__(self, problems: Iterable[Problem], file: str = "") -> None:
        self.problems = tuple(problems)
        self.file = file
        super().__init__(self.sentence())

    def sentence(self, lang: str = "en") -> str:
        """Every problem in a line of its own, in English or Chinese."""
        start = f"{self.file}: " if self.file else ""
        return "\n".join(start + each.sentence(lang) for each in self.problems)


class WorkflowError(GovFlowError):
    """A workflow table is faulty; every problem is listed. Fix the table."""

    def __init__(self, workflow: str, problems: Iterable[str]) -> None:
        self.workflow = workflow
        self.problems = tuple(problems)
        super().__init__(f"{workflow}: " + "; ".join(self.problems))


class LogError(GovFlowError):
    """The log cannot be read or written (damaged, full, locked, of another form). Mend that and repeat."""


class Truncated(LogError):
    """The log is shorter than this engine has already seen it. Stop and compare it with a backup."""


class ProtectionError(GovFlowError):
    """A personal value cannot be protected or opened: no key, no right, or it was moved. Bring key and right."""
