# offices.py - the two consoles of the staff, played through the real programs:
# batches at the back office, and what a supervisor looks at and decides.
# SPDX-License-Identifier: Apache-2.0
#
# What it is:   BackOffice and Audit, branches whose program is another console,
#               and the story that the demo plays with them.
# What it isn't: a test of its own; the *-test scripts beside it are.
import re

from job import Branch, balances, expect
from stage import StageError

MAX = ("Max Mertens", "max@example.org", "person-d-1.jpg")
EVA = ("Eva Stern", "eva@example.org", "person-a-1.jpg")
FRIDA = ("Frida Holm", "frida@example.org", "person-f-1.jpg")
REASON = "first day at work"


class BackOffice(Branch):
    """A terminal of the back office; makers and checkers sit at it by turns."""

    console, open_for, welcome = "backoffice", "backoffice", r"For staff"

    def at_home(self):
        self.screen.see(r"1 My drafts", 15)
        self.tell("The batches", self.screen.text())

    def row(self, *texts):
        """Types one payment; the line is saved at the server before this returns."""
        for i, text in enumerate(texts):
            if i > 0:
                self.screen.key("Tab")
            self.screen.type(text)
        self.screen.key("Enter")

    def enter(self, payments):
        """A new batch of (debit, payee, amount, currency, reference), all of it saved."""
        self.screen.key("F2")
        self.screen.see(r"Debit account")
        for payment in payments:
            self.row(*payment)
        saved = rf"(?s)(?: {{1,5}}\d+✓.*?){{{len(payments)}}}Totals +{len(payments)}:"
        self.screen.see(saved, 15)
        self.tell("Payments from paper", self.screen.text())

    def bring(self, path, wrong, right, payments):
        """A new batch from a file: one with a wrong line, of which nothing is taken; then, mended, all of it."""
        path.write_text(wrong)
        self.screen.key("F4")
        self.screen.see(r"names the columns")
        self.screen.type(str(path))
        self.screen.key("F8")
        self.screen.see(r"Nothing was taken", 15)
        self.tell("Refused: a file with a wrong line", self.screen.text())
        path.write_text(right)
        self.screen.key("F5")
        self.screen.key("F8")
        self.screen.see(rf"(?s)Debit account.*Totals +{payments}:", 20)
        self.tell("The payments of the file", self.screen.text())

    def totals(self, count, amount):
        """Types what stands on the paper on the page of the control totals."""
        self.focus(r"EUR payments")
        for text in (count, amount):
            self.screen.key("C-u")
            self.screen.type(text)
            if text is count:
                self.screen.key("Tab")
        self.screen.key("F8")

    def submit(self, count, right, wrong=None):
        """The maker's totals and code; a wrong sum before them is refused."""
        self.screen.key("F8")
        self.screen.see(r"Control totals")
        if wrong is not None:
            self.totals(count, wrong)
            self.screen.see(r"does not agree", 10)
            self.tell("Refused: a wrong control total", self.screen.text())
        self.totals(count, right)
        _, message = self.code()
        self.screen.see(r"1 My drafts", 15)
        return message

    def check(self, maker):
        """The checker compares, shows the face, and signs; the batch is posted."""
        self.screen.key("3")
        self.screen.see(rf"▸ +\d+ +\d+ {re.escape(maker.name)}", 10)
        self.screen.key("Enter")
        self.screen.see(r"Compare each line with the paper")
        self.tell("The checker compares each line", self.screen.text())
        self.screen.key("F8")
        outcome = self.capture()
        if outcome != "passed":
            raise StageError(f"the checker was refused:\n{outcome}")
        _, message = self.code()
        self.screen.see(r"1 My drafts", 20)
        self.screen.key("4")
        self.screen.see(rf"▸ +\d+ +\d+ {re.escape(maker.name)}", 10)
        self.tell("Posted today", self.screen.text())
        return message


