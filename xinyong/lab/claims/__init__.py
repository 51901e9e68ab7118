"""What worlds of an experiment say of the paper's claims: estimands, decompositions, verdicts, planted worlds."""
