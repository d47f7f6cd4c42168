"""What is refused of config.yaml is what the installed Truss refuses."""

import json
from pathlib import Path

from configs import Writer
from doors import IS_GATE

from truss_nb.errors import SettingError
from truss_nb.truss import config_keys
from truss_nb.truss.config_keys import as_truss_takes, refusals, unknown_keys

COUNT = 5_000 if IS_GATE else 500


def test_the_schema_is_what_the_command_writes(script):
    file = Path(config_keys.__file__).with_name("config.schema.json")
    assert file.read_text() == script("schema.py")


def written(config):
    """Return a config as it would be written, and what is told; None if refused."""
    try:
        made = {key: as_truss_takes(key, value) for key, value in config.items()}
    except SettingError:
        return None, ()
    if any(refusals(made)):
        return None, ()
    return made, [*unknown_keys(made)]


def test_truss_takes_what_is_taken_here_and_hardly_anything_else(script):
    configs = [*Writer(seed=13).configs(COUNT)]
    ours = [written(config) for config in configs]
    asked = [*configs, *(made or {} for made, _ in ours)]
    verdicts = json.loads(script("verdicts.py", json.dumps(asked)))
    theirs, then = verdicts[:COUNT], verdicts[COUNT:]
    rows = [*zip(configs, ours, theirs, then, strict=True)]
    taken = [(config, made) for config, (made, _), door, _ in rows if door is None]
    assert [config for config, made in taken if made is None] == []

    missed = [
        (config, after)
        for config, (made, told), _, after in rows
        if made is not None and after and not (after[0] == "push" and told)
    ]
    refused = COUNT - len(taken)
    assert refused > COUNT / 4
    assert len(missed) <= 0.05 * refused, missed