def play_batch(node, programs, tell, payer, payee, maker, checker):
    """A batch from paper and one from a file, to the books; returns after the money has moved."""
    office = BackOffice(node, programs, node.state / "office", tell)
    try:
        office.face(checker.face)
        office.open_terminal("office-1")
        before = balances(node)
        office.log_in(maker)
        office.enter([(payer.account, payee.account, "12.50", "EUR", "Invoice 17"),
                      (payer.account, payee.account, "7.50+1.25", "EUR", "Invoice 18")])
        message = office.submit("2", "12.50+8.75", wrong="21.52")
        expect("21.25 EUR" in message, f"the total of the batch in:\n{message}")
        head, line = "debit,payee,amount,currency,reference\n", f"{payer.account},{payee.account},%s,EUR,Invoice 19\n"
        office.bring(office.directory / "payments.csv", head + line % "1e3", head + line % "3.75", 1)
        office.submit("1", "3.75")
        office.log_out()
        office.log_in(checker)
        for _ in range(2):
            office.check(maker)
        office.log_out()
        after = balances(node)
        cents = {a: round(float(after[a].replace(",", "")) * 100) - round(float(before[a].replace(",", "")) * 100) for a in after}
        expect(cents[payer.account] == -2500 and cents[payee.account] == 2500, f"25.00 to have moved once, not {cents}")
    finally:
        office.close()


class Audit(Branch):
    """A terminal of the audit console."""

    console, open_for, welcome = "audit", "audit", r"For staff"

    def at_home(self):
        self.screen.see(r"Following", 15)
        self.tell("The trail, live", self.screen.text())

    def log_out(self):
        self.screen.key("F4")
        self.screen.see(r"Where to\?")
        self.choose("Log out")
        self.screen.see(self.welcome)


def story_of(audit, action, tell, what, then=lambda: None):
    """Finds the newest of these events by the filter and tells its story, then more of it; back to the events."""
    audit.screen.key("Tab", "Tab", "Tab", "Tab", "C-u")
    audit.screen.type(action)
    audit.screen.see(rf"▸.*{action}", 10)
    tell(what, audit.screen.text())
    audit.screen.key("Escape")		# out of the field
    audit.screen.key("Enter")
    audit.screen.see(rf"{action} +\(this event\)", 10)
    tell("The story of it", audit.screen.text())
    then()
    audit.screen.key("Escape")
    audit.screen.see(r"Following|Standing", 10)


def picture_of(audit, tell, reason):
    """The picture of the newest capture that the filter shows, for a reason; back to the events."""
    story_of(audit, "capture-verdict", tell, "A capture was judged", then=lambda: look(audit, tell, reason))


def look(audit, tell, reason):
    """From the verdict's step of a story to its picture and back."""
    audit.screen.key("F8")
    audit.screen.see(r"Look at a picture")
    audit.screen.key("Down")
    audit.screen.type(reason)
    audit.screen.key("Enter")
    audit.screen.see(r"Taken \d{4}-\d\d-\d\d .* kept until", 10)
    tell("Its picture, after a reason that is recorded", audit.screen.text())
    audit.screen.key("Escape")
    audit.screen.see(r"capture-verdict +\(this event\)", 10)


def verify_now(audit, tell):
    """F9: the server looks through the whole trail."""
    audit.screen.key("F9")
    audit.screen.see(r"Whole: the server's own word", 30)
    tell("The trail, verified by the server", audit.screen.text())


def play_audit(node, programs, tell, supervisor, checker):
    """A supervisor follows the trail, and finds what the checker posted and approved."""
    audit = Audit(node, programs, node.state / "audit", tell, size=(100, 30))
    try:
        audit.face(supervisor.face)
        audit.open_terminal("audit-1")
        audit.log_in(supervisor)
        audit.screen.key("Tab")
        audit.screen.type(checker.name.split()[0])
        audit.screen.see(r"batch-post", 10)
        audit.screen.key("Escape")
        story_of(audit, "batch-post", tell, f"What {checker.name} posted")
        story_of(audit, "hold-post", tell, f"What {checker.name} approved")
        picture_of(audit, tell, "the approval of a large transfer")
        verify_now(audit, tell)
        audit.screen.key("F4")
        audit.screen.see(r"Where to\?")
        audit.choose("Sessions")
        audit.screen.see(re.escape(supervisor.name), 10)
        tell("Who works now", audit.screen.text())
        audit.log_out()
    finally:
        audit.close()


def hold_above(node, small):
    """The policy of this node from now on: what is larger than small waits for somebody's approval. Restarts the server."""
    conf, proofs = node.state / "server.conf", 'proofs = { "otp", "face" }'
    bands = "".join(f'\ttransfer {{ currency = "EUR" up_to = "{up_to}" {proofs} {more}}}\n'
                    for up_to, more in ((small, ""), ("10000.00", "approvals = 1 hold = true ")))
    text = conf.read_text()
    expect(text.count("policy {\n") == 1, "one section policy in server.conf")
    node.stop()
    conf.write_text(text.replace("policy {\n", "policy {\n" + bands))
    node.start()


