"""What a person enters becomes what a client would send."""

import base64
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from page import Page, text

from truss_nb.widget.inputs import InputError, in_field, read_file, read_json, read_link

WRONG = [
    ('{"a": 1,\n "b" 2}', "Line 2, column 6: Expecting ':' delimiter."),
    ("[1, 2", "Line 1, column 6: Expecting ',' delimiter."),
    ("{'a': 1}", "Line 1, column 2: JSON puts text in double quotes."),
    ("[True]", "Line 1, column 2: JSON writes true, false and null."),
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
]


@pytest.mark.parametrize(("sent_as", "value"), SENT)
def test_a_file_is_sent_as_the_user_chooses(tmp_path, sent_as, value):
    assert read_file(b"h\xc3\xa9", "a.txt", sent_as) == value
    (tmp_path / "a.txt").write_bytes(b"h\xc3\xa9")
    assert read_link(str(tmp_path / "a.txt"), sent_as) == value


def test_what_is_no_text_is_told():
    with pytest.raises(InputError, match="photo isn't text"):
        read_file(b"\xff\xd8", "photo", "text")


def test_a_link_is_fetched_or_sent_itself(tmp_path):
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
        assert read_link(f" {url}/a\n", "text") == "there"
        assert read_link(f"{url}/a", "the link itself") == f"{url}/a"
        with pytest.raises(InputError, match="can't be fetched: 404"):
            read_link(f"{url}/b", "text")
        server.shutdown()
    with pytest.raises(InputError, match="can't be fetched"):
        read_link(f"{url}/a", "text")
    with pytest.raises(InputError, match="can't be read: No such file"):
        read_link(str(tmp_path / "none"), "base64")


def test_a_value_goes_into_a_field():
    assert in_field("x", " image ") == {"image": "x"}
    assert in_field("x", "") == "x"


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
    file = {"name": name, "type": "", "size": len(content)}
    sent = {
        "last_modified": datetime.now(tz=timezone.utc),
        "content": memoryview(content),
    }
    page.find("truss-upload").value = ({**file, **sent},)


def test_text_is_sent_as_text(echo):
    echo.find("truss-input-kind").value = "Text"
    echo.find("truss-input").value = '{"not": json'
    assert answered(echo) == '"\'{\\"not\\": json\'"'
    echo.find("truss-field").value = "text"
    assert answered(echo) == "\"{'text': '{\\\"not\\\": json'}\""


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


def answered_check(page):
    page.click("truss-run")
    return page.sees("truss-check")


def test_the_limit_of_uploads_is_told(echo):
    assert "over about 10 MB" in echo.sees("truss-upload-limit")
    assert "websocket_max_message_size" in echo.sees("truss-upload-limit")


def test_a_url_goes_in_and_what_is_wrong_with_it_is_told(echo, tmp_path):
    echo.find("truss-input-kind").value = "URL or path"
    echo.find("truss-link").value = "http://127.0.0.1/cat.png"
    echo.find("truss-field").value = "url"
    assert answered(echo) == "\"{'url': 'http://127.0.0.1/cat.png'}\""
    echo.find("truss-link").value = str(tmp_path / "none.png")
    echo.find("truss-sent-as").value = "base64"
    echo.click("truss-run")
    assert "can't be read" in echo.result.status


def test_only_the_controls_of_the_chosen_kind_are_shown(echo):
    def shown():
        names = ("input", "link", "upload", "example-choice", "sent-as", "field")
        found = {name: echo.find(f"truss-{name}") for name in names}
        return [name for name, c in found.items() if c.layout.display != "none"]

    assert shown() == ["input", "field"]
    echo.find("truss-input-kind").value = "File"
    assert shown() == ["upload", "sent-as", "field"]
    echo.find("truss-input-kind").value = "URL or path"
    assert shown() == ["link", "sent-as", "field"]
    echo.find("truss-input-kind").value = "Example"
    assert shown() == ["example-choice", "field"]
