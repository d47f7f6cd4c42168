"""What a person enters becomes what a client would send."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from page import Page, controls, text

from truss_nb.widget.inputs import File, InputError, in_field, read_file, read_json
from truss_nb.widget.session import Session
from truss_nb.widget.views.entry import Entry

WRONG = [
    ('{"a": 1,\n "b" 2}', "Line 2, column 6: Expecting ':' delimiter."),
    ("[1, 2", "Line 1, column 6: Expecting ',' delimiter."),
    ("{'a': 1}", "Line 1, column 2: JSON puts text in double quotes."),
    ("[True]", "Line 1, column 2: JSON writes true, false and null."),
    ("[NaN]", "JSON has no NaN: write null."),
    ("[-Infinity]", "JSON has no Infinity: write null."),
    ("", "Type JSON"),
    ("[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_in_json_is_told_with_its_place(text, told):
    with pytest.raises(InputError) as raised:
        read_json(text)
    assert told in str(raised.value)


SENT = [
    ("base64", base64.b64encode(b"h\xc3\xa9").decode()),
    ("text", "hé"),
    ("bytes", b"h\xc3\xa9"),
    ("text or base64", "hé"),
]


@pytest.mark.parametrize(("sent_as", "value"), SENT)
def test_a_file_is_sent_as_the_user_chooses(tmp_path, sent_as, value):
    assert read_file(File("a.txt", b"h\xc3\xa9"), sent_as) == value
    (tmp_path / "a.txt").write_bytes(b"h\xc3\xa9")
    assert read_file(File.at(str(tmp_path / "a.txt")), sent_as) == value


HELD = {
    "JSON": ("a.JSON", '\ufeff[{"a": null}]', [{"a": None}]),
    "JSON of a URL": ("http://a/b.json?v=1", "3", 3),
    "records": (
        "a.csv",
        'who,km,zip,rain\n"Ann, B",4.5,0123,\nBo,-3,1e2,NaN\nCy\n',
        [
            {"who": "Ann, B", "km": 4.5, "zip": "0123", "rain": None},
            {"who": "Bo", "km": -3, "zip": 100.0, "rain": "NaN"},
            {"who": "Cy", "km": None, "zip": None, "rain": None},
        ],
    ),
    "a spreadsheet's": ("a.csv", "\ufeffa;b\r\n1;true\r\n", [{"a": 1, "b": "true"}]),
    "text": ("a.txt", "[1]", "[1]"),
}


@pytest.mark.parametrize(("name", "content", "value"), HELD.values(), ids=HELD)
def test_a_file_is_sent_as_its_name_says(name, content, value):
    file = File(name, content.encode())
    assert read_file(file, file.sent_as) == value


SPOILT = [
    ("a.json", b"[1,", "a.json, sent as JSON: Line 1, column 4"),
    ("a.json", b"[NaN]", "a.json, sent as JSON: JSON has no NaN: write null."),
    ("a.json", b"\xff", "a.json, sent as JSON: isn't text"),
    ("a.csv", b"a,b\n1,2,3\n", "a.csv, sent as CSV records: Line 2 has more cells"),
    ("a.csv", b"a,b\n", "a.csv, sent as CSV records: It has no row"),
]


@pytest.mark.parametrize(("name", "content", "told"), SPOILT)
def test_a_file_that_is_not_what_its_name_says_is_told(name, content, told):
    file = File(name, content)
    with pytest.raises(InputError) as raised:
        read_file(file, file.sent_as)
    assert str(raised.value).startswith(told)


def test_what_is_no_text_is_told():
    photo = File("photo", b"\xff\xd8")
    with pytest.raises(InputError, match="photo isn't text"):
        read_file(photo, "text")
    assert read_file(photo, "text or base64") == "/9g="


def test_what_is_behind_a_url_is_fetched(tmp_path):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/a" else 404)
            self.end_headers()
            self.wfile.write(b"there")

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert File.at(f"{url}/a") == File(f"{url}/a", b"there")
        with pytest.raises(InputError, match=r"can't be fetched: 404 Not Found\.$"):
            File.at(f"{url}/b")
        server.shutdown()
    for where in (url, "http://127.0.0.1:1", "http://no.such.host.invalid"):
        with pytest.raises(InputError) as raised:
            File.at(f"{where}/a")
        assert (
            str(raised.value) == f"{where}/a can't be fetched: nothing answers there."
        )
    with pytest.raises(InputError, match="can't be read: No such file"):
        File.at(str(tmp_path / "none"))


def test_a_value_goes_into_a_field():
    assert in_field("x", " image ") == {"image": "x"}
    assert in_field("x", "") == "x"
    assert in_field({"image": "x"}, "image") == {"image": "x"}
    assert in_field({"name": "x"}, "image") == {"image": {"name": "x"}}


# In the widget

ECHO = "%%truss_predict\ndef predict(x):\n    return repr(x)"


@pytest.fixture
def echo(notebook):
    notebook.run_cell(ECHO)
    return Page(notebook.run_cell("%truss_widget"))


def answered(page):
    page.click("truss-run")
    return page.result.answer


def upload(page, name, content):
    page.choose("truss-upload", name, content)


def test_text_is_sent_as_text(echo):
    echo.find("truss-input-kind").value = "Text"
    echo.find("truss-text").value = '{"not": json'
    assert answered(echo) == '"\'{\\"not\\": json\'"'
    echo.find("truss-field").value = "text"
    assert answered(echo) == "\"{'text': '{\\\"not\\\": json'}\""


KEYS = [
    # what is sent, what Text is sent in, and File, and what JSON may look like
    ("text: str", "text", "text", '{"text": "…"}'),
    ("text: str; top: int = 3", "text", "text", '{"text": "…", "top": 3}'),
    ("photo: Base64Bytes; name: str", "name", "photo", '{"photo": "…", "name": "…"}'),
    ("one: str; two: str", "", "", '{"one": "…", "two": "…"}'),
    ("size: float; loud: bool", "", "", '{"size": 0.5, "loud": true}'),
]


@pytest.mark.parametrize(("fields", "texts", "files", "hint"), KEYS)
def test_the_key_that_the_bundle_knows_is_filled_in(
    notebook, fields, texts, files, hint
):
    pytest.importorskip("pydantic")
    notebook.run_cell(
        "%%truss_predict\nfrom pydantic import Base64Bytes, BaseModel\n"
        f"class Order(BaseModel):\n    {fields}\n"
        "def predict(order: Order):\n    return order.model_dump_json()"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    for kind, key in (("Text", texts), ("File", files)):
        page.find("truss-input-kind").value = kind
        assert page.find("truss-field").value == key
    page.find("truss-input-kind").value = "JSON"
    assert page.find("truss-input").placeholder == f"JSON, such as {hint}"
    assert answered_check(page) == f"Type JSON, such as: {hint}"


def test_a_field_that_a_person_named_stays(notebook):
    notebook.run_cell('%%truss_predict\ndef predict(x):\n    return x["text"].upper()')
    page = Page(notebook.run_cell("%truss_widget"))
    page.find("truss-input-kind").value = "Text"
    page.find("truss-text").value = "hello"
    assert answered(page) == '"HELLO"'
    for named in ("other", ""):
        page.find("truss-field").value = named
        for kind in ("File", "Text"):
            page.find("truss-input-kind").value = kind
            assert page.find("truss-field").value == named


def test_a_file_that_holds_the_whole_input_goes_into_no_key(notebook):
    notebook.run_cell('%%truss_predict\ndef predict(x):\n    return x["text"].upper()')
    page = Page(notebook.run_cell("%truss_widget"))
    page.find("truss-input-kind").value = "File"
    for name, content, key in (
        ("whole.json", b'{"text": "hello"}', ""),
        ("mail.txt", b"hello", "text"),
    ):
        upload(page, name, content)
        assert page.find("truss-field").value == key
        assert answered(page) == '"HELLO"'


def test_text_is_none_of_the_json_beside_it(echo):
    assert echo.run('{"a": 1}').answer == "\"{'a': 1}\""
    echo.find("truss-input-kind").value = "Text"
    assert echo.find("truss-text").value == ""
    assert answered(echo) == "\"''\""


def test_an_upload_is_sent_as_chosen(echo, monkeypatch):
    bundle = type(echo.widget.session.bundle)
    monkeypatch.setattr(bundle, "url", "http://127.0.0.1:4711")
    echo.find("truss-input-kind").value = "File"
    assert answered_check(echo) == "Choose a file."
    upload(echo, "a.bin", b"\xff\x00")
    assert answered(echo) == "\"'/wA='\""
    echo.find("truss-field").value = "image"
    assert answered(echo) == "\"{'image': '/wA='}\""
    echo.find("truss-sent-as").value = "bytes"
    assert answered(echo) == "\"{'image': b'\\\\xff\\\\x00'}\""
    curl = text(echo.result.html)
    assert "-H 'Content-Type: application/octet-stream' --data-binary @" in curl
    echo.find("truss-sent-as").value = "text"
    assert "a.bin isn't text" in answered_check(echo)


def test_files_of_records_are_sent_as_what_they_hold(echo, tmp_path):
    (tmp_path / "batch.json").write_text('[{"km": null}]')
    echo.find("truss-input-kind").value = "File"
    echo.find("truss-link").value = "batch.json"
    assert echo.find("truss-sent-as").value == "JSON"
    assert answered(echo) == "\"[{'km': None}]\""
    upload(echo, "batch.csv", b"km,who\n1.5,Ann\n")
    assert echo.find("truss-sent-as").value == "CSV records"
    assert answered(echo) == "\"[{'km': 1.5, 'who': 'Ann'}]\""
    echo.find("truss-sent-as").value = "text"
    assert answered(echo) == "\"'km,who\\\\n1.5,Ann\\\\n'\""
    (tmp_path / "spoilt.json").write_text("[1,")
    echo.find("truss-link").value = "spoilt.json"
    assert echo.sees("truss-check").startswith("spoilt.json, sent as JSON: Line 1")
    upload(echo, "photo.png", b"\xff\xd8")
    assert echo.find("truss-sent-as").value == "text or base64"


def test_an_input_with_nan_goes_by_msgpack_alone_and_says_so(notebook, echo):
    notebook.run_cell("%truss_example [{'km': float('nan')}] --name holes")
    echo.find("truss-chip").click()
    echo.click("truss-run")
    told = text(echo.result.part("truss-answer"))
    assert "sent only by msgpack ($[0].km is NaN)" in told
    echo.find("truss-input-kind").value = "JSON"
    told = "JSON has no NaN: write null."
    assert echo.sees("truss-check") == told
    assert "truss-bad" not in echo.find("truss-check").value  # nobody has typed it
    assert answered_check(echo) == told
    assert "truss-bad" in echo.find("truss-check").value
    assert "msgpack" not in echo.run('[{"km": null}]').part("truss-answer")


def test_what_the_form_has_no_room_for_is_still_there_as_json(notebook):
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    return x['text']")
    notebook.run_cell("%truss_example {'text': float('nan')} --name hole")
    page = Page(notebook.run_cell("%truss_widget"))
    page.find("truss-input-kind").value = "Form"
    assert "still there as JSON" in page.sees("truss-check")
    page.find("truss-input-kind").value = "JSON"
    assert page.find("truss-input").value == '{"text": NaN}'


def answered_check(page):
    page.click("truss-run")
    return page.sees("truss-check")


PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 5_000
LOOKS = {
    "mail.txt": (b"Dear all,\nit is <late>.\n" * 4, "mail.txt 96 B Dear all,"),
    "cat.png": (PNG, "cat.png 5 kB"),
    "model.bin": (b"\xff" * 3_000_000, "model.bin 3 MB"),
}


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("way", ["upload", "path"])
def test_a_file_shows_its_name_its_size_and_what_is_in_it(echo, tmp_path, way, name):
    content, seen = LOOKS[name]
    echo.find("truss-input-kind").value = "File"
    if way == "upload":
        upload(echo, name, content)
    else:
        (tmp_path / name).write_bytes(content)
        echo.find("truss-link").value = name
    shown = echo.find("truss-preview").value
    assert text(shown).startswith(seen)
    assert ("it is <late>." in text(shown)) == name.endswith("txt")
    assert ("<img" in shown) == name.endswith("png")


def test_a_path_is_read_as_a_file(echo, tmp_path):
    (tmp_path / "mail.txt").write_text("You won a prize")
    echo.find("truss-input-kind").value = "File"
    echo.find("truss-link").value = "mail.txt"
    assert answered(echo) == "\"'You won a prize'\""


def test_a_path_that_leads_nowhere_is_told_and_the_old_file_is_not_sent(echo, tmp_path):
    (tmp_path / "a.txt").write_text("old")
    echo.find("truss-input-kind").value = "File"
    echo.find("truss-link").value = "a.txt"
    assert answered(echo) == "\"'old'\""
    echo.find("truss-link").value = "b.txt"
    assert "b.txt can't be read: No such file" in echo.sees("truss-upload-told")
    assert answered_check(echo) == "Choose a file."
    assert echo.result.status.startswith("Run 1:")


def test_an_upload_that_never_came_is_told_and_the_old_file_is_not_sent(echo):
    echo.find("truss-input-kind").value = "File"
    assert "over about 10 MB" in echo.sees("truss-upload-told")
    on_a_page(echo)
    upload(echo, "old.txt", b"old")
    assert answered(echo) == "\"'old'\""
    lose_connection(echo)
    told = echo.sees("truss-upload-told")
    assert "Choose the file again" in told
    assert "websocket_max_message_size" in told
    assert echo.find("truss-preview").value == ""
    assert answered_check(echo) == "Choose a file."
    upload(echo, "new.txt", b"new")
    assert "over about 10 MB" in echo.sees("truss-upload-told")
    assert answered(echo) == "\"'new'\""


def on_a_page(page):
    """Be a page that shows the button; it counts itself."""
    page.find("truss-upload")._view_count = 1


def lose_connection(page):
    """Ask for all states, as a page does that was away."""
    page.find("truss-upload").get_state()
    page.wait()


def test_a_page_that_first_opens_has_lost_nothing(echo):
    echo.find("truss-input-kind").value = "File"
    lose_connection(echo)
    assert "Choose the file again" not in echo.sees("truss-upload-told")


def test_nothing_is_red_before_a_click(echo):
    for kind in ("File", "Text", "JSON"):
        echo.find("truss-input-kind").value = kind
        assert echo.find("truss-check").value == ""
    for typed in ('{"a', "[1, ", "[1,\n 2", ""):
        echo.find("truss-input").value = typed
        assert "truss-bad" not in echo.find("truss-check").value
    echo.click("truss-run")
    assert "truss-bad" in echo.find("truss-check").value
    echo.find("truss-input").value = "[1, oops"
    assert "truss-bad" in echo.find("truss-check").value


def test_only_the_controls_of_the_chosen_kind_are_shown(echo):
    def shown():
        names = ("input", "text", "sent-as", "field")
        found = {name: echo.find(f"truss-{name}") for name in names}
        return [name for name, c in found.items() if c.layout.display != "none"]

    seen = {}
    for kind in echo.find("truss-input-kind").options:
        echo.find("truss-input-kind").value = kind
        seen[kind] = shown()
    assert seen == {
        "JSON": ["input", "field"],
        "Text": ["text", "field"],
        "File": ["sent-as", "field"],
    }


def test_who_can_name_no_file_is_told_of_none(echo):
    mine = echo.widget.session
    public = Session(mine.bundle, mine.painter, is_public=True)
    visited = Entry(public, lambda: None)
    found = {name: c for c in controls(visited.box) for name in c._dom_classes}
    assert "truss-upload" in found
    assert not any("link" in name for name in found)
    assert text(found["truss-upload-told"].value) == "Up to about 10 MB."
