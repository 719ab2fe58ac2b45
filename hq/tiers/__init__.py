"""Where each account stands in the tiers: counted from its sales, reviewed, changed by hand, told to registers."""
