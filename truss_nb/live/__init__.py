"""Live: the stages in this process, their traces and the kept examples."""
