"""Receipts: document -> layout -> ESC/POS bytes and -> picture, and the spooler that prints the print jobs.

`build_printer` (build.py) makes the spooler, `encode_receipt` and `receipt_picture` (receipts.py) turn one receipt into
bytes and into a picture of the same layout.
"""
