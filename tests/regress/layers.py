#!/usr/bin/env python3
# layers.py - the rules of ARCHITECTURE.md that a machine can check.
# SPDX-License-Identifier: Apache-2.0
#
# Each rule prints "ok" or "FAIL" with file and line; exit status 1 if any fails.
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("proto", "models", "db", "server", "client")

# one foreign header, one file (or stem)
FOREIGN = {
    r"zmq\.h": r"proto/link_zmq\w*\.[ch]",
    r"sodium(/.*)?\.h": r"proto/crypto\w*\.[ch]",
    r"pb(_\w+)?\.h": r"proto/msg\w*\.[ch]",
    r"(mysql|mysqld_error|errmsg)\.h|mysql/.*|mariadb/.*": r"db/mysql_\w+\.[ch]",
    r"n?curses(w/.*)?\.h|ncursesw/.*": r"client/term_curses\w*\.c",
    r"chafa\.h": r"client/preview_chafa\.c",
    r"lib(av\w+|swscale)/.*": r"(client/camera_(av|rgb)|tests/eval/eval_video)\.c",
    r"darknet\.h": r"models/net_darknet\w*\.[ch]",
    r"dnnl.*\.h": r"models/net_kernels\w*\.[ch]",
    r"turbojpeg\.h": r"(models/image_jpeg|client/camera_jpeg|tests/puppet/\w+)\.c",
    r"immintrin\.h": r"models/\w+_(avx2|avx512|vnni)\.c",
    r"seccomp\.h": r"server/sandbox\.c",
    r"curl/.*": r"server/notify_smtp\.c",
    r"confuse\.h": r"(server|client|proto)/config\w*\.[ch]",
}

# who may include whom, by folder
MAY = {
    "proto": {"proto"},
    "models": {"models", "proto"},
    "db": {"db", "proto"},
    "client": {"client", "proto"},
    "server": {"server", "proto", "db", "models"},
}
# server/ sees db/ only through seams and models/ only in the sandboxed child; wiring happens in mains
DB_SEAMS = re.compile(r"db/(\w+_store|store|audit_event|audit_verify|seal_file)\.h$")
WIRING = re.compile(r"server/(\w*main|admin_\w+)\.c$")
CHILD = re.compile(r"server/vision_\w+\.[ch]$")
# numbers beside the models that need no network
TABLES = {("server/match_rule.c", "models/calibration.h"), ("server/known.c", "models/gallery.h")}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
# time and randomness come only through the seams
AMBIENT = re.compile(r"\b(time|gettimeofday|clock_gettime|rand|random|srand|getrandom|arc4random)\s*\(")
AMBIENT_OK = re.compile(r"proto/(clock|crypto\w*|log|stopwatch)\.c$")

failures = []


def sources():
    files = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", *PARTS, "tests/puppet", "tests/eval", "tests/bench"],
        capture_output=True, check=True).stdout.decode().split("\0")
    return [f for f in files if f.endswith((".c", ".h"))]


def code_of(text):
    """The text without comments and string contents, line breaks kept."""
    def blank(m):
        s = m.group(0)
        return s if s[0] in "\"'" and "\n" not in s and s.startswith('"') is False else re.sub(r"[^\n]", " ", s)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def fail(where, why):
    failures.append(f"{where}: {why}")


def check_includes(name, text):
    part = name.split("/")[0]
    for number, line in enumerate(text.splitlines(), 1):
        m = INCLUDE.match(line)
        if not m:
            continue
        header, where = m.group(2), f"{name}:{number}"
        for pattern, owner in FOREIGN.items():
            if re.fullmatch(pattern, header) and not re.fullmatch(owner, name):
                fail(where, f"<{header}> belongs to {owner} alone")
        if m.group(1) != '"' or part not in MAY:
            continue
        target = header.split("/")[0]
        if target in PARTS and target not in MAY[part]:
            fail(where, f"{part}/ must not know {target}/")
        if part == "server" and target == "db" and not DB_SEAMS.search(header) and not WIRING.search(name):
            fail(where, f"server/ sees the database through its seams, not {header}")
        if part == "server" and target == "models" and not CHILD.search(name) and (name, header) not in TABLES:
            fail(where, f"only the vision worker may include {header}")


def check_ambient(name, text):
    if AMBIENT_OK.search(name) or not name.startswith(PARTS):
        return
    for number, line in enumerate(code_of(text).splitlines(), 1):
        m = AMBIENT.search(line)
        if m:
            fail(f"{name}:{number}", f"{m.group(1)}() goes around proto/clock.h and proto/crypto.h")


def check_licence(name, text):
    if "SPDX-License-Identifier: Apache-2.0" not in text[:1200]:
        fail(name, "no SPDX line at the head")


def check_documents():
    """Every file that ARCHITECTURE.md names exists."""
    page = ROOT / "ARCHITECTURE.md"
    if not page.exists():
        fail("ARCHITECTURE.md", "is missing")
        return
    for ref in re.findall(r"`([\w./*-]+/[\w.*-]*)`", page.read_text()):
        if not any(ROOT.glob(ref.rstrip("/"))):
            fail("ARCHITECTURE.md", f"names {ref}, which does not exist")


def main():
    names = sources()
    if len(names) < 20:
        fail("sources", f"only {len(names)} files found")
    for name in names:
        text = (ROOT / name).read_text(encoding="utf-8")
        check_includes(name, text)
        check_ambient(name, text)
        check_licence(name, text)
    check_documents()
    for line in failures:
        print("FAIL", line)
    if not failures:
        print(f"ok {len(names)} sources keep the layers")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
