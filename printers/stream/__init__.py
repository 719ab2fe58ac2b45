"""Reading ESC/POS: a stream of bytes -> commands -> what is on the paper -> picture and text."""
