"""A cashier's day at the till: real window, services, store, spooler and virtual printer."""