def play_hold(branch, tell, payer, payee, supervisor, amount):
    """A large transfer at the branch waits for the supervisor's face and code, and gets them."""
    node, screen = branch.node, branch.screen
    audit = Audit(node, branch.programs, node.state / "decide", tell)
    branch.mailbox = audit.mailbox		# a new one: each message is read once, and older ones by nobody
    try:
        before = balances(node)
        branch.log_in(payer)
        branch.order(payee, amount, "a large one")
        expect("passed" == branch.capture(), "the customer's capture to pass")
        branch.code()
        screen.see(r"Confirmed, not yet paid", 15)
        tell("The amount is held", screen.text())
        screen.key("Enter")
        screen.see(r"held: waits for somebody's approval", 10)
        tell("Balance and what is available", screen.text())
        expect(balances(node) == before, "no money to have moved before it is approved")

        audit.face(supervisor.face)
        audit.open_terminal("decide-1")
        audit.log_in(supervisor)
        audit.screen.key("F4")
        audit.screen.see(r"Where to\?")
        audit.choose("Waiting transfers")
        audit.screen.see(rf"▸.*{re.escape(payer.name)}", 10)
        tell("A transfer waits", audit.screen.text())
        audit.screen.key("Enter")
        audit.screen.see(rf"If approved(?s:.)*Bound to")
        tell("Everything needed to decide", audit.screen.text())
        audit.screen.key("F8")
        expect("passed" == audit.capture(), "the supervisor's capture to pass")
        _, message = audit.code()
        expect(amount in message and payee.name in message, f"the transfer in:\n{message}")
        audit.screen.see(r"Approved and posted", 15)
        audit.screen.see(r"No transfer waits", 10)
        tell("Approved and posted", audit.screen.text())
        audit.log_out()

        screen.key("F5")
        screen.see(r"Last transfer +done", 10)
        branch.choose("Held transfers")
        screen.see(r"▸.*✓ done", 10)
        tell("The customer sees what became of it", screen.text())
        branch.home()
        branch.log_out()
    finally:
        audit.close()


def play_reversal(branch, tell, journal, payer, payee, amount, asker, decider):
    """One supervisor asks for a posted transaction to be taken back, another posts that."""
    node = branch.node
    audit = Audit(node, branch.programs, node.state / "reverse", tell)
    try:
        before = balances(node)
        audit.face(asker.face)
        audit.open_terminal("reverse-1")
        audit.log_in(asker)
        audit.screen.key("F4")
        audit.choose("Take back")
        audit.fields(str(journal), "paid to the wrong Bodo")
        audit.screen.key("F8")
        audit.screen.see(rf"Reversal of {journal}: paid(?s:.)*Takes back what was posted", 10)
        tell("What would be taken back", audit.screen.text())
        audit.screen.key("F8")
        expect("passed" == audit.capture(), "the capture of who asks to pass")
        _, message = audit.code()
        expect(amount in message and payer.name in message, f"the reversal in:\n{message}")
        audit.screen.see(rf"reversal +{re.escape(payee.name)}", 15)
        tell("The reversal waits for somebody else", audit.screen.text())
        audit.screen.key("Enter")
        audit.screen.see(rf"Asked by +{re.escape(asker.name)}")
        audit.screen.key("F8")
        audit.screen.see(r"You took part in this", 15)
        tell("Who asked does not decide", audit.screen.text())
        audit.screen.key("Escape")
        expect(balances(node) == before, "no money to have moved before somebody else has posted it")
        audit.log_out()

        audit.face(decider.face)
        audit.log_in(decider)
        audit.screen.key("F4")
        audit.choose("Waiting transfers")
        audit.screen.see(rf"reversal +{re.escape(payee.name)}", 10)
        audit.screen.key("Enter")
        audit.screen.see(rf"Asked by +{re.escape(asker.name)}")
        audit.screen.key("F8")
        expect("passed" == audit.capture(), "the capture of who decides to pass")
        audit.code()
        audit.screen.see(r"Approved and posted", 15)
        tell("Taken back", audit.screen.text())
        audit.log_out()
    finally:
        audit.close()
