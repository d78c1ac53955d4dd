"""The text of a starter study: small, complete, every section with its reason."""

_STARTER = """\
# A starter study: a firm with three functions, compared under two ways to organise it.
#
#   PROGRAM validate STUDY_NAME.yaml     checks it and shows what was understood
#   PROGRAM compare STUDY_NAME.yaml      runs the comparison
#   PROGRAM schema > study.schema.json   lets an editor complete and check as you type
#
# Whatever is left out has a default. An unknown word is an error, with the nearest one named.

study: STUDY_NAME
description: Which way to organise keeps more of our customers?

# --- Who your customers are, and what they need; the same under every org model ---
market:
  customers: 30000
  prospects: 4000             # people who may join, spread over the window
  agent_adoption: 0.1         # share of customers with a personal agent that acts for them
  segments:
    households:
      share: 0.8              # the shares of all segments add up to 1
      revenue_per_year: 500
      margin_share: 0.4       # what is left of revenue before staff cost
      needs_per_year: {change: 1.0, renew: 1.0}   # journeys below, times a year
    businesses:
      share: 0.2
      revenue_per_year: 1500
      margin_share: 0.4
      needs_per_year: {change: 2.0, renew: 1.0}
      patience: 0.8           # waits less long than others
      voice: 1.5              # says more often what went wrong

# --- The firm; this section can also be the path of a file, of your own or a bundled one ---
enterprise:
  enterprise: my_firm
  functions:                  # heads are computed from demand, unless you fix them: {heads: 12}
    sales: {}
    service: {}
    operations: {}
  facts:                      # what one function knows and the next one needs
    identity: customer        # customer: is kept from case to case
    request: case             # case: ends with the case
  journeys:
    join:
      start: offer
      recontact: question     # where somebody comes back whose case went wrong
      effect: joins           # completing it makes a customer
      value: 100              # margin on completing
      exits: {declined: withdrawn}
      touchpoints:
        offer:
          owner: sales
          mode: live          # live: patience in minutes; deferred: in days
          minutes: 40         # mean work
          produces: [identity, request]
          latent_fault: 0.05  # something promised here that goes wrong later
          next: {set_up: 0.6, declined: 0.4}
        set_up:
          owner: operations
          minutes: 60
          requires: [identity, request]
          mandatory: true
          error: 0.04         # goes wrong visibly and is done again
          next: {welcome: 1}
        welcome:
          owner: nobody       # an automated message takes nobody's time
          automated: true
          next: {completed: 1}
        question:
          owner: service
          mode: live
          minutes: 20
          requires: [identity, request]
          next: {completed: 1}
    change:
      start: ask
      touchpoints:
        ask:
          owner: service
          mode: live
          minutes: 15
          requires: [identity]
          produces: [request]
          error: 0.03
          latent_fault: 0.03
          next: {completed: 0.5, carry_out: 0.5}
        carry_out:
          owner: operations
          minutes: 50
          requires: [identity, request]
          mandatory: true
          error: 0.04
          next: {completed: 1}
    renew:
      start: remind
      effect: renews          # dropping out of it is leaving
      touchpoints:
        remind:
          owner: sales
          minutes: 5
          requires: [identity]
          next: {completed: 0.7, talk: 0.3}
        talk:
          owner: service
          mode: live
          minutes: 25
          requires: [identity]
          produces: [request]
          next: {completed: 1}

# --- The ways to organise it: each is a bundle of levers; the name is for the legend only ---
# An entry can also be the path of a file: your own, beside this one, or one that comes with the
# program, such as organisations/siloed.yaml. Of two with one name, your own is taken.
baseline: as_it_is
organisations:
  - organisation: as_it_is
    label: As it is
    technology: {record: shared}              # all functions write to one record, such as a CRM
    # No other entry: every function on its own, a seam decided by both sides.
  - organisation: journey_owners
    label: Journey owners
    staffing: {journey_owners: 1}             # heads for each journey, taken from the line
    ownership: {seams: journey_owner, journeys: journey_owner}
    authority: 0.5                            # how often their word overrides an owner's no
    incentives: {shared_journey_weight: 0.3}  # part of the reward that all functions share
    information: {measurement: journey}
    technology: {record: shared}

# --- How the comparison is run ---
design:
  seed: 1
  replicates: 8               # draws of demand and luck, the same for every org model
  horizon_days: 260           # working days; 260 are a year
  warm_up_days: 130

# Assumptions of yours in place of the program's (docs/parameters.md lists them all).
parameters:
  ask_probability: 0.7
"""


def starter(study: str, program: str) -> str:
    """Return the text of a starter study.

    Parameters
    ----------
    study : str
        Its name.
    program : str
        The word that starts the program, in its hints.
    """
    return _STARTER.replace("PROGRAM", program).replace("STUDY_NAME", study)
