# stage.py - a small theatre for end-to-end tests and the demo: it starts the
# real programs, types into a real terminal (tmux) and reads its screen.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   Screen (one tmux window), Puppet (a face before the camera),
#               Node (MariaDB, server and worker in a state directory), Mailbox.
# What it isn't: it knows no story; see job.py for those.
# Every wait has a condition and a deadline; nothing sleeps for its own sake.
import itertools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLL_S = 0.05


class StageError(Exception):
    """Something expected did not happen; the text says what was seen instead."""


def wait_until(condition, seconds, what):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise StageError(f"waited {seconds:g} s in vain for {what() if callable(what) else what}")
        time.sleep(POLL_S)


def free_port(wish=0):
    """A port that is free together with the next one: this one if it is, else any."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            for one in (first, second):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                first.bind(("127.0.0.1", wish))
                port = first.getsockname()[1]
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                wish = 0
                continue
            return port


def clean_env(**more):
    env = {k: os.environ[k] for k in ("PATH", "HOME", "TZ", "TMPDIR", "ASAN_OPTIONS") if k in os.environ}
    env.update(LC_ALL="C.UTF-8", **more)
    return env


class Screen:
    """One program in a tmux window of its own server."""

    count = itertools.count(1)		# a name is never used twice: the server before may still be leaving

    def __init__(self, name, command, columns=80, lines=24, term="tmux-256color", locale="C.UTF-8"):
        self.socket = f"{name}-{os.getpid()}-{next(self.count)}"
        options = {"remain-on-exit": "on", "escape-time": "0", "status": "off"}
        before = [word for name, value in options.items() for word in ("set-option", "-g", name, value, ";")]
        self._tmux("-f", "/dev/null", "start-server", ";", *before,
                   "new-session", "-d", "-s", "s", "-x", str(columns), "-y", str(lines),
                   "env", f"LC_ALL={locale}", f"TERM={term}", *command)

    def _tmux(self, *args, check=True):
        return subprocess.run(["tmux", "-L", self.socket, *args], env=clean_env(), check=check,
                              capture_output=True, text=True).stdout

    def text(self):
        return self._tmux("capture-pane", "-p", "-N", "-t", "s")

    def coloured(self):
        return self._tmux("capture-pane", "-e", "-p", "-N", "-t", "s")

    def key(self, *names):
        self._tmux("send-keys", "-t", "s", *names)

    def type(self, text):
        self._tmux("send-keys", "-t", "s", "-l", text)

    def resize(self, columns, lines):
        self._tmux("resize-window", "-t", "s", "-x", str(columns), "-y", str(lines))

    def dead(self):
        return self._tmux("list-panes", "-t", "s", "-F", "#{pane_dead}").strip() == "1"

    def see(self, pattern, seconds=10):
        """Waits until the screen shows the pattern; returns the match."""
        found = []

        def look():
            text = self.text()
            found[:] = [text]
            return re.search(pattern, text)

        return wait_until(look, seconds, lambda: f"/{pattern}/ on the screen, which shows:\n{found[0]}")

    def see_one(self, patterns, seconds=10):
        """Waits for any of {name: pattern}; returns the name and the match."""
        found = []

        def look():
            text = self.text()
            found[:] = [text]
            for name, pattern in patterns.items():
                m = re.search(pattern, text)
                if m:
                    return name, m
            return None

        return wait_until(look, seconds, lambda: f"one of {list(patterns)} on the screen, which shows:\n{found[0]}")

    def pid(self):
        return int(self._tmux("list-panes", "-t", "s", "-F", "#{pane_pid}"))

    def ask(self, form):
        """What tmux knows about the window, by its formats."""
        return self._tmux("display-message", "-p", "-t", "s", form).strip()

    def close(self):
        self._tmux("kill-server", check=False)


class Puppet:
    """Plays a person before the camera: a stream on a fifo, commands on another."""

    def __init__(self, programs, directory, face):
        self.out = directory / "camera.fifo"
        self.control = directory / "puppet.fifo"
        for fifo in (self.out, self.control):
            if not fifo.exists():
                os.mkfifo(fifo, 0o600)
        self.log_path = directory / "puppet.log"
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [programs / "countersign-puppet", "--face", face, "--out", self.out, "--control", self.control,
             "--models", ROOT / "models"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=clean_env(OMP_NUM_THREADS="1"))

    def say(self, word):
        def write():
            if self.process.poll() is not None:
                raise StageError(f"the puppet ended with status {self.process.returncode}")
            try:
                fd = os.open(self.control, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                return False
            try:
                os.write(fd, f"{word}\n".encode())
            finally:
                os.close(fd)
            return True

        wait_until(write, 20, "the puppet to listen")

    def told(self, word):
        """Says it and waits until the puppet says so too; what it says instead is an error."""
        size = self.log_path.stat().st_size
        self.say(word)

        def heard():
            with open(self.log_path, "rb") as log:
                log.seek(size)
                return log.read().decode(errors="replace")

        answer = wait_until(lambda: heard() if heard().endswith("\n") else None, 20, f"the puppet's answer to \"{word}\"")
        if not answer.rstrip().endswith(f"countersign-puppet: {word}"):
            raise StageError(f"the puppet was told \"{word}\" and said:\n{answer}")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Node:
    """MariaDB, server and worker in a state directory, through deploy/node."""

    def __init__(self, state, prefix, settings=()):
        self.state = pathlib.Path(state)
        self.prefix = pathlib.Path(prefix)
        self.settings = list(settings)
        self.owned = False

    @classmethod
    def fresh(cls, prefix, port, settings=()):
        """A node of its own below the temporary directory, for one test."""
        state = pathlib.Path(tempfile.mkdtemp(prefix="countersign-"))
        os.chmod(state, 0o711)
        node = cls(state, prefix, [f"port={port}", *settings])
        node.owned = True
        return node

    def _node(self, *args):
        done = subprocess.run([ROOT / "deploy/node", *args], capture_output=True, text=True, env=clean_env(),
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise StageError(f"deploy/node {' '.join(map(str, args))} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        self._node("start", self.state, self.prefix, *self.settings)

    def stop(self):
        self._node("stop", self.state)

    def admin(self, *args, check=True):
        done = subprocess.run([ROOT / "deploy/node", "admin", self.state, *args], capture_output=True, text=True,
                              env=clean_env(), stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise StageError(f"countersign-admin {' '.join(args)} failed:\n{done.stdout}{done.stderr}")
        return done

    def pid(self, name):
        return int((self.state / "run" / f"{name}.pid").read_text().split()[0])

    def kill(self, name, sig=signal.SIGKILL):
        os.kill(self.pid(name), sig)

    def close(self):
        try:
            self.stop()
        finally:
            if self.owned:
                shutil.rmtree(self.state, ignore_errors=True)


class Mailbox:
    """Where the `file` channel puts messages."""

    def __init__(self, node):
        self.directory = node.state / "mail"
        self.seen = set(self._names())

    def _names(self):
        return sorted(p.name for p in self.directory.glob("*.txt")) if self.directory.is_dir() else []

    def next(self, seconds=10):
        """The next message that was not there before, as text."""
        def look():
            for name in self._names():
                if name not in self.seen:
                    text = (self.directory / name).read_text()
                    if text.endswith("\n"):
                        self.seen.add(name)
                        return text
            return None

        return wait_until(look, seconds, "a message in the mailbox")

    def next_code(self, seconds=10):
        text = self.next(seconds)
        m = re.search(r"\b(\d{6})\b", text)
        if not m:
            raise StageError(f"no code in the message:\n{text}")
        return m.group(1), text
