"""What is shown → HTML, escaped: a run, the examples, what comes along."""
