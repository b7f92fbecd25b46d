"""States of public registries, and what each operation of `ecr-public` answers in them."""

RECIPES = []
