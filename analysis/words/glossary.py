"""The words of this program: what each means here, which is not always what it means elsewhere."""

from __future__ import annotations

GLOSSARY: dict[str, str] = {
    "abandonment": "giving up a wait before anybody has turned to the case",
    "ablation": "a mechanism switched off under every org model alike, to see what it does",
    "accountable": "of a journey, whoever answers for its outcome by name; often nobody",
    "agent": "a customer's own software that acts for them: it remembers, compares, reports and "
    "negotiates; who has one is represented",
    "alarm": "a site about which more failures are heard of than chance explains",
    "baseline": "the org model that the others are compared with",
    "case": "one need on its way through the firm, from its start until it completes or is dropped",
    "congruity": "how far what somebody is paid for points to what the journey is worth",
    "contact": "one dealing of a customer with the firm's people: a visit, a call, a message",
    "design of the enterprise": "how the firm is set up: functions, touchpoints, owners, minutes; "
    "an org model may be run with one of its own",
    "drop-off": "a need that ends without being met, out of all needs of the market",
    "endpoint": "a customer without an agent, whom the firm reaches and who has to do the rest",
    "ensemble": "worlds in which a firm, organised in one way, gives the figures that firms like "
    "it are known to have",
    "enterprise": "the firm: its functions, its journeys step by step, and the facts steps need",
    "fact": "something about a customer or a case that a step needs to know",
    "failure demand": "contacts that would not be needed had the firm got it right before (Seddon)",
    "first-contact resolution": "the share of requests that one contact settles",
    "function": "a part of the firm with its own people and its own steps, such as sales",
    "hand-off": "a case that goes from one person to another; between functions it crosses a seam",
    "head": "one whole person, at a wage",
    "insight": "hours in which somebody looks into an alarm, to find what is behind it",
    "issue": "a belief about what is wrong at a site, on its way to a decision and a fix",
    "journey": "the steps by which one kind of need is met",
    "latent fault": "something done wrong that shows later, most often at another function",
    "lead": "to be ahead of every other org model by more than luck, and by more money than one "
    "head makes a difference of",
    "lever": "something by which one org model differs from another: a right, information, "
    "capacity, an incentive or time, never an outcome",
    "line": "the people who serve customers, and not those who coordinate",
    "need": "something a customer wants of the firm; it is met, dropped, or never arises",
    "net value": "margin less what was conceded, running and one-off cost, for each customer there "
    "at the start of the window, discounted",
    "note": "what a person writes down for whoever gets the case next; facts can be lost from it",
    "opening hours": "when a function's door is open on the clock; what arises while it is shut "
    "waits for it, and a door open for longer is kept by the same people in turns",
    "org model": "a way to organise the same people: a bundle of levers with a name",
    "paired": "taken between runs with the same customers, needs and luck, so that luck cancels",
    "peer": "a customer whose agent meets the firm as an equal; and the org model made for them",
    "prospect": "somebody who is not a customer yet and may join in the window",
    "P(best by luck)": "how often an org model would be best if only luck were drawn anew: at one "
    "point of the assumptions, and silent about what is not known",
    "record": "what a function has stored about a customer; a shared one is read by all",
    "regret": "what is given up by having chosen an org model where another one is best",
    "replicate": "one draw of luck; every org model has the same ones",
    "represented": "having an agent of one's own",
    "role": "people taken out of the line who coordinate, such as a CX team or journey owners",
    "seam": "the border between two functions, or two people of one, that cases cross",
    "segment": "a kind of customer",
    "Shapley value": "what of a difference is owed to one of several things changed: what it adds, "
    "on average over all orders in which they could be changed one after the other",
    "shared service centre": "a function that all units of a firm use together",
    "side duty": "coordination asked of people in the line, done as far as their incentives let it",
    "signal": "a failure that somebody voiced or measurement has seen",
    "silo": "a function that sees, measures and mends its own part only",
    "site": "a place where things go wrong: a touchpoint or a seam",
    "slice": "one customer in so many, simulated before as large a part of the line",
    "standing": "what the firm has earned with its customers, promise by promise, from 0 to 1",
    "study": "a file that names an enterprise, its market, the org models and the design",
    "tie": "knowing somebody well enough to ask; there are only so many for each person",
    "touchpoint": "one step of a journey, done by one function or by a machine",
    "unit": "a region or division with customers and some functions of its own",
    "utilisation": "the share of people's time that work takes",
    "warm-up": "time before the window, until the firm has settled; nothing of it is counted",
    "win": "to be ahead of every other org model by more than one head is worth and best in most "
    "worlds for certain, over hundreds of worlds and in each ensemble",
    "window": "the time that counts",
    "world": "one draw of everything that is assumed about people and firm; each has its own luck",
}
