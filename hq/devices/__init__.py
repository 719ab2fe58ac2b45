"""Stores, their registers, the registers' journals (chains), and the codes that enrol a register."""
