"""Proves for each operation of a service's model that the server has it whole, or says what it has not.

Called by `cargo xtask coverage` with the server's address and credentials in the environment.
"""

import os
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

import iam
import private
import public
import sts
from model import Service
from query import QueryClient
from wire import Client, Unexpected

SERVICES = {
    "ecr": (Client, private.RECIPES),
    "ecr-public": (Client, public.RECIPES),
    "sts": (QueryClient, sts.RECIPES),
    "iam": (QueryClient, iam.RECIPES),
}
EXCUSES = Path(__file__).parent / "excuses.toml"
# What is left for a later version, by name: a plain error says so.
UNAVAILABLE = "is not available in this version of Plimsoll"


class Proof:
    """What was proven of one service, and what was not."""

    def __init__(self, client, excuses):
        self.client = client
        self.service = client.service
        self.book = client.book
        self.later = client.later = set(excuses.get("later", []))
        self.excuses = {kind: dict(excuses.get(kind, {})) for kind in ("constraints", "errors", "outputs")}
        self.used = set()
        self.counts = Counter()
        self.faults = []

    def excused(self, kind, operation, what):
        """Whether a fact need not be proven: by an entry for it, or one for many in which `*` stands for anything."""
        fact = f"{operation} {what}"
        for key in self.excuses[kind]:
            if re.fullmatch(re.escape(key).replace(r"\*", ".*"), fact):
                self.used.add((kind, key))
                return True
        return False

    def refuse(self, operation):
        """Breaks every constraint of an operation's input, one at a time."""
        for rule, value, words in self.service.violations(operation):
            kind = "required" if rule.endswith(" missing") else "constraints"
            self.counts[operation, kind, "declared"] += 1
            if self.excused("constraints", operation, rule):
                self.counts[operation, kind, "excused"] += 1
                continue
            _, answer = self.client.send(operation, value)
            message = answer.get("message", "")
            named = re.search(rf"['.]{words[0]}'", message, re.IGNORECASE)
            if answer.get("__type") != self.service.violation(operation) or not named or words[1] not in message:
                self.faults.append(f"{operation}: {rule} is answered by {said(answer)}")
            else:
                self.counts[operation, kind, "proven"] += 1
        for place, value in self.service.mistyped(operation):
            _, answer = self.client.send(operation, value)
            self.counts[operation, "types", "declared"] += 1
            if answer.get("__type") != "SerializationException":
                self.faults.append(f"{operation}: {place} of a wrong type is answered by {said(answer)}")
            else:
                self.counts[operation, "types", "proven"] += 1

    def recipes(self, recipes):
        """Makes states, and asks in them."""
        for recipe in recipes:
            try:
                recipe(self.client)
            except Unexpected as error:
                self.faults.append(f"recipe {recipe.__name__}: {error}")

    def answer_later(self, operation):
        """An operation of a later version says that it is not there."""
        _, answer = self.client.send(operation, self.service.sample(self.service.input(operation)))
        if UNAVAILABLE not in answer.get("message", ""):
            self.faults.append(f"{operation} does not say that it {UNAVAILABLE}: {said(answer)}")

    def conclude(self, operation):
        """Counts the errors and output members of an operation, and notes those without a proof."""
        later = operation in self.later
        if operation not in self.book.reached and not later:
            self.faults.append(f"{operation} was not reached")
        facts = [
            ("errors", self.service.errors(operation), self.book.errors[operation]),
            ("outputs", sorted(self.service.outputs(operation)), self.book.filled[operation]),
        ]
        for kind, declared, proven in facts:
            for what in declared:
                self.counts[operation, kind, "declared"] += 1
                if what in proven:
                    self.counts[operation, kind, "proven"] += 1
                    if f"{operation} {what}" in self.excuses[kind]:
                        self.faults.append(f"{operation} {what} is excused and proven: take the excuse away")
                elif later or self.excused(kind, operation, what):
                    self.counts[operation, kind, "excused"] += 1
                else:
                    verb = "produced" if kind == "errors" else "filled"
                    self.faults.append(f"{operation}: {what} is not {verb}")

    def finish(self):
        self.faults += sorted(set(self.book.wrong))
        for kind, keys in self.excuses.items():
            unused = [key for key in keys if (kind, key) not in self.used]
            self.faults += [f"the excuse of {kind} for {key} is not needed" for key in unused]

    def run(self, recipes):
        for operation in self.client.served:
            self.refuse(operation)
        for operation in sorted(self.later):
            self.answer_later(operation)
        self.recipes(recipes)
        for operation in self.client.served:
            self.conclude(operation)
        self.finish()

    def table(self):
        heads = ("operation", "reached", "required", "constraints", "types", "errors", "output members")
        print(f"\n{self.service.name}: proven/declared; +n more are excused, with a reason in {EXCUSES.name}")
        if unserved := len(self.service.operations) - len(self.client.served):
            print(f"the {len(self.client.served)} operations served; {unserved} more are answered as unknown")
        print(f"{heads[0]:42}" + "".join(f"{head:>15}" for head in heads[1:]))
        for operation in self.client.served:
            reached = "yes" if operation in self.book.reached else "later" if operation in self.later else "NO"
            cells = [self.cell([operation], kind) for kind in ("required", "constraints", "types", "errors", "outputs")]
            print(f"{operation:42}{reached:>15}" + "".join(f"{cell:>15}" for cell in cells))
        every = self.client.served
        cells = [self.cell(every, kind) for kind in ("required", "constraints", "types", "errors", "outputs")]
        reached = f"{len(self.book.reached)}/{len(every)}"
        print(f"{'all':42}{reached:>15}" + "".join(f"{cell:>15}" for cell in cells))

    def cell(self, operations, kind):
        def total(what):
            return sum(self.counts[operation, kind, what] for operation in operations)

        declared, excused = total("declared"), total("excused")
        if not declared:
            return "-"
        return f"{total('proven')}/{declared}" + (f"+{excused}" if excused else "")


def said(answer):
    return f"{answer.get('__type', 'success')}: {answer.get('message', '')}"[:300]


def main():
    botocore, region = os.environ["BOTOCORE"], os.environ["AWS_REGION"]
    credentials = (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    excuses = tomllib.loads(EXCUSES.read_text())
    proofs = []
    for name, (kind, recipes) in SERVICES.items():
        if name in os.environ.get("SERVICES", name).split():
            client = kind(os.environ["ENDPOINT"], credentials, Service(botocore, name), region)
            proofs.append(Proof(client, excuses.get(name, {})))
            proofs[-1].run(recipes)
    for proof in proofs:
        proof.table()
    faults = [f"{proof.service.name} {fault}" for proof in proofs for fault in proof.faults]
    print(f"\n{len(faults)} faults")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


sys.exit(main())
