/*
 * puppet_options.c - see puppet_options.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "tests/puppet/puppet_options.h"

static const char usage[] =
    "usage: countersign-puppet --face FILE.jpg [--face FILE.jpg ...] --out FIFO|-\n"
    "           [--control FIFO|-] [--keys] [--size 640x480] [--fps 15] [--seed N]\n"
    "           [--models DIR] [--still] [--scenario NAME] [--tape FILE] [--other FILE.jpg]\n"
    "           [--record FILE]\n"
    "\n"
    "Writes a camera's picture stream (JPEG pictures one after another) of the\n"
    "person on the photograph. Commands on the control fifo, one a line:\n"
    "  blink left right nod mouth close open still on|off away back face FILE\n"
    "  light RRGGBB play SCENARIO record FILE|off tape FILE other FILE.jpg quit\n"
    "left and right are the person's own: left moves the nose to the picture's\n"
    "right. --still starts as a photograph. --models is the folder of MANIFEST.\n"
    "--keys takes keys from the terminal; 1 ... 9 switch between the faces given.\n"
    "light is the colour that the terminal's screen throws on the person.\n"
    "record writes the pictures sent to a file; tape names such a file for the\n"
    "scenarios screen and replay, other the second face of swap.\n"
    "Scenarios:";

static void
options_usage(FILE *to)
{
	fputs(usage, to);
	for (unsigned i = 0; i < PUPPET_SCENARIOS; i++)
		fprintf(to, "%s%s", i % 10 == 9 ? "\n  " : " ", puppet_scenario_rows[i].word);
	fputs("\n", to);
}

/* A whole number within bounds, and nothing behind it but end. */
static bool
options_number(const char *text, char end, unsigned long least, unsigned long most, unsigned long *n)
{
	char *rest;

	errno = 0;
	*n = strtoul(text, &rest, 10);
	return errno == 0 && text[0] >= '0' && text[0] <= '9' && *rest == end && *n >= least && *n <= most;
}

static bool
options_size(struct puppet_options *o, const char *text)
{
	const char *x = strchr(text, 'x');
	unsigned long w, h;

	if (x == NULL || !options_number(text, 'x', IMAGE_SIDE_MIN, IMAGE_SIDE_MAX, &w) ||
	    !options_number(x + 1, '\0', IMAGE_SIDE_MIN, IMAGE_SIDE_MAX, &h))
		return false;
	o->width = (unsigned)w;
	o->height = (unsigned)h;
	return true;
}

static bool
options_one(struct puppet_options *o, int option, const char *value)
{
	unsigned long n;

	switch (option) {
	case 'f':
		if (o->faces == PUPPET_FACES_MAX)
			return false;
		o->face[o->faces++] = value;
		return true;
	case 'o':
		o->out = value;
		return true;
	case 'c':
		o->control = value;
		return true;
	case 'm':
		o->models = value;
		return true;
	case 's':
		return options_size(o, value);
	case 'r':
		if (!options_number(value, '\0', 1, 60, &n))
			return false;
		o->fps = (unsigned)n;
		return true;
	case 'd':
		if (!options_number(value, '\0', 0, UINT64_MAX, &n))
			return false;
		o->seed = n;
		return true;
	case 'p':
		o->still = true;
		return true;
	case 'k':
		o->keys = true;
		return true;
	case 't':
		o->tape = value;
		return true;
	case 'e':
		o->record = value;
		return true;
	case 'w':
		o->other = value;
		return true;
	case 'a':
		return puppet_scenario_from_word(value, &o->scenario) == RC_OK;
	}
	return false;
}

int
puppet_options_read(struct puppet_options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "face", required_argument, NULL, 'f' }, { "out", required_argument, NULL, 'o' },
		{ "control", required_argument, NULL, 'c' }, { "models", required_argument, NULL, 'm' },
		{ "size", required_argument, NULL, 's' }, { "fps", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 'd' }, { "still", no_argument, NULL, 'p' },
		{ "scenario", required_argument, NULL, 'a' }, { "tape", required_argument, NULL, 't' },
		{ "record", required_argument, NULL, 'e' }, { "other", required_argument, NULL, 'w' },
		{ "keys", no_argument, NULL, 'k' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'h') {
			options_usage(stdout);
			return 1;
		}
		if (option != '?' && options_one(o, option, optarg))
			continue;
		if (option != '?')
			fprintf(stderr, "countersign-puppet: the value \"%s\" is out of range\n", optarg);
		options_usage(stderr);
		return 3;
	}
	if (optind < argc || o->faces == 0 || o->out == NULL ||
	    (puppet_scenario_needs_tape(o->scenario) && o->tape == NULL) ||
	    (puppet_scenario_needs_other(o->scenario) && o->other == NULL) ||
	    (o->keys && o->control != NULL && strcmp(o->control, "-") == 0)) {
		fprintf(stderr, "countersign-puppet: %s\n", optind < argc ? "there is an argument too many" :
		    o->faces == 0 ? "--face is missing" : o->out == NULL ? "--out is missing" :
		    puppet_scenario_needs_tape(o->scenario) && o->tape == NULL ? "this scenario needs a --tape" :
		    puppet_scenario_needs_other(o->scenario) && o->other == NULL ? "this scenario needs an --other face" :
		    "--keys and --control - both want standard input; choose one");
		options_usage(stderr);
		return 3;
	}
	return 0;
}
