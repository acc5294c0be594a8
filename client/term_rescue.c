/*
 * term_rescue.c - signal handlers that give the terminal back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/term_rescue.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What a signal handler needs. Written before the handlers are set. */
static struct {
	volatile sig_atomic_t ended;
	bool armed;
	int fd;
	struct termios before;
	char leave[128];	/* the bytes that give the screen back */
	size_t leave_n;
} rescue;

static void
rescue_on_end(int sig)
{
	(void)sig;
	rescue.ended = 1;
}

/* Only async-signal-safe calls: the program is broken. */
static void
rescue_on_fatal(int sig)
{
	ssize_t n = write(rescue.fd, rescue.leave, rescue.leave_n);

	(void)n;
	tcsetattr(rescue.fd, TCSANOW, &rescue.before);
	signal(sig, SIG_DFL);
	raise(sig);
}

void
rescue_remember(int fd)
{
	rescue.fd = fd;
	rescue.leave_n = 0;
	tcgetattr(fd, &rescue.before);
}

void
rescue_add(const char *capability)
{
	size_t n;

	if (capability == NULL || capability == (const char *)-1)
		return;
	n = strlen(capability);
	if (n > sizeof rescue.leave - rescue.leave_n)
		return;
	memcpy(rescue.leave + rescue.leave_n, capability, n);
	rescue.leave_n += n;
}

void
rescue_arm(void)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction sa = { 0 };

	rescue.armed = true;
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = rescue_on_end;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		sigaction(ends[i], &sa, NULL);
	sa.sa_handler = rescue_on_fatal;
	sa.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		sigaction(fatal[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sa.sa_flags = 0;
	sigaction(SIGPIPE, &sa, NULL);
}

void
rescue_disarm(void)
{
	rescue.armed = false;
}

bool
rescue_armed(void)
{
	return rescue.armed;
}

bool
rescue_ended(void)
{
	return rescue.ended != 0;
}
