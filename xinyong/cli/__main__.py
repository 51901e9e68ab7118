"""`python -m xinyong.cli` is the command line too."""

from xinyong.cli import main

main()
