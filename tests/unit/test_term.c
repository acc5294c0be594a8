/*
 * test_term.c - through a pty: keys as terminals send them, of which those that
 * terminfo does not know are understood or mean nothing, and are never taken
 * for typing; and what a terminal is sent when it shines and rings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/term.h"

#define PATIENCE_MS 10000
#define END         'q'		/* typed behind each sequence */

struct typist {
	pid_t child;
	int   master, keys;	/* the pty; raw keys from the child */
};

/* In the child: every key goes into the pipe, an empty one when the terminal is open. */
static void
report_keys(const char *name, const char *slave, int keys)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct raw_key k = { .kind = RAW_NONE };
	struct tty *t;
	char err[256];
	int fd;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((fd = open(slave, O_RDWR)) < 0 || ioctl(fd, TIOCSWINSZ, &size) != 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		_exit(2);
	setenv("TERM", name, 1);
	setlocale(LC_ALL, "C.UTF-8");
	if ((t = term_open(&(struct term_opts){ .most = PREVIEW_256, .palette = PALETTE_MONO, .mouse = true }, err, sizeof err)) == NULL)
		_exit(3);
	do {
		struct pollfd p = { .fd = 0, .events = POLLIN };

		if (write(keys, &k, sizeof k) != (ssize_t)sizeof k)
			break;
		while ((k = term_key(t)).kind == RAW_NONE)
			poll(&p, 1, PATIENCE_MS);
	} while (true);
	_exit(0);
}

static struct raw_key
next_key(const struct typist *t)
{
	struct pollfd p = { .fd = t->keys, .events = POLLIN };
	struct raw_key k;

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_int_equal(read(t->keys, &k, sizeof k), sizeof k);
	return k;
}

static void
typist_open(struct typist *t, const char *name)
{
	char slave[64];
	int pipes[2];

	assert_true((t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) >= 0);
	assert_int_equal(grantpt(t->master) | unlockpt(t->master) | ptsname_r(t->master, slave, sizeof slave), 0);
	assert_int_equal(pipe(pipes), 0);
	assert_true((t->child = fork()) >= 0);
	if (t->child == 0)
		report_keys(name, slave, pipes[1]);
	close(pipes[1]);
	t->keys = pipes[0];
	assert_int_equal(next_key(t).kind, RAW_NONE);
}

static void
typist_close(struct typist *t)
{
	kill(t->child, SIGKILL);
	waitpid(t->child, NULL, 0);
	close(t->master);
	close(t->keys);
}

/* The keys that one sequence makes, without those that mean nothing; fails if there are more than most. */
static size_t
keys_of(const struct typist *t, const char *bytes, struct raw_key *keys, size_t most)
{
	const char end = END;
	struct raw_key k;
	size_t n = 0;

	assert_int_equal(write(t->master, bytes, strlen(bytes)), strlen(bytes));
	assert_int_equal(write(t->master, &end, 1), 1);
	while ((k = next_key(t)).kind != RAW_CHAR || k.ch != END || k.alt) {
		if (k.kind == RAW_CHAR && k.ch == 0)
			continue;
		if (n == most)
			fail_msg("ESC%s: a key too many, kind %d, character %u", bytes + 1, (int)k.kind, k.ch);
		keys[n++] = k;
	}
	return n;
}

#define F(n)    { .kind = RAW_FUNCTION, .ch = (n) }
#define K(what) { .kind = (what) }
#define C(c)    { .kind = RAW_CHAR, .ch = (c) }
#define NOTHING { .kind = RAW_NONE }

static void
test_sequences(void **state)
{
	static const char *const names[] = { "xterm-256color", "vt100", "linux" };
	static const struct { const char *bytes; struct raw_key want; } t[] = {
		{ "\033[11~", F(1) }, { "\033[12~", F(2) }, { "\033[15~", F(5) }, { "\033[17~", F(6) }, { "\033[19~", F(8) },
		{ "\033[20~", F(9) }, { "\033[21~", F(10) }, { "\033OP", F(1) }, { "\033OS", F(4) }, { "\033[[A", F(1) },
		{ "\033[[E", F(5) },
		{ "\033[A", K(RAW_UP) }, { "\033OB", K(RAW_DOWN) }, { "\033[3~", K(RAW_DELETE) }, { "\033[5~", K(RAW_PGUP) },
		{ "\033[6~", K(RAW_PGDN) }, { "\033[Z", K(RAW_BACKTAB) }, { "\0331", { .kind = RAW_CHAR, .ch = '1', .alt = true } },
		{ "\033[99~", NOTHING }, { "\033[16~", NOTHING }, { "\033[15;2~", NOTHING }, { "\033[200~", NOTHING },
		{ "\033[201~", NOTHING }, { "\033[?1;2c", NOTHING }, { "\033[1;5A", NOTHING }, { "\033[I", NOTHING },
		{ "\033Oz", NOTHING }, { "a", C('a') },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct typist who;

		typist_open(&who, names[i]);
		for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
			struct raw_key got = { 0 };
			size_t n;

			print_message("%s: ESC%s\n", names[i], t[k].bytes + 1);
			n = keys_of(&who, t[k].bytes, &got, 1);
			/* With modifiers a terminal's own description may know a key; it may not become typing. */
			if (n == 1 && t[k].want.kind == RAW_NONE && got.kind != RAW_CHAR && got.kind != RAW_ESC)
				continue;
			assert_int_equal(got.kind, t[k].want.kind);
			assert_int_equal(got.ch, t[k].want.ch);
			assert_int_equal(got.alt, t[k].want.alt);
		}
		typist_close(&who);
	}
}

