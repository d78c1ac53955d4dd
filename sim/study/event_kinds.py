"""The event log: kinds of event in the order of their numbers, their names, and the columns."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

EVENT_KINDS: dict[str, str] = {
    "arrival": "begins",
    "visit": "served",
    "automated": "passed by itself",
    "skip": "skipped, all was known",
    "loss": "fell between",
    "chase": "chased by the customer",
    "found": "found by the firm",
    "completed": "completed",
    "dropped": "dropped",
    "call_back": "called back for a fact",
    "contact": "a contact ends",
}
"""What stands in the column ``kind`` of an event, and what it means to a customer."""

ACTIVITIES: dict[str, str] = {
    "arrival": "arrived",
    "skip": "skipped",
    "loss": "lost",
    "chase": "chased",
    "found": "found",
    "completed": "completed",
    "dropped": "dropped",
    "call_back": "called back",
    "contact": "off the line",
}
"""Name of the activity by kind, for what is no service: a visit is called by its touchpoint."""

CONTACT_KINDS = ("", "first", "another", "repeat", "chase", "call_back", "recontact")
"""Kinds of contact, in the order of their numbers, which begin at 1."""

# fmt: off
EVENT_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec(
        name="case:concept:name", dtype="string",
        meaning="customer, need and recontact of the case, as in `17-3-0`"),
    ColumnSpec(
        name="concept:name", dtype="string",
        meaning="`journey/touchpoint` that was worked on, or what happened instead: arrived, "
        "skipped, lost, chased, found, completed, dropped, called back or off the line"),
    ColumnSpec(
        name="org:group", dtype="string",
        meaning="function that served; of a dropped case, that held it; missing for everything "
        "that no person does"),
    ColumnSpec(
        name="org:resource", dtype="string",
        meaning="who of the function served, numbered; missing where nobody served"),
    ColumnSpec(
        name="start_timestamp", dtype="timestamp",
        meaning="when work began, on the working calendar or the firm's own"),
    ColumnSpec(
        name="time:timestamp", dtype="timestamp",
        meaning="when it ended, on the working calendar or the firm's own"),
    ColumnSpec(
        name="lifecycle:transition", dtype="string",
        meaning="complete"),
    ColumnSpec(
        name="kind", dtype="string",
        meaning="arrival, visit, automated, skip, loss, chase, found, completed, dropped, "
        "call_back or contact"),
    ColumnSpec(
        name="detail", dtype="string",
        meaning="error of a visit, exit of a completed or withdrawn case, cause of a drop-off, "
        "kind of a contact; else empty"),
    ColumnSpec(
        name="touchpoint", dtype="string",
        meaning="`journey/touchpoint` that was worked on, or before which the case stood"),
    ColumnSpec(
        name="site", dtype="string",
        meaning="touchpoint or seam at which a case was lost or a need dropped, else empty"),
    ColumnSpec(
        name="journey", dtype="string",
        meaning="name of the journey"),
    ColumnSpec(
        name="segment", dtype="string",
        meaning="name of the customer's segment"),
    ColumnSpec(
        name="customer_id", dtype="int32",
        meaning="the same customer under every org model"),
    ColumnSpec(
        name="need", dtype="int32",
        meaning="which need of this customer"),
    ColumnSpec(
        name="recontact", dtype="int32",
        meaning="0 for the first contact about a need, then how often it has come back"),
    ColumnSpec(
        name="contact_id", dtype="string",
        meaning="contact that the row is part of: customer, need and number of the contact, as in "
        "`17-3/2`; missing while customer and people are not in touch"),
    ColumnSpec(
        name="queued_hour", dtype="float64", unit="working hours",
        meaning="when the case joined the queue, since the run began"),
    ColumnSpec(
        name="start_hour", dtype="float64", unit="working hours",
        meaning="when work began, since the run began"),
    ColumnSpec(
        name="end_hour", dtype="float64", unit="working hours",
        meaning="when it ended, since the run began"),
    ColumnSpec(
        name="in_window", dtype="bool",
        meaning="whether it began in the window: touchpoints, seams and costs are counted so"),
    ColumnSpec(
        name="in_cohort", dtype="bool",
        meaning="whether the case's need arose in the window: rates and scores are counted so"),
    ColumnSpec(
        name="recommend", dtype="float64", unit="points, 0 to 10",
        meaning="at the end of a case: likelihood to recommend; missing if the customer had "
        "left"),
    ColumnSpec(
        name="satisfaction", dtype="float64", unit="points, 1 to 5",
        meaning="at the end of a contact: satisfaction; missing if the customer had left"),
    ColumnSpec(
        name="effort", dtype="float64", unit="points, 1 to 5",
        meaning="at the end of a case: effort; missing if the customer had left"),
    ColumnSpec(
        name="surveyed", dtype="bool",
        meaning="whether the customer answered a survey at the end of the case, not only judged "
        "it"),
    ColumnSpec(
        name="asked_again", dtype="string",
        meaning="facts that a visit asked for although they had been given in this case, as in "
        "`address, consent`; else empty"),
    ColumnSpec(
        name="fault_from", dtype="string",
        meaning="of a visit at which a fault of an earlier step shows, the touchpoint that left "
        "it; else empty"),
    ColumnSpec(
        name="accountable", dtype="string",
        meaning="who is accountable by name for the seam at which a case is lost, chased, found or "
        "dropped, else for the touchpoint; or nobody"),
    ColumnSpec(
        name="standing", dtype="float64", unit="index 0 to 1",
        meaning="of the firm with the customer as the row comes about; of a visit, before it is "
        "judged"),
)
# fmt: on
"""Columns of the event log, in order."""
