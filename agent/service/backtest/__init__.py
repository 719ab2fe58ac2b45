"""What another program set would have made of this register's own sales (docs/backtest.md)."""
