"""What the tables of the joint project and of its own regions have beyond the handbook's, each with the reason."""

ROWS = {
    "JX01": "J06, J15, J31 and J35 ask for the word of who joins or takes the lead over: a step that gives it",
    "JX02": "as JX01: a word that was given may be taken back while nobody relies on it",
    "JX03": "J21 asks that the dedicated supervisors sign: a step that signs (M113)",
    "JX04": "J23 asks that the accounts are published: a step that publishes them (M092)",
    "JX05": "J04 and J30 bring a need back to where it was proposed: it may be said better before it is listed again",
    "BU06": "a bill that comes late, or a voucher found wrong, once its line is closed",
}

_PUBLIC = "M158, PIPL: what everybody may read carries no number or address of a person"
_APART = "M090: neither builders nor parties judge what was built"
_OWN_WORD = "M104, v1 J06: whoever has said what it brings in is bound by its own word, not by another's"
_RISK = "decision reg §35: works found uncontrollable are changed or paused, not begun or delivered"
_PURSE = "M090: who holds two offices moves no money of works that they, or their unit, have a part in"
_APPROVER = "M090: nobody approves the works that their own unit leads or builds"
_AS_APPROVED = (
    "as J08: what is changed afterwards is decided like what was approved, or a change would be the way round it"
)
_LINES = "M110: what is granted covers what its lines hold, and no kind of project has more than its cap"
_OPEN = "M092: closed accounts stay as they are until somebody opens them again"
_CALLED = "M113: of all residents and units those accept who were named for it"
_OWN_FEEDBACK = "M114: whether an answer does is said by whoever raised it, or by a supervisor"
_ANSWERED = "M090: nobody answers what they have raised themselves"
_TERM = "petitions §34, as everywhere: a due instant that is named lies ahead"
_PAPER = "decision reg §22: an assessment is a report on file"
_CONTRACT = "M137: a service that is bought has its contract"
_WATCHERS = "M113: whoever comes to build, or takes the lead, may be no dedicated supervisor"
_TOWN = "the handbook's «project_lead, town»: the lead acts with the town's leave, the town by itself"
_LISTED = "as J16: nobody gives a listed project up to be rid of its listing"
RULES = {
    ("J01", "kind_is_in_the_policy"): "M104: what a kind asks for cannot be pinned where the policy has no such kind",
    ("J01", "texts_hide_people"): _PUBLIC,
    ("J01", "source_is_there_and_public"): "petitions §30: a project is public, a confidential matter is not",
    ("J01", "need_is_measured_soundly"): "M106: what is measured in two ways can be matched to nothing",
    ("J01", "fund_comes_with_its_record"): "M110: money won in a budget round comes from the round alone",
    ("J03", "texts_hide_people"): _PUBLIC,
    ("J03", "claims_are_still_taken"): "M103: the last day for claims holds before the clock is ticked, too",
    ("J28", "texts_hide_people"): _PUBLIC,
    ("J28", "claims_are_still_taken"): "as in J03: for the second claimer as for the first",
    ("J05", "claim_is_ones_own"): "M103: nobody takes back what another unit has claimed",
    ("J29", "claim_is_ones_own"): "as in J05",
    ("J31", "texts_hide_people"): _PUBLIC,
    ("J06", "parties_have_agreed"): "nobody is made a party by somebody else's word (v1 J06: both sides)",
    ("J06", "pledges_are_ones_own"): _OWN_WORD,
    ("J35", "pledges_are_ones_own"): _OWN_WORD,
    ("JX01", "texts_hide_people"): _PUBLIC,
    ("J06", "contracts_are_named"): _CONTRACT,
    ("J06", "scope_is_true"): "M105: a pairing inside an alliance is one of its members",
    ("J06", "texts_hide_people"): _PUBLIC,
    ("J07", "required_papers_are_attached"): _PAPER,
    ("J27", "required_papers_are_attached"): _PAPER,
    ("J01", "profile_is_in_the_plan"): "M150: what is judged is known before, by indicators that the plan has",
    ("J37", "supervisors_stay"): "M113: the watched do not choose their watchers once it is approved",
    ("J10", "risk_is_controllable"): _RISK,
    ("J14", "upheld_objections_get_a_new_plan"): "M092: a reason alone answers no upheld objection",
    ("J19", "risk_is_controllable"): _RISK,
    ("J23", "finance_takes_no_part"): _PURSE,
    ("J40", "finance_takes_no_part"): _PURSE,
    ("J08", "approver_does_not_lead"): _APPROVER,
    ("J08", "budget_covers_its_lines"): _LINES,
    ("J08", "public_money_is_within_the_cap"): _LINES,
    ("J08", "households_are_not_understated"): "M082: with fewer households than the need names there was no hearing",
    ("J11", "texts_hide_people"): _PUBLIC,
    ("J10", "no_objection_is_upheld"): "M092: an upheld objection is answered by a changed plan, not by works",
    ("J14", "approver_does_not_lead"): _APPROVER,
    ("J14", "approving_decision_is_recorded"): _AS_APPROVED,
    ("J14", "risk_is_controllable"): _AS_APPROVED,
    ("J14", "hearing_is_recorded_if_residents_affected"): _AS_APPROVED,
    ("J14", "budget_covers_its_lines"): _LINES,
    ("J14", "public_money_is_within_the_cap"): _LINES,
    ("J14", "texts_hide_people"): _PUBLIC,
    ("J15", "town_has_agreed"): _TOWN,
    ("J16", "texts_hide_people"): _PUBLIC,
    ("J24", "texts_hide_people"): _PUBLIC,
    ("J42", "texts_hide_people"): _PUBLIC,
    ("J34", "personal_data_is_withheld"): _PUBLIC,
    ("JX03", "acceptors_are_not_builders"): _APART,
    ("CL05", "another_claim_is_left"): "J30: a need that nobody claims any more leaves the list, or is listed on",
    ("J15", "supervisors_are_not_builders"): _WATCHERS,
    ("J08", "due_lies_ahead"): _TERM,
    ("J16", "town_has_agreed"): _TOWN,
    ("J24", "listed_record_has_supervisor_consent"): _LISTED,
    ("J42", "listed_record_has_supervisor_consent"): _LISTED,
    ("J19", "handback_is_described"): "M116: what was adopted for a term is handed back, and in which state is said",
    ("J19", "texts_hide_people"): _PUBLIC,
    ("J20", "day_of_remedy_lies_ahead"): "M043: each defect becomes a ledger item with its day",
    ("J20", "acceptors_are_not_builders"): _APART,
    ("J20", "texts_hide_people"): _PUBLIC,
    ("J26", "texts_hide_people"): _PUBLIC,
    ("J32", "texts_hide_people"): _PUBLIC,
    ("J34", "new_value_fits_its_field"): "a correction may not leave a value that the field cannot have",
    ("J35", "party_is_new"): "M143: a party joins once, and the lead is handed over by J15 alone",
    ("J35", "contracts_are_named"): _CONTRACT,
    ("J35", "supervisors_are_not_builders"): _WATCHERS,
    ("J35", "texts_hide_people"): _PUBLIC,
    ("J36", "promises_of_the_party_are_settled"): "M104: what was promised is kept or released before a party goes",
    ("J36", "party_goes_itself_or_is_let_go"): "a unit that is not the lead lets nobody go but itself",
    ("J37", "team_and_members_are_named"): "M113: a team without members is none",
    ("J38", "texts_hide_people"): _PUBLIC,
    ("J39", "implementer_is_not_appraiser"): _APART,
    ("J39", "defects_and_due_are_named"): "M043: each defect becomes a ledger item with its day",
    ("J39", "texts_hide_people"): _PUBLIC,
    ("J41", "parts_are_named"): "M106: what goes on by itself has a title",
    ("J41", "texts_hide_people"): _PUBLIC,
    ("BU01", "commitment_bears_its_lines"): "M111: lines on promised money ask for no more than was promised",
    **{(f"BU0{number}", "finance_takes_no_part"): _PURSE for number in range(2, 6)},
    **{(f"EX0{number}", "finance_takes_no_part"): _PURSE for number in range(2, 5)},
    ("BU02", "lines_are_within_approved_budget"): _LINES,
    ("BU03", "lines_are_within_approved_budget"): _LINES,
    ("BU03", "amount_covers_what_was_spent"): "M110: a line is not cut below what was spent of it",
    ("BU04", "spent_money_has_come"): "M111: nothing is paid out of a promise alone",
    ("BU05", "spent_money_has_come"): "as in BU04: freeing a line is no way round closing it",
    ("EX01", "voucher_is_entered_once"): "M092: one receipt, one voucher",
    ("EX01", "spender_is_a_party"): "M092: whose the voucher is, is known",
    ("EX02", "accounts_of_its_line_are_open"): _OPEN,
    ("EX03", "accounts_of_its_line_are_open"): _OPEN,
    ("EX03", "paying_back_has_a_date"): "the handbook's guard «to be paid back as a commitment»: one with its day",
    ("EX04", "accounts_of_its_line_are_open"): _OPEN,
    ("MS01", "owner_takes_part"): "M113: a plan binds those who take part, and none of those who watch",
    ("MS01", "due_lies_ahead"): _TERM,
    ("MS01", "words_hide_people"): _PUBLIC,
    ("MS02", "words_hide_people"): _PUBLIC,
    ("MS03", "acceptor_is_called_to_it"): _CALLED,
    ("MS04", "acceptor_is_called_to_it"): _CALLED,
    ("MS04", "due_lies_ahead"): _TERM,
    ("MS04", "words_hide_people"): _PUBLIC,
    ("MS05", "words_hide_people"): _PUBLIC,
    ("J12", "feedback_says_something"): "M114: what says nothing cannot be answered",
    ("J12", "words_hide_people"): _PUBLIC,
    ("FB02", "answered_by_another_than_its_raiser"): _ANSWERED,
    ("FB02", "words_hide_people"): _PUBLIC,
    ("FB03", "raiser_or_supervisor_says_so"): _OWN_FEEDBACK,
    ("FB04", "raiser_or_supervisor_says_so"): _OWN_FEEDBACK,
    ("FB04", "words_hide_people"): _PUBLIC,
    ("FB06", "raiser_takes_it_back"): "another's feedback is not one's own to take back",
    ("FB06", "words_hide_people"): _PUBLIC,
}
STOPS = {("J14", "publicity"): "M092: what is changed is announced anew, and the new notice stands its whole time"}
WHO = {
    ("BU01", "system"): "what a budget round has reserved for a winner becomes its line at once",
    ("BU02", "system"): "an approval reserves every planned line in the same append",
    ("MS03", "resident"): "M113: dedicated supervisors are residents and units, and accept in person",
    ("MS03", "organisation"): "as for residents",
    ("MS04", "resident"): "as for MS03",
    ("MS04", "organisation"): "as for MS03",
}
