"""A printer of software: it takes the same bytes as a real one, answers like one, can be out of paper like one, and
shows its paper as picture and text. The demo and the tests print on it. `python -m printers.virtual` runs it alone.
"""
