/*
 * vision_main.c - countersign-vision: pictures in, features out, in a process
 * that can do nothing else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server starts it with one end of a socket pair. It loads the networks,
 * gives up its powers, says hello, and serves requests until the other end
 * closes. Exit status: 0 the other end closed, 1 failed, 2 wrong usage.
 */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "models/net_kernels.h"
#include "proto/crypto.h"
#include "proto/log.h"
#include "server/privileges.h"
#include "server/sandbox.h"
#include "server/vision_frame.h"

#define PART         "vision"
#define DEFAULT_USER "countersign-vision"

struct options {
	const char *models, *user;
	int fd;
};

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: countersign-vision --models DIR --fd N [--user NAME]\n"
	    "N is an inherited socket; the server starts this program, a person has no use for it.\n");
	return 2;
}

static bool
parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "fd", required_argument, NULL, 'f' },
		{ "user", required_argument, NULL, 'u' }, { 0 },
	};
	char *end;
	long n = -1;
	int c;

	*o = (struct options){ .user = DEFAULT_USER, .fd = -1 };
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'm':
			o->models = optarg;
			break;
		case 'u':
			o->user = optarg;
			break;
		case 'f':
			n = strtol(optarg, &end, 10);
			if (*optarg == '\0' || *end != '\0' || n < 3 || n > 1023)
				return false;
			o->fd = (int)n;
			break;
		default:
			return false;
		}
	}
	return optind == argc && o->models != NULL && o->fd >= 0;
}

static bool
is_socket(int fd)
{
	int type;
	socklen_t n = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_STREAM;
}

/* Root does not look at pictures: it becomes the named user, who must exist. "" is for tests and stays who it is. */
static enum rc
become(const char *name, char *err, size_t err_n)
{
	struct system_user user;
	enum rc r;

	if (geteuid() != 0 || name[0] == '\0')
		return RC_OK;
	if ((r = privileges_find("--user", name, &user, err, err_n)) == RC_OK)
		r = privileges_drop(&user, err, err_n);
	return r;
}

static enum rc
serve(const struct options *o, struct log *log)
{
	char err[512] = "";
	struct vision_worker w = { .fd = -1 };
	enum rc r;

	/* User first, files after: the models are readable by all, and what loads them has less to lose. */
	if ((r = become(o->user, err, sizeof err)) != RC_OK ||
	    (r = vision_worker_open(&w, o->models, o->fd, err, sizeof err)) != RC_OK ||
	    (r = sandbox_enter(o->fd, err, sizeof err)) != RC_OK) {
		log_line(log, LOG_LEVEL_ERROR, PART, "%s", err);
		goto out;
	}
	r = vision_worker_hello(&w);
	while (r == RC_OK)
		r = vision_worker_serve(&w);
	if (r != RC_CLOSED)
		log_line(log, LOG_LEVEL_ERROR, PART, "ends: %s", rc_text(r));
out:
	vision_worker_close(&w);
	return r;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct log *log;
	enum rc r;

	process_harden();
	if (!parse(argc, argv, &o) || !is_socket(o.fd))
		return usage();
	if (crypto_init() != RC_OK || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    (log = log_open(NULL, LOG_LEVEL_INFO)) == NULL)
		return 1;
	kernels_use_threads(1);
	r = serve(&o, log);
	log_close(log);
	/* No exit handlers: those of the libraries below would ask for what the sandbox refuses. */
	_exit(r == RC_CLOSED ? 0 : 1);
}
