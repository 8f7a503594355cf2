"""What the case's own table has beyond the handbook's, each with the reason."""

ROWS = {
    "X01": "reporters of merged cases are told through the master: the follower's own stream says when and what",
    "X02": "an imported case stands where its source says: a unit has it",
    "X03": "an imported case stands where its source says: no unit has it yet",
    "X04": "the source says that the imported case was closed; nothing between is invented",
    "X05": "what was resolved on the spot has no unit that leads: sent back, nobody could do anything about it",
}
RULES = {
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
    ("C02", "somebody_else_can_accept"): "petitions §30: else it would be reported to those it is about, or to nobody",
    ("C02", "matter_has_a_title"): "without one nothing says what is to be done (M059)",
    ("C56", "external_outcome_is_told"): "the handbook's guard «what the other body did; a declined competence»",
}
STOPS = {("C32", "recheck"): "the recheck is done, not dropped; «*» covers it in the handbook"}
