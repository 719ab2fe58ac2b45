"""One case in full, for the person who asks why: our programs, each quote, and what differs."""

from __future__ import annotations

import dataclasses

import msgspec

from tests.conformance.runner import Outcome, Step


def explained(outcome: Outcome) -> str:
    """Several lines: title, then each step with its program set, quote and differences."""
    parts = [f"{outcome.id}: {outcome.title} ({outcome.level})"]
    parts += [_step(step) for step in outcome.steps]
    return "\n".join(parts)


def _step(step: Step) -> str:
    parts = [
        f"\nStep {step.number}: {_json({key: value for key, value in step.data.items() if key != 'expect'})}"
    ]
    priced = step.result.priced
    if priced is not None:
        parts += [
            "Programs: " + _json(priced.translation.document),
            "Quote input: " + _json(priced.quote_input),
            "Quote: " + _json(priced.quote),
            f"Left to pay: {priced.left_minor} (tenders: {[(t.kind, t.amount_minor) for t in priced.tenders]})",
        ]
    parts += ["Return: " + _json(dataclasses.asdict(each.refund)) for each in step.result.returns]
    parts.append("Expected: " + _json(step.data.get("expect", {})))
    parts += [f"Differs: {difference}" for difference in step.differences]
    return "\n".join(parts)


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
