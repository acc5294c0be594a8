/*
 * eval_main.c - countersign-eval: how well faces are found and told apart, and
 * people from pictures of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eval.h"
#include "proto/crypto.h"
#include "server/match.h"

/* Which options a command needs and which others it takes, as letters of the table below; v: a video, without an option. */
static const struct command {
	const char *name, *part, *needs, *takes;	/* part: the second word, NULL: there is none */
	int (*run)(const struct eval_options *);
} command[] = {
	{ "verify", NULL, "ip", "mjtk", eval_verify },
	{ "gallery", NULL, "il", "mjtkf", eval_gallery },
	{ "detect", NULL, "i", "mjtkb", eval_detect },
	{ "calibrate", NULL, "ilod", "mtkf", eval_calibrate },
	{ "liveness", "events", "v", "mjtks", eval_events },
	{ "liveness", "frames", "rl", "mjtk", eval_liveness_frames },
	{ "liveness", "video", "rl", "mjtk", eval_liveness_video },
	{ "pattern", NULL, "rlod", "mtk", eval_pattern },
};

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: countersign-eval verify --images DIR --pairs FILE [--json]\n"
	    "       countersign-eval gallery --images DIR --labels FILE [--template N] [--json]\n"
	    "       countersign-eval detect --images DIR [--boxes] [--json]\n"
	    "       countersign-eval calibrate --images DIR --labels FILE --data TEXT [--template N] --out FILE\n"
	    "       countersign-eval liveness events VIDEO [--fps N] [--json]\n"
	    "       countersign-eval liveness frames --root DIR --labels FILE [--json]\n"
	    "       countersign-eval liveness video --root DIR --labels FILE [--json]\n"
	    "       countersign-eval pattern --root DIR --labels FILE --data TEXT --out FILE\n"
	    "all:   [--models DIR] [--threads N] [--backend auto|f32|bf16|stock]\n"
	    "FILE:  tab-separated with the names of the columns first, paths below DIR;\n"
	    "       pairs: img1, img2, same (0 or 1); labels: path, identity;\n"
	    "       of liveness: path, label (live or spoof), kind; of pattern: path, label, subject.\n"
	    "N of --template: 1 ... %u pictures; of --fps: what is left of the video's pictures a second. TEXT: which pictures they are, in words.\n"
	    "Exit status: 0 measured, 1 something asked for could not be measured, 2 wrong usage.\n", MATCH_FRAMES_MAX);
	return EVAL_USAGE;
}

static bool
option_number(const char *text, unsigned most, unsigned *to)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*to = (unsigned)n;
	return *text >= '0' && *text <= '9' && *end == '\0' && n >= 1 && n <= most;
}

static bool
option_backend(const char *text, enum net_backend *to)
{
	static const struct { const char *name; enum net_backend is; } known[] = {
		{ "auto", NET_AUTO }, { "f32", NET_F32 }, { "bf16", NET_BF16 }, { "stock", NET_STOCK },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(text, known[i].name) == 0) {
			*to = known[i].is;
			return true;
		}
	return false;
}

static bool
option_take(int c, struct eval_options *o)
{
	switch (c) {
	case 'm': o->models = optarg; return true;
	case 'i':
	case 'r': o->images = optarg; return true;
	case 'p': o->pairs = optarg; return true;
	case 'l': o->labels = optarg; return true;
	case 'o': o->out = optarg; return true;
	case 'd': o->data = optarg; return true;
	case 'b': o->boxes = true; return true;
	case 'j': o->json = true; return true;
	case 't': return option_number(optarg, EVAL_THREADS_MAX, &o->threads);
	case 'f': return option_number(optarg, MATCH_FRAMES_MAX, &o->frames);
	case 's': return option_number(optarg, EVAL_FPS_MAX, &o->fps);
	case 'k': return option_backend(optarg, &o->backend);
	default: return false;
	}
}

/* argv[0] is the last word of the command. */
static bool
options(const struct command *is, int argc, char **argv, struct eval_options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "images", required_argument, NULL, 'i' },
		{ "root", required_argument, NULL, 'r' },
		{ "pairs", required_argument, NULL, 'p' }, { "labels", required_argument, NULL, 'l' },
		{ "out", required_argument, NULL, 'o' }, { "data", required_argument, NULL, 'd' },
		{ "template", required_argument, NULL, 'f' }, { "threads", required_argument, NULL, 't' },
		{ "backend", required_argument, NULL, 'k' }, { "boxes", no_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' }, { "fps", required_argument, NULL, 's' }, { 0 },
	};
	char seen[16] = "";
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == '?' || (strchr(is->needs, c) == NULL && strchr(is->takes, c) == NULL) ||
		    strchr(seen, c) != NULL || !option_take(c, o))
			return false;
		seen[strlen(seen)] = (char)c;
	}
	if (strchr(is->needs, 'v') != NULL && optind < argc) {
		o->video = argv[optind++];
		seen[strlen(seen)] = 'v';
	}
	return optind == argc && strspn(is->needs, seen) == strlen(is->needs);
}

void
eval_say(const char *format, ...)
{
	va_list args;

	if (isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);	/* over the bar */
	(void)fputs("countersign-eval: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

void
eval_progress(const char *what, size_t done, size_t all)
{
	static const char full[] = "########################################";
	size_t part = done * 40 / all;

	if (isatty(STDERR_FILENO)) {
		if (done == all || done * 500 / all != (done - 1) * 500 / all)
			(void)fprintf(stderr, "\r[%-40.*s] %zu of %zu %s%s", (int)part, full, done, all, what,
			    done == all ? "\n" : "");
	} else if (all >= 1000 && done * 10 / all != (done - 1) * 10 / all) {
		(void)fprintf(stderr, "%zu of %zu %s\n", done, all, what);
	}
}

/* What was measured but not written is lost. */
static int
written(int status)
{
	bool bad = ferror(stdout) != 0;

	if (fflush(stdout) == 0 && !bad)
		return status;
	eval_say("standard output cannot be written: %s", strerror(errno));
	return status == EVAL_MEASURED ? EVAL_NOT : status;
}

int
main(int argc, char **argv)
{
	struct eval_options o = { .models = COUNTERSIGN_MODELS };
	const struct command *is = NULL;
	int words;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	o.threads = cores < 1 ? 1 : cores > (long)EVAL_THREADS_MAX ? EVAL_THREADS_MAX : (unsigned)cores;
	for (size_t i = 0; argc > 1 && i < sizeof command / sizeof command[0]; i++)
		if (strcmp(argv[1], command[i].name) == 0 &&
		    (command[i].part == NULL || (argc > 2 && strcmp(argv[2], command[i].part) == 0)))
			is = &command[i];
	words = is != NULL && is->part != NULL ? 2 : 1;
	if (is == NULL || !options(is, argc - words, argv + words, &o))
		return usage();
	if (crypto_init() != RC_OK)
		return EVAL_NOT;
	return written(is->run(&o));
}
