"""Local reports from this register's own books: one file for each kind, all of them named in `kinds` (docs/reports.md)."""
