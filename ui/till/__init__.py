"""The till: one screen, goods on the left, the member in the middle, the keypad on the right."""
