"""`python -m govflow`: the command line where no script is installed."""

from govflow.cli import main

main()
