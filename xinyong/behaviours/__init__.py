"""What people and organisations do; one file each, none imports another."""
