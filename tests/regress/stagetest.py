# stagetest.py - what the end-to-end tests share: the installed programs, a
# node of one test with its branch, the books as the database has them, and
# what to print when a test fails.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   the frame around a test; stage.py and job.py have the actors.
# What it isn't: it asserts nothing about the product.
# COUNTERSIGN_PREFIX names installed programs and COUNTERSIGN_PROGRAMS the
# folder of the test programs; without them build/release is used.
import atexit
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import stage
from job import ANNA, BODO, Branch, Person, deposit, expect
from stage import ROOT, Node, StageError, wait_until

LOG_LINES = 25


def prefix_and_programs():
    """The folder of the installed programs and the one of the test programs."""
    programs = pathlib.Path(os.environ.get("COUNTERSIGN_PROGRAMS") or ROOT / "build/release/bin")
    if os.environ.get("COUNTERSIGN_PREFIX"):
        return pathlib.Path(os.environ["COUNTERSIGN_PREFIX"]), programs
    if not (programs / "countersignd").exists():
        raise StageError(f"no programs in {programs}; run: cmake --preset release && cmake --build --preset release")
    prefix = pathlib.Path(tempfile.mkdtemp(prefix="countersign-prefix-"))
    atexit.register(shutil.rmtree, prefix, ignore_errors=True)
    done = subprocess.run(["cmake", "--install", programs.parent, "--prefix", prefix], capture_output=True, text=True)
    if done.returncode != 0:
        raise StageError(f"cmake --install failed:\n{done.stdout}{done.stderr}")
    for path in [prefix, *prefix.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
    return prefix, programs


def say(text):
    print(text, flush=True)


def measured(what, value, limit=None):
    say(f"   {what}: {value}" + (f" (allowed: {limit})" if limit is not None else ""))


class Theatre:
    """One node, one branch at it, the screens that were opened, and the books."""

    def __init__(self, node, branch):
        self.node, self.branch, self.extra = node, branch, []

    # ---- actors ----

    def people(self, *who, amount="500.00"):
        """Registers these people at the branch and pays each one's first deposit in."""
        out = [self.branch.register(Person(*w)) for w in who]
        for person in out:
            deposit(self.node, person, amount)
        return out

    def branch_more(self, name, **more):
        """Another terminal's place at the same node; opened by the caller, closed with the theatre."""
        b = Branch(self.node, self.branch.programs, self.node.state / name, **more)
        self.extra.append(b)
        return b

    # ---- the database, as its root ----

    def mariadb(self, statement, user="root", raw=()):
        """Runs SQL as this user of the private instance; the password stays out of argv."""
        password = self.node.state / f"db/{user}.password"
        name = {"root": "root", "server": "countersign", "auditor": "countersign_auditor"}[user]
        return subprocess.run(
            ["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--default-character-set=utf8mb4", *raw,
             f"--socket={self.node.state}/db/mariadb.sock", f"--user={name}", "countersign"],
            input=statement.encode(), capture_output=True, env=stage.clean_env(MYSQL_PWD=password.read_text().strip()))

    def sql(self, statement, user="root"):
        """Rows of fields, as text."""
        done = self.mariadb(statement, user)
        if done.returncode != 0:
            raise StageError(f"SQL failed: {statement}\n{done.stderr.decode()}")
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def sql_refused(self, statement, user):
        """The error of a statement that must fail."""
        done = self.mariadb(statement, user)
        expect(done.returncode != 0, f"the database to refuse {user}: {statement}")
        return done.stderr.decode()

    def books(self):
        """({account: balance in cents}, number of journal rows); raises if they do not agree with themselves."""
        unequal = self.sql("SELECT journal, currency, SUM(amount) FROM posting GROUP BY journal, currency "
                           "HAVING SUM(amount) <> 0")
        expect(not unequal, f"postings of every journal row to sum to zero, not {unequal}")
        drift = self.sql("SELECT a.number, a.balance, SUM(p.amount) FROM account a JOIN posting p ON p.account = a.id "
                         "GROUP BY a.id, a.number, a.balance HAVING a.balance <> SUM(p.amount)")
        expect(not drift, f"balances to be the sum of their postings, not {drift}")
        bare = self.sql("SELECT j.id FROM journal j LEFT JOIN posting p ON p.journal = j.id GROUP BY j.id "
                        "HAVING COUNT(p.id) <> 2")
        expect(not bare, f"two postings for every journal row, not {bare}")
        balances = {number: int(balance) for number, balance in self.sql("SELECT number, balance FROM account")}
        return balances, int(self.sql("SELECT COUNT(*) FROM journal")[0][0])

    def moved(self, reference):
        """How often the transfer with this reference stands in the journal."""
        expect(re.fullmatch(r"[a-z0-9 -]+", reference), "a plain reference")
        return int(self.sql(f"SELECT COUNT(*) FROM journal WHERE reference = '{reference}'")[0][0])

    def codes_long_ago(self):
        """Makes all codes so far older than the window in which they are counted against floods."""
        self.sql("UPDATE code SET created_ms = created_ms - 3600000")

    def trail_is_whole(self):
        done = self.node.admin("audit", "verify", check=False)
        expect(done.returncode == 0 and "the audit trail is whole" in done.stdout,
               f"a whole audit trail, not:\n{done.stdout}{done.stderr}")
        return done.stdout

    # ---- processes ----

    def server(self):
        return self.node.pid("countersignd")

    def worker(self):
        """The vision worker of the server now running, not the process that packs the weights; None between two of them."""
        todo = [self.server()]
        for pid in todo:
            if exe(pid) == "countersign-vision" and "--fd" in command(pid):
                return pid
            todo += children(pid)
        return None

    def database(self):
        return int((self.node.state / "db/mariadbd.pid").read_text().split()[0])

    def terminal(self):
        """The process of the branch's terminal."""
        return self.branch.screen.pid()

    def kill_server(self):
        pid = self.server()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not running(pid), 5, f"process {pid} to be gone")

    # ---- the end ----

    def explain(self):
        """What a reader of a failed test wants to see."""
        for b in [self.branch, *self.extra]:
            if b.screen is not None:
                with contextlib.suppress(Exception):
                    say(f"---- the last screen of {b.directory.name}\n{b.screen.text()}")
        for log in ("log/countersignd.log", "run/countersignd.out", "branch/puppet.log"):
            with contextlib.suppress(OSError):
                lines = (self.node.state / log).read_text(errors="replace").splitlines()[-LOG_LINES:]
                say(f"---- {log}, the last {len(lines)} lines\n" + "\n".join(lines))

    def close(self):
        for b in [*self.extra, self.branch]:
            with contextlib.suppress(Exception):
                b.close()
        self.node.close()


