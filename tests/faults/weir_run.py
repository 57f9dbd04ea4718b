# SPDX-License-Identifier: Apache-2.0
"""What the scripts here share: a run of `weir`, and a store on loopback that can be broken."""
import gzip
import http.server
import os
import signal
import socket
import subprocess
import threading
import time

PATIENCE = 240.0  # seconds to wait for what must come, on a machine that is busy


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"machine: {models[0] if models else 'unknown CPU'}, {os.cpu_count()} threads"


def wait_until(condition, patience=PATIENCE):
    """Whether the condition came true in time."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Run:
    """`weir run p.yaml` in a folder of its own; its log is in `lines`."""

    def __init__(self, weir, folder, text, *options, name="p"):
        self.path = os.path.join(folder, name + ".yaml")
        self.write(text)
        self.summary_path = os.path.join(folder, name + ".summary")
        with open(self.summary_path, "w") as summary:
            self.process = self.started(weir, folder, name, options, summary)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    @staticmethod
    def started(weir, folder, name, options, summary):
        return subprocess.Popen(
            [weir, "run", name + ".yaml", "--state", "state", *options], cwd=folder,
            env=dict(os.environ, HOME=folder), stdin=subprocess.DEVNULL,
            stdout=summary, stderr=subprocess.PIPE, text=True, errors="replace")

    def summary(self):
        with open(self.summary_path) as file:
            return file.read()

    def write(self, text):
        """Another file in the place of the pipeline, whole at every moment."""
        with open(self.path + ".new", "w") as file:
            file.write(text)
        os.rename(self.path + ".new", self.path)

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def alive(self):
        return self.process.poll() is None

    def said(self, text, since=0):
        return sum(text in line for line in self.lines[since:])

    def send(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.alive():
            self.send(signal.SIGTERM)
        return self.end()

    def end(self, patience=PATIENCE):
        """The exit code; a run that does not end is killed, and counts as one that crashed."""
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = -9
        self.reader.join(10)
        return code

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))


class Store:
    """A server that takes line protocol, and can go and come back at the same port.

    `judge(handler, lines)` answers a write: it stores by `keep`, and returns the status, headers
    and body of the answer, or None where it has closed the connection itself.
    """

    def __init__(self, judge=None, path=None):
        self.judge = judge or self.keep_all
        self.lock = threading.Lock()
        self.rows = 0     # as they came, those that came twice too
        self.bytes = 0
        self.file = open(path, "wb") if path else None
        self.kept = []
        self.connections = set()
        self.server = None
        self.port = 0
        self.up()

    def up(self):
        store = self

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a connection that was closed on purpose

        class Handler(StoreHandler):
            of = store

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            open_ones = list(self.connections)
        for connection in open_ones:
            cut(connection)

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def keep(self, lines):
        with self.lock:
            text = b"".join(line + b"\n" for line in lines)
            self.rows += len(lines)
            self.bytes += len(text)
            if self.file:
                self.file.write(text)
            else:
                self.kept.extend(lines)

    def keep_all(self, _, lines):
        self.keep(lines)
        return 204, {}, b""

    def close(self):
        self.down()
        if self.file:
            self.file.close()


def cut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is closed already


class StoreHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    of = None

    def setup(self):
        super().setup()
        with self.of.lock:
            self.of.connections.add(self.connection)

    def finish(self):
        with self.of.lock:
            self.of.connections.discard(self.connection)
        super().finish()

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.reply(204, {}, b"")

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        if len(body) < size:
            return  # it was cut off
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        answer = self.of.judge(self, body.splitlines())
        if answer:
            self.reply(*answer)

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def key_of(line):
    """Series and time of a line: by these a row is one."""
    return line[:line.index(b" ")], line[line.rindex(b" ") + 1:]


def unique_rows(path):
    """How many rows of a file of line protocol differ in series or time, and how many there are."""
    seen, rows = {}, 0
    with open(path, "rb") as file:
        for line in file:
            series, when = key_of(line.rstrip(b"\n"))
            seen.setdefault(series, set()).add(int(when))
            rows += 1
    return sum(map(len, seen.values())), rows


def folder_bytes(folder):
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(path, name)).st_size
            except FileNotFoundError:
                pass  # a segment that has just been given away
    return total
