# staff.py - the people who work at the bank: two administrators at the host, and
# whoever they give a role.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   Staff, who sit at countersign-admin in a terminal of their own.
# What it isn't: their consoles; see offices.py.
import contextlib
import re

from job import PASSWORD
from stage import ROOT, Screen, StageError, wait_until


def answer(screen, prompt, text):
    screen.see(prompt)
    screen.type(text)
    screen.key("Enter")


def ended(screen):
    """What it said, when it has said all."""
    wait_until(screen.dead, 15, lambda: f"its end; the screen shows:\n{screen.text()}")
    text = screen.text()
    if PASSWORD in text:
        raise StageError("a password is on the screen")
    return text


class Staff:
    """The administrators of a node; codes for them arrive in this mailbox."""

    def __init__(self, node, mailbox, tell=lambda title, text: None):
        self.node, self.mailbox, self.tell = node, mailbox, tell
        self.numbers = []
        self.message = ""		# the last one with a code

    @contextlib.contextmanager
    def admin(self, *words):
        """countersign-admin on a terminal of its own."""
        screen = Screen("countersign-admin", [str(ROOT / "deploy/node"), "admin", str(self.node.state), *words])
        try:
            yield screen
        finally:
            screen.close()

    def act(self, customer, *words):
        """An act signed by this customer number; what countersign-admin said."""
        with self.admin(*words) as screen:
            answer(screen, r"Your own customer number:", customer)
            answer(screen, r"Your password:", PASSWORD)
            if screen.see_one({"code": r"six digits:", "end": r"countersign-admin: "}, 15)[0] == "code":
                code, self.message = self.mailbox.next_code()
                screen.type(code)
                screen.key("Enter")
            return ended(screen)

    def administrators(self):
        """Makes the first two; their customer numbers."""
        with self.admin("role", "first") as screen:
            for which in ("first", "second"):
                name = rf"{which} administrator: "
                answer(screen, name, f"{which.title()} Administrator")
                answer(screen, rf"{name}.*\nE-mail address: ", f"{which}@bank.example")
                answer(screen, rf"{name}.*\n.*\nPassword: ", PASSWORD)
                answer(screen, rf"{name}.*\n.*\n.*\nThe password again: ", PASSWORD)
            text = ended(screen)
        self.numbers = re.findall(r"^(\d+) \w+ Administrator is an administrator now", text, re.MULTILINE)
        if len(self.numbers) != 2:
            raise StageError(f"two administrators, not:\n{text}")
        self.tell("Two administrators are made, once", text)
        return self.numbers

    def give(self, person, role, reason):
        """One proposes, the other confirms."""
        first, second = self.numbers or self.administrators()
        words = ("--person", person.customer, "--role", role)
        for who, act, said in ((first, ("propose", *words, "--reason", reason), "proposed for"),
                               (second, ("confirm", *words), "confirmed:")):
            text = self.act(who, "role", *act)
            if said not in text:
                raise StageError(f"expected \"{said}\" in:\n{text}")
        self.tell(f"{person.name} is {role} now", text)
