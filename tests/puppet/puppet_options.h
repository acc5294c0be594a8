/*
 * puppet_options.h - the command line of countersign-puppet.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PUPPET_OPTIONS_H
#define PUPPET_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/puppet/puppet_scenario.h"

#define PUPPET_FACES_MAX 9u

struct puppet_options {
	const char *face[PUPPET_FACES_MAX];
	size_t faces;
	const char *out, *control, *models;
	const char *tape, *record, *other;	/* NULL: none */
	enum puppet_scenario scenario;
	unsigned width, height, fps;	/* fps 0: the scenario's, or 15 */
	uint64_t seed;
	bool still, keys;
};

/* Overwrites what the command line names; texts are borrowed from it. 0: go on;
 * otherwise help or what is wrong was printed, and this is the exit status + 1. */
int puppet_options_read(struct puppet_options *o, int argc, char **argv);

#endif
