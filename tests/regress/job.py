# job.py - the main job of a branch, played through the real programs.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   Branch (a node with a terminal, a puppet and a mailbox) and the
#               steps of the job; each step waits for what the screen must show.
# What it isn't: a story: demo.py, offices.py and the *-test scripts beside it are.
import os
import re
import sys
import time

import stage
from stage import ROOT, Mailbox, Puppet, Screen, StageError, wait_until

PASSWORD = "correct horse battery"
ASKS = {		# what the screen asks for: what the puppet is told
    "blink twice": ("blink", "blink"),
    "blink": ("blink",),
    "close your eyes": ("close",),
    "open your eyes": ("open",),
    "open your mouth": ("mouth",),
    "nod": ("nod",),
    "turn your head to your left": ("left",),
    "turn your head to your right": ("right",),
}
CAPTURE_TRIES = 4
LEFT_LOOKS = 4	# so often another page is seen before it counts: one look may see it half drawn
ANSWER_AGAIN_S = 2.5
REACT_S = 0.3		# nobody reads and moves faster; what comes sooner counts as no answer


def asked_for(text):
    """Which of ASKS the large words of the page say; they are letter-spaced where there is room."""
    for line in text.splitlines():
        words = line.strip().lower()
        if re.fullmatch(r"\S(?: {1,3}\S)+", words):
            words = re.sub(r"(\S) (?=\S)", r"\1", words).replace("   ", " ")
        ask = next((name for name in ASKS if re.match(rf"{name}\b", words)), None)
        if ask:
            return ask
    return None


class Person:
    """A customer of the demo: a name, an address and a face."""

    def __init__(self, name, email, face):
        self.name, self.email, self.face = name, email, ROOT / "tests/faces" / face
        self.customer = self.account = None


