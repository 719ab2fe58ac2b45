"""What HQ gives or keeps outside a basket: one file for each kind of member program."""
