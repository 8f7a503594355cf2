"""The table of the case and of its regions against the handbook's, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from govflow.cases import CASE
from govflow.clocks import CLOCKS

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
OURS = CASE.as_data()
# What no table of the handbook has.
OWN_REGIONS = {
    "policy_version": "moving a running record to another policy; DESIGN §5 asks for it",
    "checklist": "ordered stages (五段研判 M048, 五步工作法 M145): the handbook has the mechanisms and no table",
    "referral": "passing a person on to a unit that helps (M070): as for checklist",
}
REGIONS = sorted(CASE.regions.keys() - OWN_REGIONS.keys())
TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "case": (OURS, HANDBOOK["records"]["case"]),
    **{name: (OURS["regions"][name], HANDBOOK["regions"][name]) for name in REGIONS},
}
ROWS = [(table, row["id"]) for table, (_, theirs) in TABLES.items() for row in theirs["transitions"]]

# What ours has beyond the handbook, each with the reason.
ROWS_ADDED = {
    "X01": "reporters of merged cases are told through the master: the follower's own stream says when and what",
    "X02": "an imported case stands where its source says: a unit has it",
    "X03": "an imported case stands where its source says: no unit has it yet",
    "X04": "the source says that the imported case was closed; nothing between is invented",
    "X05": "what was resolved on the spot has no unit that leads: sent back, nobody could do anything about it",
    "SV10": "who checked that an exposed failing is fixed: neither a round's verification nor a ledger number keeps it",
    "LC05": "the consent of the leader who is to follow, on record before anything is handed over",
    "MT07": "petitions §36 leaves hearings out of the recheck and nothing else: beside other meetings it runs on",
    "MT08": "as long as another hearing is pending, recording one does not resume the recheck",
    "MT09": "as MT08, for a hearing that is called off",
    "CM07": "人民调解法 §31: the mediation body supervises performance, of its own agreements alone",
    "CM08": "as CM07, for a promise that is released",
    "LC06": "a consent that was given may be taken back while nobody relies on it",
    "LC07": "a leader who has left office cannot hand over: the supervisor releases the charge (M042)",
    "MT10": "a meeting that met and was adjourned for good has minutes: it is recorded from there",
    "MT11": "as MT10, while another hearing is pending or it is no hearing",
    "MT12": "a recheck that begins while a hearing is pending stands still from its start (petitions §36)",
    "IV08": "a meeting put off has a new date: the unit that had not said no is asked again",
    "IV09": "once a meeting has met or was called off, what is left to say is the host's",
    "OL07": "who follows in office owes what the one before them owed",
    "MD17": "a court may confirm an agreement that was breached after it was applied to (人民调解法 §33)",
    "MD18": "as MD17, for its refusal",
    "MD15": "the handbook's rule «both sides have signed this very statement» needs a step that signs it",
    "MD16": "recusal (回避) replaces the mediator, and the dispute goes on",
}
_ONE_OF_TWO_ROWS = "tells the row from its twin of our own, which moves the recheck clock otherwise"
_HOLDER = "the handbook's guard «the role the row asks for», as a rule"
_OWN_CAUSE = "petitions §28 binds whoever decides on supervision or accountability too"
_DECIDER = "whoever asked for tolerance or named the failing does not decide on it (M090)"
_PUBLIC = "what stands in public carries no personal data, and nothing of a secret matter"
_BODY = "M067: a town's bodies and their expert pools are listed in its policy"
_NO_PERSON = "M037, PIPL: a signal is about things and units, never about persons"
_REPORTED = "petitions §30, as in C12"
_PROMISED = "M090: the own unit's word does not confirm or release what it promised"
_COURT = "人民调解法 §33: only what both applied for is decided, and the decision is on paper"
RULES_ADDED = {
    ("C12", "lead_unit_is_competent"): "M006: the list of duties binds the first assignment like a transfer",
    ("C12", "unit_reported_gets_nothing"): "petitions §30: a report is never passed to the unit reported",
    ("C14", "unit_reported_gets_nothing"): "as in C12",
    ("C15", "unit_reported_gets_nothing"): "as in C12",
    ("C16", "unit_reported_gets_nothing"): "as in C12",
    ("C14", "admission_is_settled"): "as C12: no way to a community goes past its leave",
    ("C15", "admission_is_settled"): "as in C14",
    ("C17", "leave_for_the_lead_unit_stands"): "leave may have been taken back since the task was assigned",
    (
        "C21",
        "listed_record_has_supervisor_consent",
    ): "raising takes it out of the supervised hands, as a transfer does",
    ("C55", "listed_record_has_supervisor_consent"): "a unit would shed the listing with the leave of its own head",
    ("C23", "a_unit_leads_it"): "tells the row from X05",
    ("C22", "meetings_asked_for_are_recorded"): "M076, M082: the catalogue may ask for a hearing before a result",
    ("C50", "new_value_fits_its_field"): "a correction may not leave a value that the field cannot have",
    ("C01", "personal_data_is_withheld"): "titles are public: they stand in clear and in every list",
    ("C02", "personal_data_is_withheld"): "as in C01",
    ("C50", "personal_data_is_withheld"): "as in C01, for a corrected title",
    (
        "C01",
        "source_is_said_by_the_system",
    ): "another record raised the matter: its own reaction says so, nobody's word",
    ("C02", "source_is_said_by_the_system"): "as in C01",
    ("C02", "direct_line_names_its_leader"): "M019: what reached a leader's line is that leader's to answer for",
    ("C02", "matter_has_a_title"): "without one nothing says what is to be done (M059)",
    ("C56", "external_outcome_is_told"): "the handbook's guard «what the other body did; a declined competence»",
    ("LK01", "tie_may_be_made_by_hand"): "a tie by hand may not say that a merge, split or conversion happened",
    ("J13", "tie_may_be_made_by_hand"): "as in LK01",
    ("LK06", "tie_may_be_undone_by_hand"): "a follower untied by hand would never hear what became of the master",
    ("CM02", "new_due_is_named"): "a change of the due instant names a new one, and not one that has passed",
    ("LG06", "new_due_is_named"): "what comes back would keep a date that has passed, and no clock",
    ("JH09", "new_due_is_named"): "as in LG06",
    ("IN03", "new_due_is_named"): "as in LG06",
    ("IN04", "reason_given"): "an order is not taken back without a word to those who work on it",
    ("AP02", "role_asked_for_is_held"): _HOLDER,
    ("AP03", "role_asked_for_is_held"): _HOLDER,
    ("SV03", "listing_is_numbered"): "挂牌 is a public list: what stands on it has a number of its own (M051)",
    ("SV03", "personal_data_is_withheld"): _PUBLIC,
    ("SV03", "secret_matter_stays_secret"): _PUBLIC,
    ("J18", "personal_data_is_withheld"): _PUBLIC,
    ("J18", "secret_matter_stays_secret"): _PUBLIC,
    ("J18", "text_is_given"): "an exposure without a text exposes nothing",
    ("SV07", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("SV09", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("LC01", "named_party_consents"): "nobody is put in charge by somebody else's word (M103)",
    ("LC02", "leader_is_in_charge"): "another leader's charge is not one's own to hand over",
    ("LC03", "leader_is_in_charge"): "as in LC02, for the remarks of the leader in charge",
    ("LC03", "text_is_given"): "a remark without a text says nothing",
    ("AC01", "unit_is_named"): "a failing nobody has cannot be answered for; the record may have no lead unit",
    ("AC03", "decided_by_another"): _DECIDER,
    ("AC04", "decided_by_another"): _DECIDER,
    ("AC05", "decided_by_another"): _DECIDER,
    ("AC03", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("AC04", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("AC05", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("AC06", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("AD05", "task_is_not_begun"): "the handbook's guard «the community has not begun», as a rule",
    ("RS01", "signal_names_no_person"): _NO_PERSON,
    ("RS02", "signal_names_no_person"): _NO_PERSON,
    ("RS04", "signal_names_no_person"): _NO_PERSON,
    ("RS04", "task_force_or_plan_is_at_work"): "003 (M032): a response without anybody at work is none",
    ("CI01", "who_came_and_who_sent_them_is_known"): "M129, M131: a service confirmed by both sides needs both named",
    ("CI02", "service_time_is_given"): "M131: the minutes are what is counted",
    ("RT02", "kept_for_a_term"): "档案法实施条例 §24: what is kept for good has no end of term to be appraised at",
    ("RT03", "retention_class_is_set"): "a renewal may name another class, and one that exists",
    ("RT04", "receiving_archive_is_named"): "档案法实施条例 §20: which archive has it must stay findable",
    ("MT01", "form_subject_time_and_place_named"): "a notice without what, when and where calls nobody",
    ("MT01", "unit_reported_takes_no_part"): "petitions §30, as in C12",
    ("MT01", "meeting_is_a_hearing"): _ONE_OF_TWO_ROWS,
    ("MT03", "meeting_time_has_come"): "nobody records a meeting as held before its time",
    ("MT03", "those_present_are_named"): "quorum and signatures are counted over them",
    ("MT05", "last_hearing_is_over"): _ONE_OF_TWO_ROWS,
    ("MT05", "outcome_is_told"): "M096: a record that says neither consensus nor dissent is none",
    ("MT05", "undertakings_are_signed_by_those_who_give_them"): "M081: nobody undertakes for a unit that was not there",
    ("MT06", "last_hearing_is_over"): _ONE_OF_TWO_ROWS,
    ("P10", "unit_reported_gets_nothing"): "as in C12",
    ("IV02", "meeting_is_to_come"): "a yes to a meeting that is over would stay open for ever",
    ("MD01", "body_is_competent"): _BODY,
    ("MD01", "experts_are_in_the_pool"): _BODY,
    ("MD08", "body_is_competent"): _BODY,
    ("MD08", "experts_are_in_the_pool"): _BODY,
    ("MD08", "has_no_interest"): "the mediator of a higher tier is no party either",
    ("MD08", "mediator_is_named"): "at each tier somebody owes the next step",
    ("MD05", "length_is_named"): "what both sides have signed is an extension of a length",
    ("MD06", "obligations_are_dated"): "人民调解法 §29: duties with their dates; each becomes a commitment",
    ("MD06", "text_cannot_be_guessed"): "PIPL §47: the text can be erased, its digest in the log cannot",
    ("MD12", "agreed_commitments_are_done"): "an agreement is carried out when each of its obligations is",
    ("CM01", "unit_reported_gets_nothing"): _REPORTED,
    ("CM02", "promise_stands_in_no_agreement"): "人民调解法 §31: what both have signed is not changed by one",
    (
        "CM04",
        "agreement_is_not_a_strangers",
    ): "人民调解法 §31: what parties owe each other is not a stranger's to confirm",
    ("CM04", "promised_by_another_unit"): _PROMISED,
    ("CM06", "promised_by_another_unit"): _PROMISED,
    ("SV01", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("SV02", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("SV03", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("SV04", "nobody_judges_their_own_cause"): _OWN_CAUSE,
    ("SV01", "unit_reported_gets_nothing"): _REPORTED,
    ("SV02", "unit_reported_gets_nothing"): _REPORTED,
    ("SV03", "unit_reported_gets_nothing"): _REPORTED,
    ("SV09", "exposed_failing_is_fixed"): "M052: lifting the whole is no way round the check that lifts an exposure",
    ("LC04", "charge_is_ones_own"): "another leader's charge is not one's own to release",
    ("IN01", "owner_can_answer"): "what nobody may answer would stay open for ever (M059)",
    ("IN01", "unit_reported_gets_nothing"): _REPORTED,
    ("IN04", "giver_takes_it_back"): "one leader does not undo another's order",
    ("MD01", "unit_reported_is_not_at_the_table"): _REPORTED,
    ("MD08", "unit_reported_is_not_at_the_table"): _REPORTED,
    ("MD08", "dispute_is_mediable"): "a clear refusal bars the next tier as it bars the first (人民调解法 §17)",
    ("MD10", "confirmation_was_applied_for"): _COURT,
    ("MD10", "decision_is_on_file"): _COURT,
    ("MD11", "confirmation_was_applied_for"): _COURT,
    ("MD11", "decision_is_on_file"): _COURT,
    (
        "MT01",
        "meeting_form_stays",
    ): "petitions §36: no recheck is stopped by a talk renamed to a hearing, or the other way",
    ("MT01", "nobody_is_struck_from_the_roll"): "M082: the quorum is counted over those first invited",
    ("MT06", "nobody_has_met"): "M096: what has met is recorded, not called off",
    ("P10", "host_invites_to_own_meeting"): "one host does not fill another's meeting",
    ("AD01", "community_is_named"): "leave for one community serves no other",
    ("RS01", "raiser_has_a_part"): "M037: nobody watches other people's matters as a resident",
    ("RS04", "unit_reported_gets_nothing"): _REPORTED,
    ("RS05", "signal_names_no_person"): _NO_PERSON,
    ("RS06", "signal_names_no_person"): _NO_PERSON,
    ("RS05", "high_risk_is_cleared_by_another"): "M090: whoever raised a high risk does not wave it away",
    ("CI01", "unit_reported_gets_nothing"): _REPORTED,
    ("CI01", "earlier_check_in_is_done_with"): "M131: one open service at a time, or minutes are counted twice",
    ("OL01", "unit_reported_gets_nothing"): _REPORTED,
    ("OL03", "community_fulfils_its_own"): "who may cancel what others owe does not fulfil it for them",
    ("OL05", "occurrence_is_anothers"): "M090: nobody excuses themselves",
    ("OL06", "occurrence_is_anothers"): "M090: nobody excuses themselves",
    ("MD14", "no_agreement_is_left_standing"): "an agreement in force is kept or broken, not left for another channel",
}
WHO_ADDED = {
    ("LC01", "system"): "seats the successor whom the outgoing leader named and who has agreed",
    ("CM01", "system"): "undertakings of a meeting and obligations of an agreement become commitments at once",
    ("IN02", "co_unit"): "a leader may order something of a unit that only helps",
    ("IN04", "supervisor"): "who gives an instruction may take it back, and supervisors give them too",
    ("LK06", "town"): "ties are undone at the levels that made them",
    ("LK06", "district"): "as for the town",
    ("OL03", "mediator"): "a revisit for a missed obligation is owed by the mediator",
}
WHILE_ADDED: dict[str, str] = {}  # rows that are allowed in other statuses of the record than the handbook says: none
OWN_CLOCKS = {
    "legality_review": "the minimum of §5.1 dec.legality, which no clock of the handbook carries",
    "instruction_reply": "an instruction's own: keyed alike, an answer to the supervisor would stop the leader's clock",
    "referral_answer": "the unit a person is passed on to answers in time; referral is a region of our own",
}
CLOCKS_RENAMED = {("instruction", "supervision_reply"): "instruction_reply"}
STOPS_ADDED = {("C32", "recheck"): "the recheck is done, not dropped; «*» covers it in the handbook"}


def our_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][0]["transitions"] if row["id"] == id)


def their_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][1]["transitions"] if row["id"] == id)


def test_every_region_that_the_handbook_gives_a_case_is_there():
    of_a_case = {name for name, region in HANDBOOK["regions"].items() if "case" in region["on"]}
    assert len(of_a_case) == 23
    assert set(REGIONS) == of_a_case
    assert OWN_REGIONS.keys().isdisjoint(HANDBOOK["regions"])


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_is_for_the_records_the_handbook_gives_it_to(region: str):
    theirs = set(HANDBOOK["regions"][region]["on"])
    assert theirs <= set(CASE.regions[region].workflow.on)


@pytest.mark.parametrize("table", TABLES)
def test_states_are_the_handbooks_with_their_terms_and_rests(table: str):
    ours, theirs = TABLES[table]
    rest = {(True, False): "final", (False, True): "outcome", (False, False): "open"}
    assert [(each["id"], each["zh"], each["rest"]) for each in ours["states"]] == [
        (each["id"], each["zh"], rest[each["final"], each["outcome"]]) for each in theirs["states"]
    ]
    assert ours["zh"] == theirs["zh"]


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_missing_and_every_row_of_our_own_has_a_reason(table: str):
    ours, theirs = ({row["id"] for row in each["transitions"]} for each in TABLES[table])
    assert theirs - ours == set()
    assert ours - theirs == {id for id in ROWS_ADDED if id in ours}


def test_no_reason_is_given_for_what_is_not_there():
    ours = {row["id"]: row for table in TABLES for row in TABLES[table][0]["transitions"]}
    assert ROWS_ADDED.keys() <= ours.keys()
    assert {(id, role) for id, role in WHO_ADDED if (role,) in map(tuple, ours[id]["who"])} == WHO_ADDED.keys()
    assert {(id, code) for id, code in RULES_ADDED if code in ours[id]["rules"]} == RULES_ADDED.keys()


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_says_what_the_handbooks_row_says(table: str, id: str):
    ours, theirs = our_row(table, id), their_row(table, id)
    for key in ("command", "event", "name", "target", "approval"):
        assert ours[key] == theirs[key], key
    assert set(ours["source"]) == set(theirs["source"])
    added = {(role,) for row, role in WHO_ADDED if row == id}
    assert {tuple(each) for each in ours["who"]} == {tuple(each) for each in theirs["who"]} | added
    if table != "case":
        assert ours["shares"] == theirs.get("shares")
        mine, handbook = ours["while_in"], theirs.get("while_in")
        same = (None if mine is None else set(mine)) == (None if handbook is None else set(handbook))
        assert same != (id in WHILE_ADDED)


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_lacks_no_rule_of_the_handbooks_row(table: str, id: str):
    ours, theirs = set(our_row(table, id)["rules"]), set(their_row(table, id)["rules"])
    assert theirs - ours == set()
    assert ours - theirs == {rule for row, rule in RULES_ADDED if row == id}


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_moves_the_clocks_the_handbook_names(table: str, id: str):
    ours, theirs = our_row(table, id)["clocks"], their_row(table, id)["clocks"]
    for effect, clocks in theirs.items():
        added = {clock for row, clock in STOPS_ADDED if row == id and effect == "stops"}
        named = {CLOCKS_RENAMED.get((table, clock), clock) for clock in clocks}
        assert set(ours[effect]) == named | added, effect


# Sources that stand in the handbook's own papers and nowhere a reader could look: for us they are design.
UNPUBLISHED = ("DESIGN ", "PEERS ", "AUDIT", "v1 ", "S7", "§5.")


def test_every_rule_has_the_handbooks_sentences_and_source():
    for code, rule in OURS["rules"].items():
        if code not in HANDBOOK["rules"]:
            continue  # the next test knows where each of our own stands
        theirs = HANDBOOK["rules"][code]
        assert rule["en"][0].lower() + rule["en"][1:] == theirs["text_en"], code
        assert rule["zh"] == theirs["text_zh"], code
        source = "design" if theirs["basis"].startswith(UNPUBLISHED) else theirs["basis"]
        assert rule["basis"] == source, code


def test_a_rule_of_our_own_stands_only_in_rows_that_have_a_reason():
    with_a_reason = {code for _, code in RULES_ADDED}
    for region in OWN_REGIONS:
        with_a_reason |= {code for row in OURS["regions"][region]["transitions"] for code in row["rules"]}
    for table in TABLES:
        added = (row for row in TABLES[table][0]["transitions"] if row["id"] in ROWS_ADDED)
        with_a_reason |= {code for row in added for code in row["rules"]}
    assert {code for code in OURS["rules"] if code not in HANDBOOK["rules"]} <= with_a_reason


def test_every_clock_a_row_names_is_the_handbooks_with_its_kind_and_term():
    assert set(CLOCKS) - set(HANDBOOK["clocks"]) == OWN_CLOCKS.keys()
    for name, (kind, zh) in CLOCKS.items():
        if name in OWN_CLOCKS:
            continue
        assert (kind, zh) == (HANDBOOK["clocks"][name]["kind"], HANDBOOK["clocks"][name]["zh"]), name
    for decided in (CASE.workflow, *(region.workflow for region in CASE.regions.values())):
        for step in decided.steps:
            assert step.clock_names <= set(CLOCKS), step.id


def test_wire_names_are_record_or_region_and_command():
    flows = {CASE.name: CASE.workflow, **{name: CASE.regions[name].workflow for name in REGIONS}}
    for table, flow in flows.items():
        for step in flow.steps:
            if not step.rides:
                assert step.command.wire == f"{table}.{our_row(table, step.id)['command']}"
