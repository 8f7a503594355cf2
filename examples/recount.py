"""Recounts an exported vote with nothing but Python: python recount.py BUNDLE.jsonl (exit code 1: it differs)."""

import json
import sys
from collections import Counter
from hashlib import sha256


def passes(part, whole, base, share, among=""):
    beyond = part[base] * share["denominator"] - whole[base] * share["numerator"]
    return whole[base] > 0 and (beyond >= 0 if share["inclusive"] else beyond > 0)


def turnout(voters):
    homes = {voter["household"] for voter in voters} - {None}
    return {"persons": len(voters), "households": len(homes), "area": sum(voter["area"] for voter in voters)}


with open(sys.argv[1], encoding="utf-8") as file:
    header, *rows, last = map(json.loads, file)
rule, quorum, left, is_open = header["rule"], header["quorum"], header["options"], header["form"] == "open"
roll = {row["voter"]: row for row in rows if "area" in row}
ballots = {row["voter" if is_open else "code"]: row["ballot"] for row in rows if "ballot" in row}  # the last stands
here = ballots if is_open else [row["voter"] for row in rows if row.keys() == {"voter"}]
twice = sum("ballot" in row for row in rows) > len(ballots) and not rule["replaceable"]
if twice or len(ballots) > len(set(here)) or not set(here) <= set(roll):
    sys.exit("DIFFERS: more ballots than voters, a voter who stands on no roll, or one who voted twice")
ours = {"entitled": turnout(roll.values()), "present": turnout([roll[id] for id in here])}
frozen = "".join(f"{id}\t{roll[id]['household'] or ''}\t{roll[id]['area']}\n" for id in sorted(roll))
ours["roll"] = sha256(frozen.encode()).hexdigest()

if rule["method"] == "yes_no":  # a household is for the side, yes or no, that has more of its ballots
    whose = roll if is_open else {code: {"household": None, "area": 0} for code in ballots}
    said, pull = {id: (*ballot["choice"], "abstain")[0] for id, ballot in ballots.items()}, Counter[object]()
    for id, side in said.items():
        pull[whose[id]["household"]] += (side == "yes") - (side == "no")
    homes = [(more > 0) - (more < 0) for home, more in pull.items() if home]
    for name, side, sign in ("yes", "yes", 1), ("no", "no", -1), ("abstained", "abstain", 0):
        ours[name] = turnout([whose[id] for id in said if said[id] == side]) | {"households": homes.count(sign)}
    ours |= rows[-1].get("hands", {})
    wholes = {**ours, "voting": {base: ours["yes"][base] + ours["no"][base] for base in ours["yes"]}}
    carried = all(passes(ours["yes"], wholes[test["among"]], **test) for test in quorum["decision"])
else:  # counted once; a run-off until one has more than half or two are left, the last being struck out each time
    worth = range(len(left))[::-1] if rule["method"] == "borda" else [1] * len(left)
    votes = [ballot["scores"] or dict(zip(ballot["choice"], worth, strict=False)) for ballot in ballots.values()]
    rounds, is_last = [], False
    while not is_last:
        rounds.append(points := Counter(dict.fromkeys(left, 0)))
        for vote in votes:
            points.update([option for option in vote if option in left][:1] if rule["method"] == "ranked" else vote)
        most = max(points.values())
        is_last = rule["method"] != "ranked" or len(left) < 3 or 2 * most > points.total() or not most
        level = [option for option in left if points[option] == (most if is_last else min(points.values()))]
        one = level[0 if is_last else -1]
        if rule["tie"] == "lot" and len(level) > 1 and most:
            text = "\n".join([header["lot"]["seed"], str(len(rounds)), *sorted(level), ""])
            one = sorted(level)[int(sha256(text.encode()).hexdigest(), 16) % len(level)]
        left = [option for option in left if option != one]
    ours |= {"points": rounds[0], "winner": one if most and (len(level) < 2 or rule["tie"] != "fails") else None}
    backers = points[one] if rule["method"] == "ranked" else sum(vote.get(one, 0) > 0 for vote in votes)
    test = {"base": "persons", "share": rule["support"] or {"numerator": 0, "denominator": 1, "inclusive": True}}
    carried = ours["winner"] is not None and passes({"persons": backers}, ours["present"], **test)

there = quorum["presence"] or [[]]
enough = any(all(passes(ours["present"], ours["entitled"], **test) for test in tests) for tests in there)
ours |= {"quorate": enough, "carried": enough and carried}
differs = [name for name in ours if ours[name] != {**last["result"], "roll": header["roll_digest"]}[name]]
print(json.dumps(ours, indent=1), f"DIFFERS: {', '.join(differs)}" if differs else "agrees", sep="\n")
sys.exit(bool(differs))
