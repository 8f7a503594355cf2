"""Is this log whole? Needs Python and `cryptography`, nothing else: python verify_bundle.py BUNDLE VKEY [NOTE...].

BUNDLE is what `govflow export bundle` wrote, VKEY the log's public key (or a file with it) that you had from elsewhere;
each NOTE is a signed checkpoint of the log that you kept. Exit status: 0 whole, 1 not whole, 2 could not be checked.
--zh 以中文给出结论（中文环境下无须指定）：BUNDLE 为证据包，VKEY 为经其他途径取得的公钥，NOTE 为自己留存的检查点。
"""

import base64
import json
import os
import re
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

INT, STR = {int}, {str}
HEADER = {"format": STR, "version": INT, "origin": STR, "scope": {dict}, "size": INT, "after": INT, "keys": {list}}
ROW = {"position": INT, "stream": STR, "version": INT, "topic": STR, "command_id": {str, type(None)}}
ROW |= {"leaf": STR, "state": STR}
PACKED = re.compile(r"[0-9a-f]{12}[78][0-9a-f]{3}[89ab][0-9a-f]{15}")  # a command id that is stored as 16 bytes
INSIDE, EDGES = 0, 1
VERDICTS = {"WHOLE": "完整", "SOUND, AS FAR AS IT GOES": "所含部分完整", "NOT WHOLE": "不完整"}
VERDICTS |= {
    "COULD NOT BE CHECKED": "无法核验",
    "Not excluded": "不能排除",
    "Not covered": "未涵盖",
    "It agrees": "相符",
}


class NotWholeError(Exception):
    """Something does not hold."""


def require(holds, what):
    if not holds:
        raise NotWholeError(what)


def refused(number):  # what is counted here is whole: 44.0 is not 44
    raise NotWholeError(f"{number} is no whole number")


def fields(line, types):  # in the one form that has no second way to say the same
    found = json.loads(line, parse_float=refused, parse_constant=refused)
    again = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    right = list(found) == list(types) and all(type(found[name]) in types[name] for name in types)
    require(right and again == line, "it is not as it was written")
    return found


# --- keys and signed notes (C2SP signed-note and tlog-checkpoint) ----------------------------------------------------


def from_base64(text):
    raw = base64.b64decode(text, validate=True)
    require(base64.b64encode(raw).decode() == text, "base 64 in another form")
    return raw


def key_of(vkey):
    found = re.findall(r"\A([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\Z", vkey.strip())
    require(found, "this is no public key: name+hash+key is expected")
    name, id, encoded = found[0]
    raw = from_base64(encoded)
    is_good = len(raw) == 33 and raw[0] == 1 and sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == id
    require(is_good, "no Ed25519 key, or a damaged one")
    return name, bytes.fromhex(id), raw[1:]


def signed(note, keys):  # -> its lines, and which of these keys signed it
    text, _, signatures = note.rpartition("\n\n")
    require(signatures.endswith("\n") and all(char >= " " or char == "\n" for char in note), "no signed note")
    signers = set()
    for dash, name, encoded in (line.split(" ") for line in signatures[:-1].split("\n")):
        raw = from_base64(encoded)
        require(dash == "—" and len(raw) > 4, "no signed note")
        for key in (key for key in keys if key[:2] == (name, raw[:4])):
            Ed25519PublicKey.from_public_bytes(key[2]).verify(raw[4:], f"{text}\n".encode())
            signers.add(key)
    return text.split("\n"), signers


def number_of(line):
    require(re.fullmatch("0|[1-9][0-9]{0,18}", line) and int(line) < 1 << 63, "no size where one is expected")
    return int(line)


def head_of(note, keys, origin, newest=False):  # -> size and root
    lines, signers = signed(note, keys)
    size = number_of(lines[1])
    until = [keys[key] for key in signers if key[0] == origin]
    require(lines[0] == origin, "a checkpoint of another log")
    require(until, "a checkpoint that is not signed by a key you trust")
    good = None in until or (not newest and max(until) >= size)  # a key that was replaced signs no more
    require(good, "a checkpoint that is signed only by a key that was replaced")
    return size, from_base64(lines[2])


