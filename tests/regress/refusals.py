# refusals.py - what a branch must refuse, played through the real programs.
# SPDX-License-Identifier: Apache-2.0

from job import audit_count, balances, expect, last_audit
from stage import wait_until


class Refusals:
    """Plays what must be refused; after each, the books and the audit trail are looked at."""

    def __init__(self, branch, tell):
        self.branch, self.node, self.tell = branch, branch.node, tell

    def check(self, title, play, words):
        before, seen = balances(self.node), audit_count(self.node, words)
        play()
        expect(balances(self.node) == before, f"unchanged balances after: {title}")
        wait_until(lambda: audit_count(self.node, words) > seen, 10, f"an audit record /{words}/ after: {title}")
        self.tell(f"Refused: {title}", last_audit(self.node, words))

    def other_face(self, payee, other):
        def play():
            self.branch.order(payee, "11.00", "other face")
            self.branch.face(other.face)
            outcome = self.branch.capture()
            expect(outcome != "passed", "another person's live face to be refused")
            self.branch.home()

        self.check("another person's live face", play, r"capture-verdict\s+RC_(FACE_OTHER|NOT_LIVE)")

    def still_photograph(self, payee, person):
        def play():
            self.branch.face(person.face)
            self.branch.order(payee, "12.00", "still photograph")
            self.branch.puppet.say("still on")
            try:
                outcome = self.branch.capture(obey=False)
            finally:
                self.branch.puppet.say("still off")
            expect(outcome != "passed", "a still photograph to be refused")
            self.branch.home()

        self.check("a still photograph", play, r"capture-verdict\s+RC_(NOT_LIVE|CAPTURE_TIMEOUT|FACE_QUALITY)")

    def to_code(self, payee, person, amount, reference):
        """A transfer up to its code page; returns the code that came for it."""
        self.branch.face(person.face)
        self.branch.order(payee, amount, reference)
        outcome = self.branch.capture()
        expect(outcome == "passed", f"the right face to pass, but:\n{outcome}")
        self.branch.screen.see(r"Type the six digits", 15)
        return self.branch.mailbox.next_code()

    def type_code(self, code, answer, seconds=10):
        self.branch.screen.type(code)
        self.branch.screen.key("Enter")
        self.branch.screen.see(answer, seconds)
        self.branch.tell("The code is refused", self.branch.screen.text())

    def wrong_code(self, payee, person):
        def play():
            code, _ = self.to_code(payee, person, "13.00", "wrong code")
            self.type_code(f"{(int(code) + 1) % 1000000:06d}", r"(?i)code is wrong")
            self.branch.home()

        self.check("a wrong code", play, r"transfer-refuse\s+RC_CODE_WRONG")

    def expired_code(self, payee, person):
        def play():
            code, _ = self.to_code(payee, person, "14.00", "expired code")
            self.branch.screen.see(r"(?i)expired", 60)
            self.type_code(code, r"(?i)expired")
            self.branch.home()

        self.check("an expired code", play, r"transfer-refuse\s+RC_CODE_EXPIRED")

    def used_code(self, payee, person):
        """The code of the last transfer, typed again for a new one."""
        used = self.branch.last_code

        def play():
            code, _ = self.to_code(payee, person, "15.00", "used code")
            expect(code != used, "another code than before; play again")
            self.type_code(used, r"(?i)code is wrong")
            self.branch.home()

        self.check("a code that was used already", play, r"transfer-refuse\s+RC_CODE_WRONG")

    def foreign_code(self, title, first, second, person):
        """A fresh code that was made for another transfer; first and second are (payee, amount)."""
        def play():
            foreign, _ = self.to_code(first[0], person, first[1], "first order")
            self.branch.home()
            code, _ = self.to_code(second[0], person, second[1], "second order")
            expect(code != foreign, "another code than before; play again")
            self.type_code(foreign, r"(?i)code is wrong")
            self.branch.home()

        self.check(title, play, r"transfer-refuse\s+RC_CODE_WRONG")
