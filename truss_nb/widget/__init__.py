"""The widget: try the bundle live, watch every stage, export it.

    views      ipywidgets controls: build, observe, paint
    session    all that can be decided without a screen; what it says are plain values
    pages      what it says → HTML
    run        one run of the stages, watched
    exporting  an export as it was asked for, and what came of it
    controls   which control sets a parameter
    inputs     what a person enters → what a client would send
    schema     what an input is made of, as far as the bundle says it → fields
    look       a value → HTML that people read at a glance; everything is escaped
    worker     the thread that does one thing after the other

Only ``views`` knows ipywidgets, and nothing is imported before a widget is asked for.
"""
