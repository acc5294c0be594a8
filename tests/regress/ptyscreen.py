# ptyscreen.py - a program on a pseudo-terminal of our own, and the little of
# xterm that it needs: what a person would see, without a program in between.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   Pty (the program, its keys, its bytes) over Grid (bytes become
#               cells: ECMA-48 and the sequences that terminfo's xterm-256color
#               names). For measuring, where tmux would add its own time.
# What it isn't: a terminal emulator; a sequence it does not know is an error.
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import stage
from stage import StageError

ESCAPE = re.compile(rb"\x1b(\[[0-9;?>]*[ !]?[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78DMEHc])")
QUIET_S = 0.006


class Grid:
    """Cells of (character, attributes)."""

    def __init__(self, columns, lines):
        self.w, self.h = columns, lines
        self.attributes, self.saved = "", (0, 0)
        self.rest, self.last = b"", " "
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.clear()

    def clear(self):
        self.cells = [[(" ", "")] * self.w for _ in range(self.h)]
        self.y = self.x = 0
        self.top, self.bottom = 0, self.h - 1

    def text(self):
        return "\n".join("".join(c for c, _ in row) for row in self.cells)

    def area(self, y, x, h, w):
        return tuple(tuple(row[x:x + w]) for row in self.cells[y:y + h])

    def feed(self, data):
        data, at = self.rest + data, 0
        self.rest = b""
        while at < len(data):
            if data[at] == 0x1b:
                m = ESCAPE.match(data, at)
                if m is None:
                    if len(data) - at > 64:
                        raise StageError(f"a sequence that is not known: {data[at:at + 16]!r}")
                    self.rest = data[at:]
                    return
                self.escape(m.group(1).decode("latin-1"))
                at = m.end()
            else:
                end = data.find(b"\x1b", at)
                end = len(data) if end < 0 else end
                for c in self.decoder.decode(data[at:end]):
                    self.put(c)
                at = end

    def put(self, c):
        if c == "\r":
            self.x = 0
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.x = max(self.x - 1, 0)
        elif c == "\t":
            self.x = min((self.x // 8 + 1) * 8, self.w - 1)
        elif c >= " ":
            if self.x >= self.w:
                self.x = 0
                self.down()
            self.cells[self.y][self.x] = (c, self.attributes)
            self.last = c
            self.x += 1

    def down(self):
        if self.y == self.bottom:
            self.scroll(self.top, 1)
        else:
            self.y = min(self.y + 1, self.h - 1)

    def blank(self):
        background = re.search(r"48;5;\d+|4[0-7]", self.attributes)
        return (" ", background.group(0) if background else "")

    def scroll(self, top, n):
        """Lines from top to the bottom of the region move up by n, down if n < 0."""
        for _ in range(abs(n)):
            if n > 0:
                del self.cells[top]
                self.cells.insert(self.bottom, [self.blank()] * self.w)
            else:
                del self.cells[self.bottom]
                self.cells.insert(top, [self.blank()] * self.w)

    def escape(self, s):
        if s[0] == "M" and len(s) == 1:
            if self.y == self.top:
                self.scroll(self.top, -1)
            else:
                self.y -= 1
        if s[0] == "7":
            self.saved = (self.y, self.x)
        if s[0] == "8":
            self.y, self.x = self.saved
        if s[0] != "[" or s[1:2] in "?>" or s[-1] in "htlnc":
            if s in ("[?1049h", "[?1049l"):
                self.clear()
            return
        final, row = s[-1], None
        n = [int(p) if p else 0 for p in s[1:-1].split(";")]
        one = max(n[0], 1)
        if self.x >= self.w and final != "m":
            self.x = self.w - 1
        row = self.cells[self.y]
        if final == "m":
            self.attributes = "" if s in ("[m", "[0m") else self.sgr(s[1:-1])
        elif final in "Hf":
            self.y, self.x = min(one, self.h) - 1, min(max(n[1], 1) if len(n) > 1 else 1, self.w) - 1
        elif final in "AF":
            self.y = max(self.y - one, 0)
        elif final in "BE":
            self.y = min(self.y + one, self.h - 1)
        elif final == "C":
            self.x = min(self.x + one, self.w - 1)
        elif final == "D":
            self.x = max(self.x - one, 0)
        elif final in "G`":
            self.x = min(one, self.w) - 1
        elif final == "d":
            self.y = min(one, self.h) - 1
        elif final == "K":
            a, b = {0: (self.x, self.w), 1: (0, self.x + 1), 2: (0, self.w)}[n[0]]
            row[a:b] = [self.blank()] * (b - a)
        elif final == "J":
            self.erase(n[0])
        elif final == "X":
            b = min(self.x + one, self.w)
            row[self.x:b] = [self.blank()] * (b - self.x)
        elif final == "b":
            for _ in range(one):
                self.put(self.last)
        elif final == "P":
            del row[self.x:self.x + one]
            row.extend([self.blank()] * (self.w - len(row)))
        elif final == "@":
            row[self.x:self.x] = [self.blank()] * one
            del row[self.w:]
        elif final in "LM":
            self.scroll(self.y, one if final == "M" else -one)
        elif final in "ST":
            self.scroll(self.top, one if final == "S" else -one)
        elif final == "r":
            self.top, self.bottom = one - 1, (n[1] if len(n) > 1 and n[1] else self.h) - 1
            self.y = self.x = 0
        elif final == "Z":
            self.x = max((self.x - 1) // 8 * 8, 0)
        else:
            raise StageError(f"a sequence that is not known: {s!r}")

    def sgr(self, more):
        if more.startswith("0;"):
            return more[2:]
        return f"{self.attributes};{more}" if self.attributes else more

    def erase(self, what):
        for y in range(self.h):
            for x in range(self.w):
                before = (y, x) < (self.y, self.x)
                if what == 2 or (what == 1 and before) or (what == 0 and not before):
                    self.cells[y][x] = self.blank()


class Pty:
    """A program on a terminal of this size."""

    def __init__(self, command, columns=80, lines=24, term="xterm-256color"):
        self.grid = Grid(columns, lines)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(command[0], command, stage.clean_env(TERM=term))
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.status = None

    def text(self):
        self.read(0)
        return self.grid.text()

    def read(self, seconds):
        """Takes what comes until nothing came for a moment; False if nothing came in that many seconds."""
        end, got = time.monotonic() + seconds, False
        while True:
            wait = QUIET_S if got else max(end - time.monotonic(), 0)
            if not select.select([self.fd], [], [], wait)[0]:
                return got
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                raise StageError(f"the program left; its last screen:\n{self.grid.text()}") from None
            self.grid.feed(data)
            got = True

    def see(self, pattern, seconds=10):
        end = time.monotonic() + seconds
        while True:
            m = re.search(pattern, self.grid.text())
            if m:
                return m
            if time.monotonic() > end:
                raise StageError(f"waited {seconds:g} s in vain for /{pattern}/; the screen shows:\n{self.grid.text()}")
            self.read(0.1)

    NAMES = {"Enter": b"\r", "Tab": b"\t", "Escape": b"\x1b", "F1": b"\x1bOP", "F5": b"\x1b[15~", "F8": b"\x1b[19~",
             "F9": b"\x1b[20~", "F10": b"\x1b[21~", "Down": b"\x1bOB", "Up": b"\x1bOA"}

    def key(self, *names):
        for name in names:
            os.write(self.fd, self.NAMES.get(name, name.encode()))

    def type(self, text):
        os.write(self.fd, text.encode())

    def shown_after(self, data, look, seconds=1.0):
        """Sends bytes; how long until look(grid) is true, in seconds."""
        self.read(0)
        if look(self.grid):
            raise StageError(f"the screen shows it before the key was pressed:\n{self.grid.text()}")
        began = time.monotonic()
        os.write(self.fd, data)
        while True:
            if not select.select([self.fd], [], [], max(began + seconds - time.monotonic(), 0))[0]:
                raise StageError(f"the key {data!r} shows nothing in {seconds:g} s:\n{self.grid.text()}")
            self.grid.feed(os.read(self.fd, 65536))
            if look(self.grid):
                return time.monotonic() - began

    def dead(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def close(self):
        if not self.dead():
            os.kill(self.pid, signal.SIGTERM)
            end = time.monotonic() + 5
            while not self.dead() and time.monotonic() < end:
                try:
                    self.read(0.05)
                except StageError:
                    time.sleep(stage.POLL_S)
            if not self.dead():
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self.status = -signal.SIGKILL
        os.close(self.fd)
