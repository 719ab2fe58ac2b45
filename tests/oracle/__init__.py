"""A second pricer, written apart from the engine: slow, plain, and asked which deal is really the best.

It follows docs/engine.md and shares nothing with the engine but the data: programs, rewards, baskets, quote inputs.
`python -m tests.oracle --baskets 1000 --seed 1` compares the two on shops that nobody chose.
"""
