/*
 * vision_main.c - countersign-vision: pictures in, features out, in a process
 * that can do nothing else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server starts it with one end of a socket pair. It loads the networks,
 * gives up its powers, says hello, and serves requests until the other end
 * closes. With --pack it loads the networks, leaves their weights in a memory
 * file for the workers to come (worker_pack.h), and ends; it sees no picture.
 * Exit status: 0 the other end closed, or packed; 1 failed, 2 wrong usage.
 */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	struct vision_setup setup;
	const char *user;
	bool pack;
	int fd;			/* the socket */
};

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: countersign-vision --models DIR --fd N [--weights N] [--precision auto|f32|bf16] [--user NAME]\n"
	    "       countersign-vision --models DIR --pack N [--precision auto|f32|bf16] [--user NAME]\n"
	    "N is an inherited socket (--fd) or memory file; the server starts this program, a person has no use for it.\n");
	return 2;
}

/* An inherited descriptor, -1 if it is none. */
static int
parse_descriptor(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return *text == '\0' || *end != '\0' || n < 3 || n > 1023 ? -1 : (int)n;
}

static bool
parse_precision(const char *text, enum net_backend *to)
{
	static const struct { const char *word; enum net_backend is; } word[] = {
		{ "auto", NET_AUTO }, { "f32", NET_F32 }, { "bf16", NET_BF16 },
	};

	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
		if (strcmp(text, word[i].word) == 0) {
			*to = word[i].is;
			return true;
		}
	return false;
}

static bool
parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "fd", required_argument, NULL, 'f' },
		{ "weights", required_argument, NULL, 'w' }, { "pack", required_argument, NULL, 'k' },
		{ "precision", required_argument, NULL, 'p' }, { "user", required_argument, NULL, 'u' }, { 0 },
	};
	bool good = true;
	int c;

	*o = (struct options){ .setup = { .backend = NET_AUTO, .weights = -1 }, .user = DEFAULT_USER, .fd = -1 };
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'm':
			o->setup.models = optarg;
			break;
		case 'u':
			o->user = optarg;
			break;
		case 'f':
			good = good && (o->fd = parse_descriptor(optarg)) >= 0;
			break;
		case 'k':
			o->pack = true;
			/* fall through */
		case 'w':
			good = good && (o->setup.weights = parse_descriptor(optarg)) >= 0;
			break;
		case 'p':
			good = good && parse_precision(optarg, &o->setup.backend);
			break;
		default:
			return false;
		}
	}
	return good && optind == argc && o->setup.models != NULL && o->pack == (o->fd < 0);
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

/* With shared weights if they fit. */
static enum rc
load(const struct options *o, struct log *log, struct vision_worker *w, char *err, size_t err_n)
{
	struct vision_setup own = o->setup;
	enum rc r = vision_worker_open(w, &o->setup, o->fd, err, err_n);

	if (r == RC_OK || own.weights < 0)
		return r;
	log_line(log, LOG_LEVEL_WARN, PART, "packs its own weights: %s", err);
	own.weights = -1;
	return vision_worker_open(w, &own, o->fd, err, err_n);
}

static enum rc
serve(const struct options *o, struct log *log)
{
	char err[512] = "";
	struct vision_worker w = { .fd = -1 };
	enum rc r;

	/* User first, files after: the models are readable by all, and what loads them has less to lose. */
	if ((r = become(o->user, err, sizeof err)) != RC_OK ||
	    (r = load(o, log, &w, err, sizeof err)) != RC_OK ||
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

static enum rc
pack(const struct options *o, struct log *log)
{
	char err[512] = "";
	enum rc r;

	if ((r = become(o->user, err, sizeof err)) != RC_OK || (r = vision_pack(&o->setup, err, sizeof err)) != RC_OK)
		log_line(log, LOG_LEVEL_ERROR, PART, "%s", err);
	return r;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct log *log;
	enum rc r;

	process_harden();
	if (!parse(argc, argv, &o) || (!o.pack && !is_socket(o.fd)))
		return usage();
	if (crypto_init() != RC_OK || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    (log = log_open(NULL, LOG_LEVEL_INFO)) == NULL)
		return 1;
	kernels_use_threads(1);
	r = o.pack ? pack(&o, log) : serve(&o, log);
	log_close(log);
	/* No exit handlers: those of the libraries below would ask for what the sandbox refuses. */
	_exit(r == (o.pack ? RC_OK : RC_CLOSED) ? 0 : 1);
}
