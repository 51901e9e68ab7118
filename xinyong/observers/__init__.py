"""Observers write down what happens to persons, to compare twin worlds; nobody may act on what they write."""
