"""The portal: runs of invented societies in a browser, and the same as JSON. Read-only over run folders."""