def followed(key, handovers, origin):  # -> the keys that yours vouches for, each with the size at which it was replaced
    after: dict[Any, Any] = {}
    before: dict[Any, Any] = {}
    for note in handovers:
        (name, word, size, *vkeys), _ = signed(note, [])
        old, new = pair = tuple(map(key_of, vkeys))
        good = (name, word) == (origin, "handover") and signed(note, pair)[1] == {old, new} and old[0] == new[0] == name
        require(good and old != new and old not in after and new not in before, "a false handover of keys")
        after[old], before[new] = (new, number_of(size)), old
    seen = [key]
    while (key := before.get(key)) is not None:
        require(key not in seen, "keys were handed over in a circle")
        seen.append(key)
    key, at, keys = seen[-1], 0, {}
    while key in after:
        require(after[key][1] >= at, "a handover of keys goes back")
        keys[key] = at = after[key][1]
        key = after[key][0]
    return keys | {key: None}


# --- the tree (RFC 6962) and what is to be in it ---------------------------------------------------------------------


class Tree:
    def __init__(self):
        self.size, self.peaks = 0, []  # the hashes of full subtrees with their levels, largest first

    def add(self, hash, level=0):
        require(0 <= level < 63 and len(hash) == 32 and self.size % (1 << level) == 0, "a hash that fits nowhere")
        self.size += 1 << level
        while self.peaks and self.peaks[-1][0] == level:
            hash, level = sha256(b"\1" + self.peaks.pop()[1] + hash).digest(), level + 1
        self.peaks.append((level, hash))

    def root(self):
        root = b""
        for _, hash in reversed(self.peaks):
            root = sha256(b"\1" + hash + root).digest() if root else hash
        return root


def leaf_of(row):  # -> its hash, and when it was recorded
    where = f"event {row['position']} ({row['stream']} version {row['version']})"
    require("\n" not in row["stream"] + row["topic"], "a line end in a name")
    leaf = sha256("\0{stream}\n{version}\n{topic}\n{state}".format(**row).encode())
    require(leaf.hexdigest() == row["leaf"], f"{where} was changed")
    meta = json.loads(row["state"].split("\n")[0])
    id = meta["command"] if PACKED.fullmatch(meta["command"]) else meta["command"].encode().hex()
    require(row["command_id"] == (id if meta.get("digest") else None), f"the command id of {where} was changed")
    return leaf.digest(), datetime.fromisoformat(meta["recorded_at"])


def expected(scope, size):  # -> the scope in words, and how many of what are to be here
    match scope:
        case {"of": "log"} if len(scope) == 1:
            return "the whole log", {INSIDE: size}
        case {"of": "record", "record": str(id), "streams": dict(streams)} if len(scope) == 3 and id in streams:
            require(all(type(last) is int and last > 0 for last in streams.values()), "an unknown scope")
            require("log" in streams, "what the log says of itself is left out")
            return f"{id} and {len(streams) - 1} streams it touches", streams
        case {"of": "period", "begin": begin, "end": end, "first": int(first), "last": int(last), "log": int(log)}:
            require(
                len(scope) == 6 and 0 < first <= last + 1 and bool not in map(type, (first, last, log)),
                "an unknown scope",
            )
            require(log > 0, "what the log says of itself is left out")
            edges = (first > 1) + (last < size)
            return f"what was recorded {begin} to {end}", {"log": log, INSIDE: last - first + 1, EDGES: edges}
    raise NotWholeError("an unknown scope")


def count(seen, scope, row, at):  # what is missing or does not belong there; -> is it what was asked for
    stream, place = row["stream"], row["position"]
    if stream in seen:
        seen[stream] += 1
        require(row["version"] == seen[stream], f"an event of {stream} is missing before event {place}")
    if scope["of"] == "period":
        return count_in_period(seen, scope, row, at)
    if scope["of"] == "log":
        seen[INSIDE] += 1
        return True
    require(stream in seen, f"event {place} is not of this scope")
    return stream != "log"


