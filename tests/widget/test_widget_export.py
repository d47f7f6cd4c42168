"""What the bundle needs, and its export, in the widget."""

import os
from html import unescape

from doors import gate
from page import Page


def test_needs_are_told_when_a_person_turns_to_them(notebook, page):
    notebook.run_cell("SIZES = [1, 2, 3] * 200\ndef helper(x):\n    return x, SIZES")
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    return helper(x)[0]")
    page.find("truss-tabs").value = "Needs"
    page.wait()
    told = page.sees("truss-needs")
    assert "preprocess stage 42 B" in told
    assert "helper definition" in told
    assert "SIZES" in told


def test_needs_tell_requirements_problems_and_what_is_stale(notebook, page):
    notebook.run_cell("%truss_example [1] --name one")
    page.find("truss-needs-look").click()
    page.wait()
    assert "numpy==" in page.sees("truss-needs")
    assert "In the way" not in page.sees("truss-needs")
    notebook.run_cell("import threading\nfor LOCK in [threading.Lock()]: pass")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    with LOCK:\n        return x"
    )
    notebook.run_cell("def postprocess(out):\n    return 1")
    page.find("truss-needs-look").click()
    page.wait()
    told = page.sees("truss-needs")
    assert "predict → LOCK" in told
    assert "Open it in" in told or "load" in told
    assert "a cell has defined again since" in told
    assert "examples kept before the bundle's last change" in told


def test_needs_tell_the_files_that_come_along(notebook, page, tmp_path):
    (tmp_path / "labels.txt").write_text("cat")
    notebook.run_cell("%truss_file labels.txt")
    page.click("truss-needs-look")
    told = page.sees("truss-needs")
    assert "Files that come along" in told
    assert "data/labels.txt 3 B labels.txt you named it" in told


def test_needs_tell_what_has_changed_since_the_last_export(notebook, page, tmp_path):
    page.click("truss-needs-look")
    assert "since the export" not in page.sees("truss-needs")
    notebook.run_cell(f"%truss_export {tmp_path / 'out'} --no-prove")
    page.click("truss-needs-look")
    assert "Nothing has changed since the export" in page.sees("truss-needs")
    notebook.run_cell("def listed(x):\n    return ['<i>', *x]")
    page.click("truss-needs-look")
    told = page.sees("truss-needs")
    assert "Changed since the export" in told
    assert "model/model.py changed" in told
    assert "+ return ['<i>', *x]" in told
    assert "<i>" not in page.find("truss-needs").value


def test_an_export_is_written_proven_and_shown(page, tmp_path):
    page.find("truss-input").value = "[1, 2]"
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-name").value = "tiny"
    page.click("truss-export-run")
    told = "Written and proven: 1 of 1 example answers the same, in 3 stages."
    assert page.sees("truss-export-message") == told
    assert page.find("truss-export-progress").value == 1
    told = page.sees("truss-exported")
    assert "config.yaml" in told
    assert "model/model.py" in told
    assert "Proof in a fresh process" in told
    for stage in ("load", "preprocess", "predict", "postprocess", "answer"):
        assert f"{stage} same" in told or f"{stage} loaded" in told
    code = (tmp_path / "out" / "model" / "model.py").read_text()
    assert code in unescape(page.find("truss-exported").value)
    assert "model_name: tiny" in (tmp_path / "out" / "config.yaml").read_text()


def test_progress_is_told_step_by_step(page, tmp_path):
    seen = []
    page.find("truss-export-message").observe(lambda c: seen.append(c["new"]), "value")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-prove").value = False
    page.click("truss-export-run")
    steps = " ".join(seen)
    assert steps.index("capture …") < steps.index("write …")
    told = "Written; nothing is proven: there is no example."
    assert page.sees("truss-export-message") == told


def test_what_is_in_the_way_of_an_export_is_told(notebook, page, tmp_path):
    notebook.run_cell("import threading\nfor LOCK in [threading.Lock()]: pass")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    with LOCK:\n        return x"
    )
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.click("truss-export-run")
    assert "LOCK" in page.sees("truss-export-message")
    assert not (tmp_path / "out").exists()
    page.find("truss-export-folder").value = " "
    page.click("truss-export-run")
    assert "Name the folder" in page.sees("truss-export-message")


def test_what_a_person_edited_is_kept_unless_they_say_otherwise(page, tmp_path):
    folder = tmp_path / "out"
    page.find("truss-export-folder").value = str(folder)
    page.find("truss-export-prove").value = False
    page.click("truss-export-run")
    (folder / "mine.txt").write_text("mine")
    page.click("truss-export-run")
    told = page.sees("truss-export-message")
    box = page.find("truss-export-overwrite").description
    assert f"mine.txt: was added. Move it elsewhere, or tick “{box}”" in told
    page.click("truss-needs-look")
    assert f"or tick “{box}” under Export" in page.sees("truss-needs")
    assert "--overwrite" not in told + page.sees("truss-needs")
    assert (folder / "mine.txt").read_text() == "mine"
    page.find("truss-export-overwrite").value = True
    page.click("truss-export-run")
    told = "Written; nothing is proven: there is no example."
    assert page.sees("truss-export-message") == told


def test_what_is_drawn_is_neither_good_nor_bad(notebook, page, tmp_path):
    notebook.run_cell(
        "%%truss_predict\nimport secrets\n"
        "def predict(x): return {'predictions': [secrets.randbelow(2**50) / 2**50]}"
    )
    page.find("truss-input").value = "[1]"
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.click("truss-export-run")
    told = page.sees("truss-export-message")
    assert told.startswith("Written: 0 of 1 example answers the same, in 3 stages; ")
    assert told.endswith("drawn was compared by type, shape, keys and range.")
    assert 'truss-fair">' in page.find("truss-export-message").value
    assert page.find("truss-export-progress").bar_style == "warning"


