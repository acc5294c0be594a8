/*
 * eval_main.c - countersign-eval: how well faces are found and told apart.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "eval_common.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"

static const struct command {
	const char *name;
	int (*run)(struct eval *);
	bool needs_pairs;
} command[] = {
	{ "detect", eval_detect, false },
	{ "verify", eval_verify, true },
};

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: countersign-eval detect --images DIR [--boxes] [--json] [--models DIR]\n"
	    "       countersign-eval verify --images DIR --pairs FILE [--json] [--models DIR]\n"
	    "FILE: tab-separated img1, img2, same (0 or 1) with a line of names first, paths below DIR.\n"
	    "Exit status: 0 measured, 1 something could not be measured, 2 wrong usage.\n");
	return 2;
}

static bool
options(int argc, char **argv, struct eval_options *o)
{
	static const struct option known[] = {
		{ "models", required_argument, NULL, 'm' }, { "images", required_argument, NULL, 'i' },
		{ "pairs", required_argument, NULL, 'p' }, { "boxes", no_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' }, { 0 },
	};
	int c;

	o->models = COUNTERSIGN_MODELS;
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'm': o->models = optarg; break;
		case 'i': o->images = optarg; break;
		case 'p': o->pairs = optarg; break;
		case 'b': o->boxes = true; break;
		case 'j': o->json = true; break;
		default: return false;
		}
	}
	return optind == argc && o->images != NULL;
}

int
main(int argc, char **argv)
{
	const struct net_setup setup = { .backend = NET_AUTO };
	struct eval e = { 0 };
	const struct command *found = NULL;
	char err[512] = "out of memory";
	int status = 1;

	for (size_t i = 0; argc > 1 && i < sizeof command / sizeof command[0]; i++)
		if (strcmp(argv[1], command[i].name) == 0)
			found = &command[i];
	if (found == NULL || !options(argc - 1, argv + 1, &e.opt) || (found->needs_pairs && e.opt.pairs == NULL))
		return usage();
	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(1);
	if (face_pipeline_open(&e.faces, e.opt.models, &setup, err, sizeof err) != RC_OK ||
	    image_jpeg_open(&e.jpeg) != RC_OK)
		(void)fprintf(stderr, "countersign-eval: %s\n", err);
	else
		status = found->run(&e);
	image_jpeg_close(e.jpeg);
	face_pipeline_close(&e.faces);
	return status;
}
