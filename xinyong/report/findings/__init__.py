"""Pages of an experiment's report; each file holds one."""