class Branch:
    """A node, one terminal at it, and the person before its camera."""

    console, open_for, welcome = "terminal", "terminal", r"Open an account"	# what the program is, may open, and shows first

    def __init__(self, node, programs, directory, tell=lambda title, text: None, size=(80, 24)):
        self.node, self.programs, self.directory, self.tell, self.size = node, programs, directory, tell, size
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.puppet = self.screen = None
        self.mailbox = Mailbox(node)
        self.last_code = None

    def face(self, photo):
        """Seats the person of this photograph before the camera."""
        if self.puppet is None:
            self.puppet = Puppet(self.programs, self.directory, photo)
        else:
            self.puppet.say(f"face {photo}")

    def open_terminal(self, name, accept=True):
        """A new terminal from its invitation to the welcome page."""
        invitation = self.directory / f"{name}.invitation"
        invitation.write_text(self.node.admin("terminal", "invite", name, "--branch", "Main Street").stdout)
        self.start_terminal(name, "--invitation", str(invitation))
        fingerprint = self.screen.see(r"terminal accept ([0-9A-Z-]{24})", 15).group(1)
        self.tell("A new terminal shows its fingerprint", self.screen.text())
        if accept:
            self.accept(fingerprint)
        return fingerprint

    def accept(self, fingerprint):
        self.node.admin("terminal", "accept", fingerprint, "--consoles", self.open_for)
        self.screen.see(self.welcome, 10)
        self.tell("The branch staff accepted it", self.screen.text())

    def start_terminal(self, name, *more):
        camera = self.directory / "camera.fifo"
        if not camera.exists():
            os.mkfifo(camera, 0o600)
        self.screen = Screen(f"countersign-{name}", [
            str(self.node.prefix / "bin/countersign"), self.console, "--dir", str(self.directory / name),
            "--camera", f"pipe:{camera}", *more], *self.size)

    # ---- steps ----

    def choose(self, words):
        """Presses the digit of the menu line with these words."""
        self.screen.key(self.screen.see(rf"(\d)  {words}").group(1))

    def fields(self, *texts):
        for i, text in enumerate(texts):
            if i > 0:
                self.screen.key("Tab")
            self.screen.type(text)

    def focus(self, label):
        """Tabs until the field with this label has the mark."""
        def step():
            if re.search(rf"{label}(?: \*)? *▸", self.screen.text()):
                return True
            self.screen.key("Tab")
            time.sleep(stage.POLL_S)
            return None

        wait_until(step, 10, lambda: f"the field {label}; the screen shows:\n{self.screen.text()}")

    def code(self, seconds=15):
        """Waits for the code page and its message, types the code; returns the message."""
        self.screen.see(r"Type the six digits", seconds)
        code, message = self.mailbox.next_code()
        self.last_code = code
        self.tell("The message that came", message)
        self.screen.type(code)
        self.tell("The code is typed", self.screen.text())
        self.screen.key("Enter")
        return code, message

    def capture(self, obey=True, seconds=45, react_s=REACT_S):
        """
        Sits through a capture, doing what the screen asks if obey, react_s after
        it is seen; returns "passed" or the text of the refusal. On a machine so
        busy that no worker answers, another try is made, as the page says.
        """
        for _ in range(CAPTURE_TRIES - 1):
            outcome = self.capture_once(obey, seconds, react_s)
            if "could not be examined" not in outcome:
                return outcome
            self.screen.key("Enter")
            wait_until(lambda: "could not be examined" not in self.screen.text(), 15, "another capture to begin")
        return self.capture_once(obey, seconds, react_s)

    def capture_once(self, obey, seconds, react_s):
        self.screen.see(r"seconds left|Step \d of \d", 15)
        asked, when, shown, shut, left = None, 0.0, set(), False, 0
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                text = self.screen.text()
                if "D I D   N O T   W O R K" in text or "That did not work" in text:
                    self.tell("The capture is refused", text)
                    return text
                if re.search(r"seconds left|Step \d of \d|Thank you|T H A N K|One moment|O N E|Waiting for|W A I T", text):
                    left = 0
                elif (left := left + 1) == LEFT_LOOKS:
                    return "passed"
                ask = asked_for(text)
                if ask and ask not in shown:
                    shown.add(ask)
                    self.tell("The capture asks", text)
                if ask != asked:
                    when = time.monotonic() + react_s - ANSWER_AGAIN_S
                if obey and ask and time.monotonic() - when > ANSWER_AGAIN_S:
                    self.puppet.say("\n".join(ASKS[ask]))
                    shut = ask == "close your eyes"
                    when = time.monotonic()
                elif shut and ask not in ("close your eyes", "open your eyes"):
                    self.puppet.say("open")
                    shut = False
                asked = ask
                time.sleep(stage.POLL_S)
        finally:
            if shut:
                self.puppet.say("open")		# nobody keeps them shut when it is over
        raise StageError(f"the capture did not end in {seconds} s:\n{self.screen.text()}")

    def register(self, person):
        self.face(person.face)
        self.choose("Open an account")
        self.screen.see(r"Password again")
        self.fields(person.name, person.email, PASSWORD, PASSWORD)
        self.tell(f"{person.name} opens an account", self.screen.text())
        self.screen.key("F8")
        self.code()
        outcome = self.capture()
        if outcome != "passed":
            raise StageError(f"{person.name} was refused at enrolment:\n{outcome}")
        self.screen.see(r"Your account is open", 15)
        text = self.screen.text()
        self.tell("The account is open", text)
        person.account = re.search(r"XC\d\d(?: ?\d{2,4})+", text).group(0).replace(" ", "")
        person.customer = re.search(r"Customer number +(\d{8})\b", text).group(1)
        self.screen.key("Enter")
        return person

    def log_in(self, person):
        self.face(person.face)
        if not re.search(r"Customer no\.", self.screen.text()):
            self.choose("Log in")
        self.screen.see(r"Customer no\.")
        self.fields(person.customer, PASSWORD)
        self.tell(f"{person.name} logs in", self.screen.text())
        self.screen.key("Enter")
        self.code()
        self.at_home()

    def at_home(self):
        self.screen.see(r"Your accounts", 10)
        self.screen.see(r"Available", 10)
        self.tell("At home", self.screen.text())

    def log_out(self):
        self.screen.key("F9")
        self.screen.see(self.welcome)

    def order(self, payee, amount, reference):
        """Fills the transfer form and confirms the review; the capture follows."""
        self.choose("Transfer money")
        self.focus("To account")
        self.fields(payee.account, amount, reference)
        self.screen.see(re.escape(payee.name))
        self.tell("The transfer form", self.screen.text())
        self.screen.key("F8")
        self.screen.see(r"Check every line")
        self.screen.see(r"Bound to")
        self.tell("The review", self.screen.text())
        self.screen.key("F8")

    def transfer(self, payee, amount, reference):
        self.order(payee, amount, reference)
        outcome = self.capture()
        if outcome != "passed":
            raise StageError(f"the right person was refused:\n{outcome}")
        self.code()
        self.screen.see(r"The transfer is done", 15)
        text = self.screen.text()
        self.tell("The receipt", text)
        self.screen.key("Enter")
        self.screen.see(r"Your accounts")
        return text

    def home(self):
        """Back to the home page from wherever Esc leads there."""
        def step():
            if re.search(r"Your accounts", self.screen.text()):
                return True
            self.screen.key("Escape")
            return None

        wait_until(step, 15, lambda: f"the home page; the screen shows:\n{self.screen.text()}")

    def close(self):
        for part in (self.screen, self.puppet):
            if part is not None:
                part.close()
        self.screen = self.puppet = None


def balances(node):
    """{account number: what the bank's books say}, from countersign-admin account list."""
    out = node.admin("account", "list").stdout
    return {m.group(1).replace(" ", ""): m.group(2)
            for m in re.finditer(r"(XC\d\d[\d ]{14,20}\d)\s.*?(-?[\d,]+\.\d\d)", out)}


def deposit(node, person, amount, currency="EUR"):
    return node.admin("account", "deposit", person.account, amount, currency, "--reference", "first deposit").stdout


def history_of(branch):
    branch.choose("History")
    branch.screen.see(r"─ History ─")
    branch.screen.see(r"Cash EUR")
    text = branch.screen.text()
    branch.tell("The history", text)
    branch.home()
    return text


def expect(condition, what):
    if not condition:
        raise StageError(f"expected {what}")


def audit_count(node, words):
    return len(re.findall(words, node.admin("audit", "list", "--last", "1000").stdout))


def last_audit(node, words):
    lines = [line for line in node.admin("audit", "list", "--last", "1000").stdout.splitlines()
             if re.search(words, line)]
    return lines[-1] if lines else ""


def frame(title, text):
    print(f"\n== {title}")
    for line in text.rstrip().splitlines():
        print(f"   {line.rstrip()}")
    sys.stdout.flush()


ANNA = ("Anna Berg", "anna@example.org", "person-b-1.jpg")
CARLA = ("Carla Weiss", "carla@example.org", "person-e-1.jpg")
BODO = ("Bodo Stein", "bodo@example.org", "person-c-1.jpg")
