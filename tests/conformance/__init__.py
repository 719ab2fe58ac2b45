"""The engine beside other people's: cases as neutral data, translated into programs of ours and compared.

    python -m tests.conformance FILE [--id ID] [--json]

The adapter knows the vocabulary of the cases and never a case. A word that it does not know skips the case, with
the word as the reason: nothing passes because it was not read. docs/decisions/conformance.md says how words are understood.
"""
