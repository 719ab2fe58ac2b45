"""The register's memory: SQLite, and the only SQL at the register. One statement to a function."""
