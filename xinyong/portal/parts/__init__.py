"""The parts of the portal: each file adds its questions to the site."""
