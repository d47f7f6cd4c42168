"""The campaign of hostile objects in short: what holds itself, what can't be a key."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import hostile


def test_no_object_that_holds_itself_ends_raw():
    found = hostile.run("in itself, alone")
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok", "refused"} <= {each.result for each in found}


def test_no_code_of_a_thousand_steps_ends_raw():
    found = [*hostile.run("a deep reg"), *hostile.run("a thousand branches, al")]
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok"} <= {each.result for each in found}


def test_no_class_that_lies_of_its_name_or_has_no_hash_ends_raw():
    found = [*hostile.run("no hash, alone"), *hostile.run("class whose name lies, al")]
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok", "refused"} <= {each.result for each in found}


def test_nothing_that_is_gone_or_too_long_to_be_written_ends_raw():
    found = [*hostile.run("a weak proxy, alone"), *hostile.run("long number, as a")]
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok", "refused"} <= {each.result for each in found}


def test_nothing_that_never_ends_is_waited_for():
    found = hostile.run("an endless list, in a container")
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok", "refused"} <= {each.result for each in found}