def count_in_period(seen, scope, row, at):
    place, first, last = row["position"], scope["first"], scope["last"]
    begin, end = map(datetime.fromisoformat, (scope["begin"], scope["end"]))
    if first <= place <= last:
        seen[INSIDE] += 1
        is_inside = (place != first or at >= begin) and (place != last or at < end)
        require(is_inside, f"event {place} is not of the period")
        return True
    if place in (first - 1, last + 1):  # they show where it ends
        seen[EDGES] += 1
        require(at < begin if place < first else at >= end, f"event {place} is left out of the period")
    else:
        require(row["stream"] in seen, f"event {place} is not of this scope")
    return False


# --- one pass over the bundle ----------------------------------------------------------------------------------------


class Bundle:
    number = agreeing = agreed = missed = rows = noted = 0
    until = None

    def lines(self, source):
        self.digest = sha256()
        while line := source.readline(1 << 24):
            self.number += 1
            yield line
            self.digest.update(line)

    def check(self, source, key, kept):
        lines = self.lines(source)
        self.head = head = fields(next(lines, b"{}\n"), HEADER)
        self.size, self.origin, self.tree = head["size"], head["origin"], Tree()
        require((head["format"], head["version"]) == ("govflow bundle", 1), "no bundle of version 1")
        require(0 < self.size < 1 << 63 and 0 <= head["after"] < 1 << 63, "it has no size")
        self.name, wanted = expected(head["scope"], self.size)
        self.seen = dict.fromkeys(wanted, 0)
        handovers, line = [], next(lines, b"")
        while line.startswith(b'{"handover":'):
            handovers.append(fields(line, {"handover": STR})["handover"])
            line = next(lines, b"")
        self.keys = followed(key, handovers, self.origin)
        require(all(key_of(each) in self.keys for each in head["keys"]), "it names a key that yours does not vouch for")
        heads = sorted((head_of(note, self.keys, self.origin) for note in kept), reverse=True)
        require(not heads or heads[0][0] <= self.size, f"it ends at {self.size}, before a head you kept: rolled back?")
        while not line.startswith(b'{"rows":'):
            require(line, "it is cut off")
            self.take(line)
            while heads and heads[-1][0] <= self.tree.size:
                self.compare(*heads.pop())
            line = next(lines, b"")
        end = fields(line, {"rows": INT, "sha256": STR})
        require(end == {"rows": self.rows, "sha256": self.digest.hexdigest()}, "the lines before were changed")
        require(self.tree.size == self.size and self.noted == self.size, "it ends before what was signed")
        require(self.seen == wanted, "events are left out of what it is said to hold")
        require(not next(lines, b""), "something stands behind the end")

    def take(self, line):
        if line.startswith(b'{"position":'):
            row = fields(line, ROW)
            require(row["position"] == self.tree.size + 1, f"event {self.tree.size + 1} is missing or out of place")
            leaf, at = leaf_of(row)
            self.tree.add(leaf)
            self.rows += 1
            self.until = at if count(self.seen, self.head["scope"], row, at) else self.until
        elif line.startswith(b'{"skip":'):
            gap = fields(line, {"skip": INT, "hash": STR})
            require(re.fullmatch("[0-9a-f]{64}", gap["hash"]), "no hash")
            self.tree.add(bytes.fromhex(gap["hash"]), gap["skip"])
        else:
            note = fields(line, {"note": STR})["note"]
            here = self.tree.size, self.tree.root()
            require(self.noted < here[0], "a checkpoint stands twice")
            require(
                head_of(note, self.keys, self.origin, here[0] == self.size) == here,
                f"up to event {here[0]} it is not what was signed",
            )
            self.noted = here[0]
        require(self.tree.size <= self.size, "it goes on behind its last event")

    def compare(self, size, root):
        is_here = size == self.tree.size
        require(not is_here or root == self.tree.root(), f"up to event {size} it is not what you kept a head of")
        self.agreeing += is_here
        self.agreed = size if is_here else self.agreed
        self.missed += not is_here

    def told(self):
        verdict = "WHOLE" if self.rows == self.size else "SOUND, AS FAR AS IT GOES"
        yield f"{verdict}: {self.name}: {self.rows:,} of {self.size:,} events of {self.origin}, until {self.until}"
        if self.agreeing:
            yield f"It agrees with {self.agreeing} head(s) that you kept, the largest over {self.agreed:,} events."
        if self.agreed < self.size:
            beyond = f" beyond event {self.agreed:,}" if self.agreed else ""
            yield f"Not excluded{beyond} without a head you kept: rolled back, signed anew, shown to others otherwise."
        yield f"Not covered: what came after event {self.size:,}; {self.head['after']:,} events when this was written."
        if self.head["scope"]["of"] != "log":
            yield "Not covered: what stands here as hashes alone, such as later events of the same records."
            yield "What belongs to it is its writer's word: nobody signed the list of what is in it."