/* A keypad that is in application mode types what is printed on it; a paste types the text alone. */
static void
test_typing(void **state)
{
	static const struct { const char *bytes, *want; } t[] = {
		{ "\033Oq\033Or\033On\033Ou\033Op", "12.50" }, { "\033[200~12.50\033[201~", "12.50" },
	};
	struct typist who;

	(void)state;
	typist_open(&who, "xterm-256color");
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		struct raw_key got[8];
		size_t n = keys_of(&who, t[k].bytes, got, 8);

		assert_int_equal(n, strlen(t[k].want));
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(got[i].kind, RAW_CHAR);
			assert_int_equal(got[i].ch, t[k].want[i]);
		}
	}
	typist_close(&who);
}

/* The first button says where; letting it go, and the others, mean nothing. */
static void
test_mouse(void **state)
{
	struct typist who;
	struct raw_key got[2];

	(void)state;
	typist_open(&who, "xterm-256color");
	assert_int_equal(keys_of(&who, "\033[<0;11;6M", got, 2), 1);
	assert_int_equal(got[0].kind, RAW_CLICK);
	assert_int_equal(got[0].y, 5);
	assert_int_equal(got[0].x, 10);
	assert_int_equal(keys_of(&who, "\033[<0;11;6m", got, 2), 0);
	assert_int_equal(keys_of(&who, "\033[<2;11;6M", got, 2), 0);
	typist_close(&who);
}

/* ---- light and bell ---- */

#define BLUE 0x90b0ffu

/* In the child: a page, the same page shining, and as before; a sign on the pipe after each, and a key goes on. */
static void
shine(const char *name, const char *slave, int said)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct pollfd key = { .fd = 0, .events = POLLIN };
	struct cells c = { 0 };
	struct tty *t;
	char err[256];
	int fd;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((fd = open(slave, O_RDWR)) < 0 || ioctl(fd, TIOCSWINSZ, &size) != 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		_exit(2);
	setenv("TERM", name, 1);
	setlocale(LC_ALL, "C.UTF-8");
	if ((t = term_open(&(struct term_opts){ .most = PREVIEW_256 }, err, sizeof err)) == NULL || cells_size(&c, 80, 24) != RC_OK)
		_exit(3);
	for (int step = 0; step < 3; step++) {
		cells_clear(&c);
		c.lamp = step == 1 ? BLUE : 0;
		cells_text(&c, 20, 10, 20, THEME_BANNER, "Blink once");
		term_show(t, &c);
		if (step == 1)
			term_ring(t);
		if (write(said, "+", 1) != 1)
			_exit(4);
		while (term_key(t).kind == RAW_NONE)
			poll(&key, 1, PATIENCE_MS);
	}
	_exit(0);
}

/* What the terminal is sent up to the child's next sign. */
static void
shown(int master, int said, char *text, size_t max)
{
	struct pollfd p[] = { { .fd = master, .events = POLLIN }, { .fd = said, .events = POLLIN } };
	size_t n = 0;
	ssize_t got;
	char sign;

	do {
		assert_true(poll(p, 2, PATIENCE_MS) > 0);
		if ((p[0].revents & POLLIN) != 0) {
			got = read(master, text + n, max - 1 - n);
			assert_true(got > 0);
			n += (size_t)got;
		}
	} while ((p[0].revents & POLLIN) != 0 || (p[1].revents & POLLIN) == 0);
	assert_int_equal(read(said, &sign, 1), 1);
	text[n] = '\0';
}

/* Colours as the terminal takes them, in black letters; afterwards everything is as before. */
static void
test_shine(void **state)
{
	static const struct { const char *name, *light; } t[] = {
		{ "xterm-256color", "48;5;111" }, { "xterm-direct", "48:2::144:176:255" }, { "vt100", NULL },
	};
	static char before[65536], lit[65536], after[65536];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct typist who;
		char slave[64];
		int pipes[2];

		assert_true((who.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) >= 0);
		assert_int_equal(grantpt(who.master) | unlockpt(who.master) | ptsname_r(who.master, slave, sizeof slave), 0);
		assert_int_equal(pipe(pipes), 0);
		assert_true((who.child = fork()) >= 0);
		if (who.child == 0)
			shine(t[i].name, slave, pipes[1]);
		close(pipes[1]);
		who.keys = pipes[0];
		shown(who.master, who.keys, before, sizeof before);
		assert_int_equal(write(who.master, "x", 1), 1);
		shown(who.master, who.keys, lit, sizeof lit);
		assert_int_equal(write(who.master, "x", 1), 1);
		shown(who.master, who.keys, after, sizeof after);
		typist_close(&who);
		assert_non_null(strchr(lit, '\a'));
		assert_null(strchr(before, '\a'));
		if (t[i].light == NULL) {
			assert_true(strlen(lit) < 64);		/* no colours: nothing to repaint */
			continue;
		}
		assert_null(strstr(before, t[i].light));
		assert_non_null(strstr(lit, t[i].light));
		assert_null(strstr(lit, "48;5;23"));		/* the banner shines as well */
		assert_null(strstr(after, t[i].light));
		assert_non_null(strstr(after, "Blink once"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences), cmocka_unit_test(test_typing), cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_shine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
