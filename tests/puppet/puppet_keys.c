/*
 * puppet_keys.c - see puppet_keys.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/puppet/puppet_keys.h"
#include "tests/puppet/puppet_motion.h"

enum rc
puppet_keys_open(struct puppet_keys *k, char *err, size_t err_n)
{
	struct termios t;

	*k = (struct puppet_keys){ 0 };
	if (tcgetattr(STDIN_FILENO, &k->before) != 0) {
		snprintf(err, err_n, "--keys needs a terminal as standard input");
		return RC_INVALID;
	}
	t = k->before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &t) != 0) {
		snprintf(err, err_n, "the terminal's mode cannot be set: %s", strerror(errno));
		return RC_IO;
	}
	k->raw = true;
	return RC_OK;
}

void
puppet_keys_close(struct puppet_keys *k)
{
	if (!k->raw)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &k->before);
	fprintf(stderr, "\n");
	k->raw = false;
}

/* The help goes to standard error: standard output may carry the pictures. */
void
puppet_keys_help(const char *const *faces, size_t n)
{
	fprintf(stderr, "\033[H\033[2JThe person before the camera. Press a key:\n\n");
#define X(symbol, word, key, text) fprintf(stderr, "  %c  %s\n", key, text);
	PUPPET_ACTION_LIST(X)
#undef X
	for (size_t i = 0; i < n && i < 9; i++) {
		const char *name = strrchr(faces[i], '/');

		fprintf(stderr, "  %zu  be %.60s\n", i + 1, name == NULL ? faces[i] : name + 1);
	}
	fprintf(stderr, "  ?  this help\n  q  quit\n\n");
}

void
puppet_keys_say(const char *text)
{
	fprintf(stderr, "\r\033[K> %.76s", text);
}

enum rc
puppet_keys_next(int *key)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char c;
	ssize_t n;

	if (poll(&p, 1, 0) <= 0)
		return RC_AGAIN;
	n = read(STDIN_FILENO, &c, 1);
	if (n == 1) {
		*key = c;
		return RC_OK;
	}
	return n < 0 && errno == EINTR ? RC_AGAIN : RC_CLOSED;
}