# --- what is asked, and what is answered -----------------------------------------------------------------------------


def mistaken(path, vkey):  # -> what was given in place of a bundle or a key, where that can be told
    if "+" in path and not os.path.exists(path):
        return "a key stands first: BUNDLE comes before VKEY"
    for each in (path, vkey):
        if os.path.isdir(each):
            return f"{each} is a folder"
    with open(path, "rb") as source:
        start = source.read(1 << 12)
    if not start:
        return f"{path} is empty"
    if start.startswith((b"\x1f\x8b", b"PK\3\4", b"\xfd7zXZ", b"BZh")):
        return f"{path} is compressed: unpack it first"
    if start.startswith(b"SQLite format 3\0"):
        return f"{path} is a log, no bundle: `govflow verify` checks it"
    if start.startswith(b"govflow/"):
        return f"{path} is a key or a signed checkpoint: BUNDLE comes first, then VKEY, then each NOTE"
    return None


def main(arguments):  # -> what is to be said, and the exit status
    if {"-h", "--help"} & {*arguments}:
        return __doc__.strip().split("\n"), 0
    said, status = answer([each for each in arguments if each != "--zh"])
    if "--zh" in arguments or (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("zh"):
        said = [f"{VERDICTS.get(re.split(':| beyond| with', each)[0], '')} {each}".strip() for each in said]
    return said, status


def answer(given):
    if len(given) < 2:
        return [__doc__.partition("\n\n")[0]], 2
    try:
        path, vkey, *kept = given
        if wrong := mistaken(path, vkey):
            raise NotWholeError(wrong)
        key = key_of(vkey if "+" in vkey else Path(vkey).read_text("utf-8"))
        notes = [Path(name).read_bytes().decode() for name in kept]
        for note in notes:
            signed(note, [])
        with open(path, "rb") as source:
            return check(source, key, notes)
    except OSError as error:
        return [f"COULD NOT BE CHECKED: {error.filename}: {error.strerror}"], 2
    except (ValueError, NotWholeError) as error:
        return [f"COULD NOT BE CHECKED: {error}"], 2


def check(source, key, notes):
    bundle = Bundle()
    try:
        bundle.check(source, key, notes)
    except (NotWholeError, InvalidSignature) as error:
        return [f"NOT WHOLE: line {bundle.number}: {str(error) or 'a false signature'}"], 1
    except Exception as error:  # whatever a hostile file brings about
        return [f"NOT WHOLE: line {bundle.number} cannot be read ({type(error).__name__})"], 1
    if bundle.missed:
        return [f"COULD NOT BE CHECKED: {bundle.missed} head(s) you kept end within what is left out here"], 2
    return list(bundle.told()), 0


def shown(char):  # nothing that a file says moves the cursor or turns the line
    return char if " " <= char <= "~" or "\u3000" <= char <= "\u9fff" or "\uff01" <= char <= "\uff5e" else "?"


if __name__ == "__main__":
    said, status = main(sys.argv[1:])
    text = "\n".join("".join(map(shown, each)) for each in said)
    print(text.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding))
    sys.exit(status)
