"""What passes between a register and HQ."""
