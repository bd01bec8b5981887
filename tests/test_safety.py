"""What no run does, and what one that is cut short leaves behind."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import charts, export, notebooks, run
from helpers.reading import files
from tests.test_run import write_notebook

ROOT = run.ROOT
GUARD = """
import socket
LOCAL = ("127.", "localhost", "::1", "0.0.0.0")
def refuse(call):
    def guarded(*args, **options):
        where = next((a[0] if isinstance(a, tuple) else a for a in args if isinstance(a, (tuple, str))), "")
        if isinstance(where, str) and where and not where.startswith(LOCAL) and not where.startswith("/"):
            raise PermissionError(f"network: {where}")
        return call(*args, **options)
    return guarded
class Guarded(socket.socket):
    connect = refuse(socket.socket.connect)
    connect_ex = refuse(socket.socket.connect_ex)
socket.socket = Guarded
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse(getattr(socket, name)))
"""
CALLS = (
    'create_connection(("192.0.2.1", 80), timeout=1)', 'getaddrinfo("example.org", 80)',
    'socket().connect(("192.0.2.1", 80))',
)  # fmt: skip


def test_the_guard_refuses_the_network_in_a_kernel(project, monkeypatch):
    (project / "sitecustomize.py").write_text(GUARD, encoding="utf-8")  # which every interpreter imports that starts
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(project), os.environ.get("PYTHONPATH", "")]))
    refused = "import pytest, socket\nwith pytest.raises(PermissionError, match='network: '):\n    socket."
    write_notebook(project, "01-out.ipynb", *(refused + call for call in CALLS))
    assert notebooks.run_notebooks(root=project) == []


def test_a_write_that_fails_leaves_the_old_figure_whole(tmp_path, monkeypatch):
    counts = pd.DataFrame({"outlet": ["A"], "actor": ["X"], "n": [1], "per_1000_words": [2.0]})
    export.save_figure(charts.heat_map(counts), "x", counts, out=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_whole, written = Path.write_bytes, []

    def write_half(path, content):
        written.append(path)
        if len(written) > 2:
            write_whole(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write_whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left") as error:
        export.save_figure(charts.heat_map(counts, charts.Look("Other")), "x", out=tmp_path)
    monkeypatch.undo()
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == ["x.svg", "x.pdf"]  # written, and whole
    assert "make room on the disk" in files.say_error(error.value)


def test_a_kill_leaves_no_half_file_and_the_next_run_tidies_up(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from helpers.reading import files\n"
        "real = Path.write_bytes\n"
        "def die(path, content): real(path, content[:3]); os._exit(9)\n"
        "Path.write_bytes = die; files.write_whole(Path(sys.argv[1]) / 'x.csv', b'new words')\n"
    )
    (tmp_path / "x.csv").write_text("old words")
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False).returncode == 9
    assert (tmp_path / "x.csv").read_text() == "old words"
    (part,) = tmp_path.glob(".*.part")
    files.clear_parts(tmp_path)
    assert part.exists()  # another run may be writing it
    os.utime(part, (0, 0))
    files.clear_parts(tmp_path)
    assert not part.exists()
