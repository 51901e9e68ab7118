"""Experiments: many worlds of one society that differ in rule patches only, and what comes out of them.

`switches` names the edges that can be cut, `design` says which worlds there are, `world` plays one, `farm` and
`cluster` play many, `folder` keeps them, `results` and `contrasts` compare them, `mechanism` draws what acts on what.
"""
