"""Makes the test data beside this file with Jupyter's own Python packages, independently of our code:

before.ipynb   a notebook as nbformat writes it, with old outputs and fields that the runner knows nothing of
messages.json  what a kernel publishes while its cells run: [cell, kind, content]
after.ipynb    the same notebook with those outputs, as nbformat writes it
signed.json    a message as jupyter_client signs it, in base64

Run it with a Python that has nbformat and jupyter_client, such as the one that `stylenet lab` sets up.
"""
import base64
import copy
import json
import pathlib

import nbformat
from jupyter_client.session import Session
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

here = pathlib.Path(__file__).parent
pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

cells = [
    new_markdown_cell("# 題 <b>Title</b> & more\n\nText with \\ and \"quotes\".\n\n## First heading\n", id="intro"),
    new_code_cell('fmt.Println("a < b && c")\n', id="stream", outputs=[new_output("stream", text="old\n")],
                  execution_count=7, metadata={"tags": ["x", "y"], "zoom": 1.50, "collapsed": False}),
    new_code_cell("", id="empty"),
    new_code_cell("show()", id="show"),
    new_code_cell("redraw()\nbar()", id="redraw"),
    new_code_cell("never()", id="never", outputs=[new_output("stream", text="old\n")], execution_count=9),
]
notebook = new_notebook(cells=cells, metadata={
    "kernelspec": {"name": "stylenet", "language": "go", "display_name": "Go (StyleNet)"},
    "stylenet": {"quick": {"steps": "3", "size": "64"}, "empty": {}, "list": []},
})
notebook.nbformat_minor = 5
nbformat.write(notebook, here / "before.ipynb")

messages = [
    [1, "execute_input", {"code": "…", "execution_count": 1}],
    [1, "stream", {"name": "stdout", "text": "one\ntw"}],
    [1, "stream", {"name": "stdout", "text": "o\n"}],
    [1, "stream", {"name": "stderr", "text": "warning"}],
    [1, "stream", {"name": "stdout", "text": "三\n"}],
    [3, "display_data", {"data": {"text/plain": "first", "image/png": pixel}, "metadata": {"image/png": {"width": 4}},
                         "transient": {"display_id": "live"}}],
    [3, "display_data", {"data": {"text/html": "<b>two\nlines</b>\n"}, "metadata": {}, "transient": {}}],
    [3, "update_display_data", {"data": {"text/plain": "second"}, "metadata": {}, "transient": {"display_id": "live"}}],
    [4, "stream", {"name": "stderr", "text": "10 %\r20 %\r"}],
    [4, "stream", {"name": "stderr", "text": "100 %\n"}],
    [4, "update_display_data", {"data": {"text/plain": "third\nand last"}, "metadata": {}, "transient": {"display_id": "live"}}],
    [4, "execute_result", {"data": {"application/json": {"b": 1, "a": "x\ny"}, "text/plain": "{}"}, "metadata": {},
                           "execution_count": 3, "transient": {}}],
    [4, "error", {"ename": "ERROR", "evalue": "it failed", "traceback": ["it failed", "\u001b[31mred\u001b[0m"]}],
]
(here / "messages.json").write_text(json.dumps(messages, indent=1, ensure_ascii=False) + "\n")

after = copy.deepcopy(notebook)
for cell in after.cells[1:]:
    cell.outputs, cell.execution_count = [], None
after.cells[1].execution_count = 1
after.cells[1].outputs = [new_output("stream", name="stdout", text="one\ntwo\n"),
                          new_output("stream", name="stderr", text="warning"),
                          new_output("stream", name="stdout", text="三\n")]
after.cells[3].execution_count = 2
after.cells[3].outputs = [new_output("display_data", {"text/plain": "third\nand last"}),
                          new_output("display_data", {"text/html": "<b>two\nlines</b>\n"})]
after.cells[4].execution_count = 3
after.cells[4].outputs = [
    new_output("stream", name="stderr", text="100 %\n"),
    new_output("execute_result", {"application/json": {"b": 1, "a": "x\ny"}, "text/plain": "{}"}, execution_count=3),
    new_output("error", ename="ERROR", evalue="it failed", traceback=["it failed", "\u001b[31mred\u001b[0m"]),
]
nbformat.write(after, here / "after.ipynb")

session = Session(key=b"a secret", session="s")
message = session.msg("execute_reply", {"status": "ok", "execution_count": 3}, parent={"msg_id": "asked", "msg_type": "execute_request"})
frames = [b"someone"] + session.serialize(message)
(here / "signed.json").write_text(json.dumps([base64.b64encode(f).decode() for f in frames], indent=1) + "\n")