@contextlib.contextmanager
def theatre(port, settings=(), size=(80, 24), names=("counter-1",)):
    """A fresh node on this port and its branch, all gone afterwards whatever happens."""
    prefix, programs = prefix_and_programs()
    node = Node.fresh(prefix, port, settings)
    t = Theatre(node, Branch(node, programs, node.state / "branch", size=size))
    try:
        node.start()
        if names:
            t.branch.face(ROOT / "tests/faces" / ANNA[2])
            t.branch.open_terminal(names[0])
        yield t
    except BaseException as e:
        say(f"---- why: {e}")
        t.explain()
        raise
    finally:
        t.close()


def stat_of(pid):
    """(state, parent) of a process; None if it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def running(pid):
    s = stat_of(pid)
    return s is not None and s[0] not in "ZX"


def exe(pid):
    """The name of a program; of a closed process of our own the kernel tells its command line only."""
    try:
        return pathlib.Path(os.readlink(f"/proc/{pid}/exe")).name
    except OSError:
        pass
    try:
        return pathlib.Path(os.fsdecode(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0])).name
    except OSError:
        return ""


def command(pid):
    """The words that a process was started with."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        return []


def children(pid):
    return [int(p.name) for p in pathlib.Path("/proc").iterdir()
            if p.name.isdigit() and (stat_of(p.name) or ("", 0))[1] == pid and running(p.name)]


def run(play, name):
    """Runs a test: 0 and one line if it passes, 1 and the reason if not. SIGTERM cleans up too."""
    def stop(number, frame):
        raise StageError(f"stopped by signal {number}")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    began = time.monotonic()
    try:
        play()
    except StageError as e:
        say(f"{name} failed: {e}")
        return 1
    except KeyboardInterrupt:
        return 130
    say(f"{name} passed in {time.monotonic() - began:.0f} s")
    return 0


def main(play):
    sys.exit(run(play, pathlib.Path(sys.argv[0]).name))
