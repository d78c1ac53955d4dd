"""A real event log, in chapters.

Reading it: `loan_visits` labels the events of the loan log as visits and cases. Deriving from it:
`loan_log` fits the loan enterprise, `loan_yaml` writes it down. Judging the fit: `log_statistics`
describes a real and a simulated log by one definition, `log_fit` sets a study's baseline beside a
firm's own log, `hand_offs` asks whether handing over as such drives customers away.
"""
