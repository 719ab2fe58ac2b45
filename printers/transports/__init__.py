"""The ways to a printer. Each is a `Transport` (base.py) and knows nothing of receipts."""
