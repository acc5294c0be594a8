/*
 * bench_main.c - countersign-bench: how fast the parts are.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "proto/crypto.h"

static const struct { const char *name; int (*run)(int argc, char **argv); const char *options; } command[] = {
	{ "vision", bench_vision, "[--threads N] [--quick] [--json] [--models DIR] [--picture JPEG] [--onnx DIR] [--ort DIR]" },
	{ "pool", bench_pool, "[--workers N] [--load PART] [--seconds N] [--json] [--models DIR] [--picture JPEG]" },
	{ "search", bench_search, "[--templates N] [--dim N] [--json]" },
};

int
bench_usage(const char *name)
{
	for (size_t i = 0; i < sizeof command / sizeof command[0]; i++)
		if (name == NULL || strcmp(name, command[i].name) == 0)
			(void)fprintf(stderr, "usage: countersign-bench %s %s\n", command[i].name, command[i].options);
	(void)fprintf(stderr,
	    "Times are milliseconds. Exit status: 0 measured, 1 something could not be measured, 2 wrong usage.\n");
	return BENCH_USAGE;
}

bool
bench_whole(const char *text, uint32_t least, uint32_t most, uint32_t *to)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*to = (uint32_t)n;
	return end != text && *end == '\0' && n >= least && n <= most;
}

bool
bench_real(const char *text, double least, double most, double *to)
{
	char *end;

	*to = strtod(text, &end);
	return end != text && *end == '\0' && *to >= least && *to <= most;
}

/* What was measured but not written is lost. */
static int
written(int status)
{
	bool bad = ferror(stdout) != 0;

	if (fflush(stdout) == 0 && !bad)
		return status;
	(void)fprintf(stderr, "countersign-bench: standard output cannot be written: %s\n", strerror(errno));
	return status == BENCH_MEASURED ? BENCH_FAILED : status;
}

int
main(int argc, char **argv)
{
	if (crypto_init() != RC_OK)
		return BENCH_FAILED;
	for (size_t i = 0; argc >= 2 && i < sizeof command / sizeof command[0]; i++)
		if (strcmp(argv[1], command[i].name) == 0)
			return written(command[i].run(argc - 1, argv + 1));
	return bench_usage(NULL);
}
