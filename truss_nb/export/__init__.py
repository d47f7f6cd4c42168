"""Export: write a bundle as a Truss folder, and prove that it answers the same."""
