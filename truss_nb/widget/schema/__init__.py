"""What an input looks like, as far as the bundle says it: fields for a form.

    field     one part of an input: what a person enters ↔ what is sent
    table     rows and columns, in each way in which JSON writes them
    schema    an input made of fields: its value ↔ what stands in each
    told      fields that the first stage's annotation tells
    reads     fields that the first stage reads, as its code says
    seen      fields that examples have
    find      all of these put together

Nothing here shows anything: the form makes controls of the fields.
"""