def test_a_failed_proof_is_shown_with_what_was_written(notebook, page, tmp_path):
    notebook.run_cell(
        "%%truss_predict\nimport os\ndef predict(x):\n"
        f"    if os.getpid() != {os.getpid()}:\n"
        "        raise LookupError('elsewhere')\n"
        "    return {'predictions': [1]}"
    )
    page.find("truss-input").value = "[1]"
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.click("truss-export-run")
    told = "Written, and its proof failed: 0 of 1 example answers the same."
    assert page.sees("truss-export-message") == told
    told = page.sees("truss-exported")
    assert "predict FAILED" in told
    assert "LookupError: elsewhere" in told
    assert "model.py" in told


@gate
def test_it_is_proven_in_a_new_environment_too(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    return [2 * x]")
    page = Page(notebook.run_cell("%truss_widget"))
    page.find("truss-input").value = "21"
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-venv").value = True
    page.click("truss-export-run")
    assert page.sees("truss-export-message").startswith("Written and proven: 1 of 1")
    told = page.sees("truss-exported")
    assert told.count("predict same") == 2
    assert told.count("Proof in ") == 2


def test_what_is_old_looks_old_and_says_since_what(notebook, page, tmp_path):
    page.run("[1, 2]")
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    assert page.sees("truss-export-parameters") == (
        "Parameters in config.yaml: scale=2, k=3"
    )
    page.find("truss-export-prove").value = False
    page.click("truss-export-run")
    page.find("truss-parameter-k").value = 1
    told = page.result.status
    assert told.endswith("This is from before: k was 3 and is 1.")
    assert page.sees("truss-export-parameters").endswith("k=1")
    told = page.sees("truss-export-message")
    assert told.endswith("Since then: k was 3 and is 1.")
    assert 'truss-fair">' in page.find("truss-export-message").value
    assert page.find("truss-export-progress").bar_style == "warning"
    page.click("truss-example-run-all")
    assert "✗ differs k was 3 and is 1" in page.sees("truss-examples")
    page.find("truss-parameter-k").value = 3
    assert "from before" not in page.result.status
    assert "Since then" not in page.sees("truss-export-message")
    notebook.run_cell("%truss_config resources.cpu=2")
    assert "Since then: the settings changed." in page.sees("truss-export-message")
    notebook.run_cell("%truss_config --remove resources.cpu")
    assert "Since then" not in page.sees("truss-export-message")
    notebook.run_cell("def listed(x):\n    return x.tolist()[::-1]")
    assert "listed has changed" in page.result.status
    assert "listed has changed" in page.sees("truss-export-message")


def test_a_folder_that_was_edited_or_moved_is_told_at_its_export(
    notebook, page, tmp_path
):
    folder = tmp_path / "out"
    page.run("[1, 2]")
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(folder)
    page.click("truss-export-run")
    readme, elsewhere = folder / "README.md", tmp_path / "elsewhere"
    written = readme.read_bytes()
    looks = (
        lambda: notebook.run_cell("unused = 1"),
        lambda: page.find("truss-tabs").set_trait("value", "Export"),
    )

    def told():
        page.find("truss-tabs").value = "Try"
        seen = []
        for look in looks:
            look()
            seen.append(page.sees("truss-export-message").partition("Since then: ")[2])
        assert seen[0] == seen[1]
        bar = page.find("truss-export-progress").bar_style
        assert bar == ("warning" if seen[0] else "success")
        return seen[0]

    assert told() == ""
    readme.write_text("mine")
    (folder / "notes.txt").write_text("mine")
    assert told() == "README.md was edited, notes.txt was added."
    (lost,) = notebook.bundle.status().changes.by_hand[:1]
    assert told().startswith(f"{lost.name} {lost.reason}")
    readme.write_bytes(written)
    (folder / "notes.txt").unlink()
    assert told() == ""
    folder.rename(elsewhere)
    assert told() == "the folder isn't there any more."
    assert "The folder isn't there any more." in str(notebook.bundle.status())
    elsewhere.rename(folder)
    assert told() == ""


def test_a_stopped_export_leaves_all_as_it_was(page, tmp_path):
    page.find("truss-export-folder").value = str(tmp_path / "out")
    stop = page.widget.session.stop
    page.find("truss-export-message").observe(lambda _: stop(), "value")
    page.click("truss-export-run")
    told = f"Stopped: nothing was written, {tmp_path / 'out'} is as it was."
    assert page.sees("truss-export-message") == told
    assert not (tmp_path / "out").exists()


def test_an_export_is_stopped_where_it_was_begun(page, tmp_path):
    go, stop = page.find("truss-export-run"), page.find("truss-export-stop")
    seen = []

    def stops(_):
        seen.append((go.disabled, stop.disabled))
        stop.click()

    assert (go.disabled, stop.disabled) == (False, True)
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-progress").observe(stops, "value")
    page.click("truss-export-run")
    assert (True, False) in seen
    assert page.sees("truss-export-message").startswith("Stopped: nothing was written")
    assert (go.disabled, stop.disabled) == (False, True)
    assert not (tmp_path / "out").exists()


def test_an_export_that_waited_can_be_asked_for_again(notebook, page, tmp_path):
    notebook.run_cell("import threading\ngate = threading.Event()")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    gate.wait(30)\n    return 1"
    )
    page.find("truss-input").value = "[1]"
    page.find("truss-run").click()
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-run").click()
    page.find("truss-export-stop").click()
    notebook.shell.user_ns["gate"].set()
    page.until(lambda: not page.find("truss-export-run").disabled)
    assert page.sees("truss-export-message") == "Stopped: nothing was written."
    assert page.find("truss-export-stop").disabled
