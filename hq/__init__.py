"""HQ, the central server: it stores every register's journal, keeps the ledger, and sends the feed down."""
