"""A widget driven as a person would: values are set, buttons clicked, texts read."""

import re
from html import unescape
from time import monotonic, sleep
from typing import ClassVar
from weakref import WeakSet


class Page:
    """What a person sees of a widget, and does with it."""

    _workers: ClassVar = WeakSet()

    def __init__(self, widget):
        self.widget = widget
        self._workers.add(widget.session.worker)

    @classmethod
    def close_all(cls):
        """Leave them: none shows anything in a later test."""
        for worker in [*cls._workers]:
            worker.close()

    def find(self, name):
        """Return the control with this class."""
        found = [c for c in controls(self.widget.root) if name in c._dom_classes]
        assert len(found) == 1, f"{len(found)} controls are {name}"
        return found[0]

    def sees(self, name):
        """Return the texts of a line of HTML, without marks."""
        return text(self.find(name).value)

    def choose(self, name, file, content):
        """Send a file as the page of ipywidgets 8 does, or of 7."""
        told = {"name": file, "type": "", "size": len(content)}
        sent = {"value": [{**told, "last_modified": 0, "content": memoryview(content)}]}
        button = self.find(name)
        if "data" in button.keys:
            data = [memoryview(content)]
            sent = {"metadata": [told], "data": data, "_counter": button._counter + 1}
        button.set_state(sent)

    def click(self, name):
        self.find(name).click()
        self.wait()

    def wait(self):
        """Wait until all that was asked for is done."""
        self.until(lambda: not self.widget.session.worker.pending)

    def until(self, is_so):
        """Wait until the page shows something."""
        end = monotonic() + 60
        while not is_so():
            assert monotonic() < end, self.find("truss-output").value
            sleep(0.01)

    def run(self, json):
        self.find("truss-input-kind").value = "JSON"
        self.find("truss-input").value = json
        self.click("truss-run")
        return self.result

    @property
    def result(self):
        return Result(self.find("truss-output").value)


class Result:
    """A run, as it is painted."""

    def __init__(self, html):
        self.html = html

    def stage(self, name):
        return text(self.part(f"truss-stage-{name} "))

    def part(self, name):
        parts = rf'<section class="[^"]*{name}.*?</section>'
        return "".join(re.findall(parts, self.html, re.DOTALL))

    def html_of(self, name):
        return self.part(f"truss-stage-{name} ")

    @property
    def answer(self):
        found = re.search(r'<pre class="truss-json">(.*?)</pre>', self.html, re.DOTALL)
        return unescape(found[1]) if found else None

    @property
    def seen(self):
        """What a person reads of the answer, without unfolding anything."""
        large = self.html.partition('<div class="truss-large">')[2]
        return text(re.split(r"</div>(?:<details|</section>)", large)[0])

    @property
    def status(self):
        return text(
            re.search(r"<div class=\"truss-status.*?</div>", self.html, re.DOTALL)[0]
        )


def controls(root):
    yield root
    for child in getattr(root, "children", ()):
        yield from controls(child)


def text(html):
    """Return HTML as a reader sees it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
