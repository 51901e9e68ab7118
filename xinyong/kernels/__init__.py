"""Compiled loops: arrays and numbers in, nothing else."""
