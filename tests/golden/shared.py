"""Truss model reader."""

import functools
import json

words = ["a", "b"]
vocabulary = words
state = {"words": words, "seen": []}


def twice(function):
    @functools.wraps(function)
    def inner(value):
        return function(function(value))

    return inner


@twice
def mark(value):
    return value + vocabulary[0]


class Base:
    def go(self):
        return json.dumps(state)


class Child(Base):
    pass


def preprocess(model_input):
    return mark(model_input) + Child().go()


def predict(model_input):
    return model_input


class Model:
    """Gives each stage the one-input method that the server calls."""

    def preprocess(self, model_input):
        return preprocess(model_input)

    def predict(self, model_input):
        return predict(model_input)
