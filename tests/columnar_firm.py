"""A small model with customers in columns, and its twin made of Mesa's own agents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.agents.customer import ColumnarModelMixin
from sim.state.arrays import RULES
from sim.state.customers import CONTACT, CUSTOMER
from sim.study.parameters import REGISTRY

FUNCTIONS = ("sales", "service")
SEGMENTS = ("firms", "households")
NAMES = ["segment", "represented", "standing", "memory", "liking", "left_at", "joined_at"]


def columns_of(n: int) -> SimpleNamespace:
    """Return made-up columns of n customers."""
    luck = np.random.default_rng(5)
    customers = np.zeros(n, CUSTOMER)
    customers["segment"] = luck.integers(0, 2, n)
    customers["represented"] = luck.integers(0, 2, n)
    customers["standing"] = luck.integers(0, 8, n) / 8.0  # ties, for sorting
    for name in ("memory", "liking"):
        customers[name] = luck.random(n)
    customers["joined_at"] = np.where(luck.random(n) < 0.2, np.inf, -np.inf)
    customers["left_at"] = np.where(luck.random(n) < 0.2, 50.0, np.inf)
    customers["hazard"] = luck.exponential(0.01, n)
    customers["hazard_left"] = luck.exponential(1.0, n)
    customers["since"] = luck.uniform(0, 90, n)
    contacts = np.zeros(n * len(FUNCTIONS), CONTACT)
    contacts["kept"] = luck.integers(0, 5, len(contacts))
    contacts["broken"] = luck.integers(0, 5, len(contacts))
    rules = np.zeros(1, RULES)
    rules["standing_base"] = REGISTRY["standing_base"].default
    rules["day_zero"] = 40.0
    return SimpleNamespace(
        customers=customers,
        contacts=contacts,
        rules=rules,
        functions=FUNCTIONS,
        bases=np.full((2, len(FUNCTIONS)), rules["standing_base"][0]),
    )


class Clerk(mesa.Agent):
    """An ordinary agent."""

    def __init__(self, model: Firm, skill: float = 1.0):
        super().__init__(model)
        self.skill = skill
        self.stepped = 0

    def step(self) -> None:
        """Count."""
        self.stepped += 1


class Firm(ColumnarModelMixin, mesa.Model):
    """A model with columns and two clerks, the second of them late."""

    hour = 100.0

    def __init__(self, n: int = 50, seed: int = 1):
        super().__init__(rng=seed)
        self.state = columns_of(n)  # type: ignore[assignment]
        self.blueprint = SimpleNamespace(functions=FUNCTIONS, segments=SEGMENTS)  # type: ignore[assignment]
        self.clerks = [Clerk(self)]
        self.install_customers()
        self.clerks.append(Clerk(self, 2.0))


class Plain(mesa.Agent):
    """The same customer as an agent of Mesa's own making."""

    def __init__(self, model: mesa.Model, values: dict[str, Any]):
        super().__init__(model)
        vars(self).update(values)

    def halve(self, factor: float = 0.5) -> float:
        """Change and return something."""
        self.liking *= factor
        return self.liking


def plain_twin(firm: Firm) -> mesa.Model:
    """Return a model whose agents have the values of a firm's customers."""
    model = mesa.Model(rng=1)
    for customer in firm.customers:
        names = [*NAMES, "is_present", "kept", "customer_id"]
        Plain(model, {name: getattr(customer, name) for name in names})
    return model


def ids_of(agents: Any) -> list[int]:
    """Return the numbers of customers in order."""
    return [agent.customer_id for agent in agents]
