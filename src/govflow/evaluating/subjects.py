"""What may be evaluated: organisations. No resident is ever given a score, by whatever name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from govflow.errors import Detail

_PERSON = "s-"  # how the pseudonyms of people begin


def lacks_of_subjects(subjects: Iterable[str], organisations: Collection[str] | None) -> Iterator[Detail]:
    """What forbids to evaluate these: each must be a unit that is registered as an organisation.

    `organisations` are the ids of the units in use; None: there is no register, and nobody could tell a unit from a
    person, so that nothing may be evaluated.
    """
    if organisations is None:
        yield Detail("there is no directory: nobody can tell a unit from a person", "无机构名录，无法区分单位与个人")
        return
    for each in subjects:
        if each.startswith(_PERSON):
            yield Detail(f"{each} is a person: residents are never scored", f"{each} 是个人：不得对居民评分")
        elif each not in organisations:
            yield Detail(f"{each} is no organisation of the directory", f"机构名录中无单位 {each}")
