#!/usr/bin/env python3
# demo.py - the stories that the demo tells.
# SPDX-License-Identifier: Apache-2.0
#
#   demo.py demo  --prefix DIR --programs DIR --state DIR     plays everything, prints every screen
#   demo.py seed  --prefix DIR --programs DIR --state DIR     registers the people of the demo at a running node,
#                                                             gives them their roles, prints who they are
#   demo.py mailbox --state DIR                               prints messages as they arrive
#   demo.py port --state DIR                                  prints a free port for a node
#
# What it isn't: the steps; see job.py, offices.py and staff.py.
import argparse
import os
import pathlib
import re
import shutil
import sys
import time

import stage
from job import ANNA, BODO, CARLA, PASSWORD, Branch, Person, balances, deposit, expect, frame, history_of
from offices import EVA, FRIDA, MAX, REASON, hold_above, play_audit, play_batch, play_hold
from refusals import Refusals
from staff import Staff
from stage import Mailbox, Node, StageError


HELD_ABOVE = "100.00"		# at the node that the demo leaves to try; deploy/demo says so


def play_offices(args, node, branch, payer, payee, checker):
    """Two administrators give roles; batches are posted, a large transfer is approved; a supervisor looks on."""
    maker, supervisor = branch.register(Person(*MAX)), branch.register(Person(*EVA))
    staff = Staff(node, branch.mailbox, frame)
    for person, role in ((maker, "maker"), (checker, "checker"), (checker, "supervisor"), (supervisor, "supervisor")):
        staff.give(person, role, REASON)
    play_batch(node, args.programs, frame, payer, payee, maker, checker)
    hold_above(node, "125.00")
    branch.screen.see(r"● connected", 30)
    play_hold(branch, frame, payer, payee, checker, "150.00")
    play_audit(node, args.programs, frame, supervisor, checker)


def play_demo(args):
    """The whole job, with every screen; returns only if all of it happened."""
    began = time.monotonic()
    shutil.rmtree(args.state, ignore_errors=True)
    node = Node(args.state, args.prefix, [f"port={stage.free_port()}", "code.life_ms=9000", "bank=Countersign Demo Bank"])
    branch = None
    try:
        node.start()
        frame("The node is up", node.admin("db", "status").stdout)
        branch = Branch(node, args.programs, node.state / "branch", frame)
        anna, bodo, carla = Person(*ANNA), Person(*BODO), Person(*CARLA)
        branch.face(anna.face)
        branch.open_terminal("counter-1")
        for person in (anna, bodo, carla):
            branch.register(person)
        for person in (anna, bodo):
            frame(f"A first deposit for {person.name}", deposit(node, person, "500.00"))
        before = balances(node)
        frame("Balances before", node.admin("account", "list").stdout)

        branch.log_in(anna)
        login = time.monotonic()
        branch.transfer(bodo, "123.45", "rent for May")
        frame("Login page left to receipt", f"{time.monotonic() - login:.1f} s")
        history_of(branch)
        refusals = Refusals(branch, frame)
        refusals.used_code(bodo, anna)
        refusals.wrong_code(bodo, anna)
        refusals.expired_code(bodo, anna)
        refusals.other_face(bodo, bodo)
        refusals.still_photograph(bodo, anna)
        branch.log_out()

        branch.log_in(bodo)
        receipt = branch.transfer(anna, "20.00", "thank you")
        refusals.foreign_code("a code made for another amount", (anna, "16.00"), (anna, "17.00"), bodo)
        refusals.foreign_code("a code made for another payee", (anna, "18.00"), (carla, "18.00"), bodo)
        history_of(branch)
        branch.log_out()

        play_offices(args, node, branch, anna, bodo, carla)
        after = balances(node)
        frame("Balances before", "\n".join(f"{k}  {v:>12}" for k, v in before.items()))
        frame("Balances after", "\n".join(f"{k}  {v:>12}" for k, v in after.items()))
        frame("The last receipt", receipt)
        expect(after[anna.account] == "221.55" and after[bodo.account] == "778.45", f"221.55 and 778.45, not {after}")
        verified = node.admin("audit", "verify").stdout
        frame("The audit trail", verified)
        expect("whole" in verified, "a whole audit trail")
        print(f"\nAll of it happened, in {time.monotonic() - began:.0f} s.")
    except StageError as e:
        print(f"\nThe demo failed: {e}", file=sys.stderr)
        return 1
    finally:
        if branch is not None:
            branch.close()
        node.stop()
    return 0


def play_seed(args):
    """The people of the demo at a node that runs already: a customer to pay, and staff; prints who they are.
    From then on a large transfer is held."""
    node = Node(args.state, args.prefix)
    name = f"seed-{os.getpid()}"
    branch = Branch(node, args.programs, node.state / name)
    bodo, maker, checker = Person(*BODO), Person(*MAX), Person(*CARLA)
    supervisor, auditor = Person(*EVA), Person(*FRIDA)
    try:
        branch.face(bodo.face)
        branch.open_terminal(name)
        for person in (bodo, maker, checker, supervisor, auditor):
            branch.register(person)
        staff = Staff(node, branch.mailbox)
        for person, role in ((maker, "maker"), (maker, "teller"), (checker, "checker"), (supervisor, "supervisor"),
                             (auditor, "auditor")):
            staff.give(person, role, REASON)
        node.admin("terminal", "revoke", name)
        hold_above(node, HELD_ABOVE)
    except StageError as e:
        print(f"seed: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("seed: interrupted", file=sys.stderr)
        return 130
    finally:
        branch.close()
        shutil.rmtree(branch.directory, ignore_errors=True)
    account = re.sub(r"(.{4})(?=.)", r"\1 ", bodo.account)
    print(f"payee='{account}'")
    for who, person in (("customer", bodo), ("maker", maker), ("checker", checker), ("supervisor", supervisor),
                        ("auditor", auditor)):
        print(f"{who}='{person.customer}'")
    print(f"administrators='{' and '.join(staff.numbers)}'")
    print(f"password='{PASSWORD}'")
    return 0


def play_mailbox(args):
    """Prints each message of the `file` channel when it arrives, until interrupted."""
    print("\n   The mailbox: one-time codes arrive here.\n", flush=True)
    mailbox = Mailbox(Node(args.state, args.state))
    try:
        while True:
            text = mailbox.next(float("inf"))
            print("   " + "─" * 60)
            for line in text.rstrip().splitlines():
                print(f"   {line}")
            print(flush=True)
    except KeyboardInterrupt:
        return 0


def play_port(args):
    """Prints 7700 if it is free together with 7701, else a port that is."""
    print(stage.free_port(7700))
    return 0


STORIES = {"demo": play_demo, "seed": play_seed, "mailbox": play_mailbox, "port": play_port}


def main():
    parser = argparse.ArgumentParser(prog="job.py")
    parser.add_argument("story", choices=STORIES)
    parser.add_argument("--prefix", type=pathlib.Path)
    parser.add_argument("--programs", type=pathlib.Path)
    parser.add_argument("--state", type=pathlib.Path, required=True)
    args = parser.parse_args()
    if args.story in ("demo", "seed") and not (args.prefix and args.programs):
        parser.error(f"{args.story} needs --prefix and --programs")
    return STORIES[args.story](args)


if __name__ == "__main__":
    sys.exit(main())
