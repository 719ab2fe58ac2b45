"""Why a program gives what it gives, or nothing, in sentences: one file for each kind of reader."""
