"""The what-if page: a strategist turns levers and sees what happens."""
