"""What the rows of one table say of each other: which describe the same thing, and in which order units come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from govflow.organisation.cells import Row

Told = tuple[str, str, str, str, str]
"""What is wrong with a row: the column, what stands there and what was expected, these two in English and Chinese."""


def each_once(rows: Iterable[Row], column: str) -> Iterator[tuple[Row, Told | None]]:
    """Each row that describes something for the first time, and what is wrong with one that describes it otherwise."""
    first: dict[str, Row] = {}
    for row in rows:
        named = row.cells[column]
        other = first.setdefault(named, row)
        if other is row:
            yield row, None
        elif other.cells != row.cells:
            en, zh = f"{named} stands in {place(other)} with other content", f"{place(other)} 已有 {named} 且内容不同"
            yield row, (column, en, zh, "each of them once", "每个仅一行")


def in_a_tree(rows: Sequence[Row]) -> Iterator[tuple[Row, Told | None]]:
    """Each row of a unit, and what is wrong with one that belongs to itself, be it by way of others."""
    parents = {row.cells["id"]: row.cells.get("parent") for row in rows}
    for row in rows:
        way = [row.cells["id"]]
        while (above := parents.get(way[-1])) is not None and above not in way:
            way.append(above)
        if above != way[0]:  # none, or a circle further up, which is told where it is
            yield row, None
            continue
        circle = " > ".join((*way, above))
        en, zh = f"the unit belongs to itself ({circle})", f"单位隶属于自身（{circle}）"
        yield row, ("parent", en, zh, "another unit, or an empty cell", "其他单位，或留空")


def place(row: Row) -> str:
    """Where a row stands: its file and line."""
    return f"{row.file}:{row.line}"


def parents_first(rows: Sequence[Row]) -> list[Row]:
    """The units of a tree in an order in which each comes behind the one it belongs to."""
    ordered: list[Row] = []
    waiting = {row.cells["id"] for row in rows}
    todo = list(rows)
    while todo:
        ready = [row for row in todo if row.cells.get("parent") not in waiting - {row.cells["id"]}]
        ordered += ready
        waiting -= {row.cells["id"] for row in ready}
        todo = [row for row in todo if row.cells["id"] in waiting]
    return ordered
