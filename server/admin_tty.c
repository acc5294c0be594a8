/*
 * admin_tty.c - countersign-admin: a question on the controlling terminal.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Passwords and codes come from there alone, never from arguments or a pipe.
 * Whatever ends the question, a signal too, the terminal shows what is typed
 * again afterwards.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "server/admin.h"

#define TTY_LINE_BYTES 1024u

/* A line, or RC_CLOSED: a signal, or the end of the file. RC_TOO_BIG: longer than dst, and read to its end. */
static enum rc
tty_line(int tty, int signals, char *dst, size_t n)
{
	struct pollfd p[2] = { { .fd = tty, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
	char line[TTY_LINE_BYTES];
	ssize_t got = -1;
	enum rc r = RC_CLOSED;

	if (poll(p, 2, -1) > 0 && p[1].revents == 0)
		got = read(tty, line, sizeof line);
	if (got > 0 && line[got - 1] == '\n') {
		got--;
		r = (size_t)got < n ? RC_OK : RC_TOO_BIG;
	}
	if (r == RC_OK) {
		memcpy(dst, line, (size_t)got);
		dst[got] = '\0';
	}
	crypto_wipe(line, sizeof line);
	return r;
}

/* Prompt and answer, with the signals that end programs held back until the terminal is as before. */
static enum rc
tty_ask(int tty, const char *prompt, bool secret, char *dst, size_t n)
{
	struct termios before, quiet;
	sigset_t ends, old;
	enum rc r = RC_IO;
	int signals;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGQUIT);
	if (tcgetattr(tty, &before) != 0 || sigprocmask(SIG_BLOCK, &ends, &old) != 0)
		return RC_IO;
	if ((signals = signalfd(-1, &ends, SFD_CLOEXEC)) < 0)
		goto out;
	quiet = before;
	quiet.c_lflag |= ICANON;
	if (secret)
		quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &quiet) == 0 && write(tty, prompt, strlen(prompt)) >= 0)
		r = tty_line(tty, signals, dst, n);
	(void)!tcsetattr(tty, TCSADRAIN, &before);
	if (secret || r != RC_OK)
		(void)!write(tty, "\n", 1);
	close(signals);
out:
	(void)!sigprocmask(SIG_SETMASK, &old, NULL);	/* a signal that came meanwhile ends the program here */
	return r;
}

int
admin_ask(const char *prompt, bool secret, char *dst, size_t n)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	enum rc r;

	if (tty < 0)
		return admin_fail(ADMIN_REFUSED, "this command asks questions; run it from a terminal");
	r = tty_ask(tty, prompt, secret, dst, n);
	close(tty);
	if (r == RC_TOO_BIG)
		return admin_fail(ADMIN_REFUSED, "that was too long");
	if (r != RC_OK)
		return admin_fail(ADMIN_REFUSED, "nothing was typed");
	return ADMIN_OK;
}
