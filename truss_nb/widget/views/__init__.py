"""The widget's controls: each file builds one part, observes it, and paints it."""
