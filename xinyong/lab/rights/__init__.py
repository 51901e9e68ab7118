"""The rights audit: what a world costs in rights, by system, beside the world without that system."""
