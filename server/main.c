/*
 * main.c - countersignd: options, limits of the process, signals.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "server/node.h"
#include "server/spawner.h"

static const char main_usage[] =
    "usage: countersignd --config FILE [--check]\n"
    "       countersignd --print-config\n"
    "\n"
    "  --config FILE    serve with this configuration, in the foreground\n"
    "  --check          check configuration, keys and database, then leave\n"
    "  --print-config   print every key of the configuration with its default\n"
    "  --version, --help\n"
    "\n"
    "SIGTERM and SIGINT stop it cleanly.\n";

struct main_options {
	const char *config;
	bool check;
};

/* -1: go on; else leave with this status. */
static int
main_parse(int argc, char **argv, struct main_options *o)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "check", no_argument, NULL, 'k' },
		{ "print-config", no_argument, NULL, 'p' }, { "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};

	for (int opt; (opt = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (opt) {
		case 'c':
			o->config = optarg;
			break;
		case 'k':
			o->check = true;
			break;
		case 'p':
			config_print(stdout);
			return 0;
		case 'v':
			puts("countersignd " COUNTERSIGN_VERSION);
			return 0;
		case 'h':
			fputs(main_usage, stdout);
			return 0;
		default:
			fputs(main_usage, stderr);
			return 2;
		}
	if (o->config == NULL || optind != argc) {
		fputs(main_usage, stderr);
		return 2;
	}
	return -1;
}

/*
 * As many descriptors as the system allows: one that runs out spins on accept.
 * As much locked memory: the enrolled faces are kept in it, and root, which
 * may lock any amount, is left soon.
 */
static void
main_raise_limits(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &l);
	}
	if (setrlimit(RLIMIT_MEMLOCK, &all) != 0 && getrlimit(RLIMIT_MEMLOCK, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		(void)!setrlimit(RLIMIT_MEMLOCK, &l);
	}
}

/* Signals are taken by main alone, in main_wait(). */
static void
main_block_signals(sigset_t *taken)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(taken);
	sigaddset(taken, SIGTERM);
	sigaddset(taken, SIGINT);
	pthread_sigmask(SIG_BLOCK, taken, NULL);
}

/* Started as root: leaves a spawner behind that starts the workers, and becomes an ordinary user before any key is read. */
static enum rc
main_become(const struct config *c, const struct main_options *o, struct spawner **spawner, char *err, size_t err_n)
{
	struct system_user server, workers;
	const struct spawner_options so = {
		.command = { .program = c->vision.program, .models = c->vision.models,
			.precision = c->vision.precision }, .as = &workers,
		.workers = (uint32_t)c->vision.workers + 8,
	};
	enum rc r;

	if (geteuid() != 0 || c->user[0] == '\0')
		return RC_OK;
	if ((r = privileges_check_file(o->config, err, err_n)) != RC_OK ||
	    (r = privileges_find("user", c->user, &server, err, err_n)) != RC_OK ||
	    (r = privileges_find("vision.user", c->vision.user, &workers, err, err_n)) != RC_OK)
		return r;
	if (server.uid == workers.uid) {
		snprintf(err, err_n, "user and vision.user are both \"%s\"; the workers need a user of their own", c->user);
		return RC_CONFIG;
	}
	if (!o->check && (r = spawner_start(&so, spawner, err, err_n)) != RC_OK)
		return r;
	return privileges_drop(&server, err, err_n);
}

static int
main_serve(const struct config *c, struct log *l, const struct worker_launcher *launcher, bool check, const sigset_t *taken)
{
	char err[CONFIG_ERR_BYTES] = "";
	struct node *n = NULL;
	int status = 1, sig = 0;

	if (node_open(c, l, launcher, &n, err, sizeof err) != RC_OK)
		goto out;
	if (check) {
		puts("configuration, keys and database are in order");
		status = 0;
		goto out;
	}
	if (node_start(n, err, sizeof err) != RC_OK)
		goto out;
	log_line(l, LOG_LEVEL_INFO, "main", "serving on %s and %s", c->listen_control, c->listen_video);
	sigwait(taken, &sig);
	log_line(l, LOG_LEVEL_INFO, "main", "stopping after signal %d", sig);
	status = 0;
out:
	if (status != 0) {
		fprintf(stderr, "countersignd: %s\n", err);
		log_line(l, LOG_LEVEL_ERROR, "main", "%s", err);
	}
	node_close(n);
	return status;
}

int
main(int argc, char **argv)
{
	struct main_options o = { 0 };
	char err[CONFIG_ERR_BYTES] = "";
	struct config *c = NULL;
	struct log *l = NULL;
	struct spawner *spawner = NULL;
	sigset_t taken;
	int status;

	process_harden();
	if ((status = main_parse(argc, argv, &o)) >= 0)
		return status;
	status = 1;
	umask(077);
	main_raise_limits();
	main_block_signals(&taken);
	if (crypto_init() != RC_OK)
		snprintf(err, sizeof err, "libsodium does not start");
	else if (config_load(o.config, &c, err, sizeof err) == RC_OK &&
	    main_become(c, &o, &spawner, err, sizeof err) == RC_OK) {
		if ((l = log_open(c->log[0] != '\0' && !o.check ? c->log : NULL, LOG_LEVEL_INFO)) == NULL)
			snprintf(err, sizeof err, "cannot open the log file %.400s: %s", c->log, strerror(errno));
		else
			status = main_serve(c, l, spawner != NULL ? spawner_launcher(spawner) : NULL, o.check, &taken);
	}
	if (l == NULL)
		fprintf(stderr, "countersignd: %s\n", err);
	spawner_stop(spawner);
	log_close(l);
	config_free(c);
	return status;
}
