"""Bundle → folder: plan, write, run the examples live, prove, replace."""
