"""What courts, lists, platforms and cities do; one file each, none imports another."""
