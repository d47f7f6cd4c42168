"""Code: the text of model.py and of the modules beside it."""
