"""The widget: try the bundle live, watch every stage, export it.

    session   all that can be decided without a screen; what it says are plain values
    look      a value → HTML that people read at a glance; everything is escaped
    views     ipywidgets controls: build, observe, paint

Only ``views`` knows ipywidgets, and nothing is imported before a widget is asked for.
"""
