"""The double-entry ledger: postings, balances, lots, leases and coupons."""
