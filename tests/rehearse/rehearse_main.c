/*
 * rehearse_main.c - countersign-rehearse: every scenario again and again, and
 * whether what must be refused was, and nobody else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"
#include "tests/rehearse/rehearse.h"
#include "tests/splitmix.h"

#define REPEAT_MOST   10000u
#define HONEST_OF     50u	/* one honest capture of so many may be refused */
#define TIMED_RUNS    20u	/* of fewer runs none is 95 of 100 */
#define VERDICT_MS    6000	/* 95 of 100 honest verdicts come within, ... */
#define REACT_USUAL   0.7f	/* ... of people who react within so many seconds */
#define REASONS_MAX   48u

static const char usage[] =
    "usage: countersign-rehearse [--scenario NAME] [--repeat N] [--seed S] [--json]\n"
    "           [--models DIR] [--faces DIR] [--verbose] [--list]\n"
    "\n"
    "Plays whole captures in virtual time: puppet, JPEG, networks, the server's\n"
    "judgement. Without --scenario every one is played. --list names them.\n"
    "Probes are attacks with one defence left: counted, not judged.\n"
    "Exit status: 0 all as it must be, 1 not so, 2 wrong usage.\n";

struct options {
	const char *models, *faces;
	enum puppet_scenario only;	/* PUPPET_SCENARIOS: all */
	unsigned repeat;
	uint64_t seed;
	bool json, verbose, list;
};

struct reason { char name[REHEARSE_REASON_BYTES]; unsigned n; };

struct tally {
	unsigned runs, passed, unexpected;
	struct reason reason[REASONS_MAX];
	unsigned reasons;
	int64_t *ms;	/* [repeat]: of those that ended as they must */
	unsigned times;
	int64_t frames, server_ns;
};

static bool
main_number(const char *text, uint64_t most, uint64_t *n)
{
	char *rest;

	errno = 0;
	*n = strtoull(text, &rest, 10);
	return errno == 0 && text[0] >= '0' && text[0] <= '9' && *rest == '\0' && *n <= most;
}

/* 0: go on; else the exit status + 1. */
static int
main_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "scenario", required_argument, NULL, 's' }, { "repeat", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 'd' }, { "models", required_argument, NULL, 'm' },
		{ "faces", required_argument, NULL, 'f' }, { "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' }, { "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	uint64_t n = 0;
	bool good = true;
	int option;

	while (good && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (option) {
		case 's':
			if (puppet_scenario_from_word(optarg, &o->only) != RC_OK) {
				fprintf(stderr, "countersign-rehearse: no scenario \"%s\"; --list names them\n", optarg);
				return 3;
			}
			break;
		case 'n':
			good = main_number(optarg, REPEAT_MOST, &n) && n > 0;
			o->repeat = (unsigned)n;
			break;
		case 'd':
			good = main_number(optarg, UINT64_MAX, &o->seed);
			break;
		case 'm':
			o->models = optarg;
			break;
		case 'f':
			o->faces = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'l':
			o->list = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		default:
			good = false;
		}
	if (good && optind == argc)
		return 0;
	fputs(usage, stderr);
	return 3;
}

static const char *
main_kind(enum puppet_scenario s)
{
	return !puppet_scenario_rows[s].attack ? "honest" : puppet_scenario_is_probe(s) ? "probe" : "attack";
}

/* A line each: name, kind, text, the reasons that may refuse it; tabs between. */
static void
main_list(void)
{
	for (unsigned i = 0; i < PUPPET_SCENARIOS; i++)
		printf("%s\t%s\t%s\t%s\n", puppet_scenario_rows[i].word, main_kind((enum puppet_scenario)i),
		    puppet_scenario_rows[i].text, puppet_scenario_rows[i].reasons);
}

static void
tally_reason(struct tally *t, const char *name)
{
	unsigned i = 0;

	while (i < t->reasons && strcmp(t->reason[i].name, name) != 0)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == t->reasons) {
		snprintf(t->reason[i].name, sizeof t->reason[i].name, "%s", name);
		t->reasons++;
	}
	t->reason[i].n++;
}

static void
tally_add(struct tally *t, enum puppet_scenario s, const struct rehearse_end *end)
{
	const struct puppet_scenario_row *row = &puppet_scenario_rows[s];

	t->runs++;
	t->frames += end->frames;
	t->server_ns += end->server_ns;
	if (end->verdict == RC_OK)
		t->passed++;
	else
		tally_reason(t, end->reason);
	if (row->attack && end->verdict != RC_OK && !puppet_scenario_expects(s, end->reason))
		t->unexpected++;
	if (row->attack == (end->verdict != RC_OK))
		t->ms[t->times++] = end->ms;
}

static int
tally_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The time that a share of the captures took at most. */
static int64_t
tally_ms(const struct tally *t, unsigned percent)
{
	return t->times == 0 ? 0 : t->ms[(t->times * percent + 99) / 100 - 1];
}

static bool
tally_good(const struct tally *t, enum puppet_scenario s)
{
	if (puppet_scenario_is_probe(s))
		return true;
	if (puppet_scenario_rows[s].attack)
		return t->unexpected == 0 && t->passed == 0;
	return t->runs - t->passed <= t->runs / HONEST_OF &&
	    (t->runs < TIMED_RUNS || tally_ms(t, 95) <= VERDICT_MS || puppet_scenario_rows[s].react_most > REACT_USUAL);
}

static void
tally_print(const struct tally *t, enum puppet_scenario s, bool json, bool first)
{
	printf(json ? "%s\n  {\"name\": \"%s\", \"kind\": \"%s\", \"runs\": %u, \"refused\": %u, \"unexpected\": %u, "
	    "\"ms\": {\"p50\": %lld, \"p95\": %lld}, \"server_us_per_frame\": %lld, \"reasons\": {" :
	    "%s%-14s  %-6s  runs %-3u refused %-3u unexpected %-2u  ms p50 %-5lld p95 %-5lld  server us/frame %-4lld ",
	    json && !first ? "," : "", puppet_scenario_rows[s].word, main_kind(s), t->runs, t->runs - t->passed,
	    t->unexpected, (long long)tally_ms(t, 50), (long long)tally_ms(t, 95),
	    (long long)(t->frames > 0 ? t->server_ns / t->frames / 1000 : 0));
	for (unsigned i = 0; i < t->reasons; i++)
		printf(json ? "%s\"%s\": %u" : "%s %s %u", json && i > 0 ? ", " : "", t->reason[i].name, t->reason[i].n);
	printf(json ? "}, \"good\": %s}" : "%s\n", json ? (tally_good(t, s) ? "true" : "false") :
	    tally_good(t, s) ? "" : "  NOT AS IT MUST BE");
	fflush(stdout);
}

/* One capture of a drawn person. */
static enum rc
main_once(struct rehearse *r, const struct options *o, enum puppet_scenario s, uint64_t *random, struct tally *t,
    char *err, size_t err_n)
{
	size_t who = splitmix64(random) % r->people, other = (who + 1 + splitmix64(random) % (r->people - 1)) % r->people;
	struct rehearse_part part = { .scenario = s, .who = &r->person[who], .seed = splitmix64(random) };
	struct rehearse_end end;
	enum rc rc;

	part.light = splitmix64(random) % 2 == 0 || puppet_scenario_needs_lamp(s);
	if (puppet_scenario_needs_other(s))
		part.other = &r->person[other];
	if ((rc = rehearse_enrol(r, who, err, err_n)) != RC_OK)
		return rc;
	if ((rc = rehearse_play(r, &part, &end, NULL)) != RC_OK) {
		snprintf(err, err_n, "%s of %s: %s", puppet_scenario_rows[s].word, part.who->path, rc_text(rc));
		return rc;
	}
	if (o->verbose)
		fprintf(stderr, "%s %s light %d: %s after %lld ms: %s\n", puppet_scenario_rows[s].word, part.who->path, part.light,
		    rc_name(end.verdict), (long long)end.ms, end.detail);
	tally_add(t, s, &end);
	return RC_OK;
}

static enum rc
main_scenario(struct rehearse *r, const struct options *o, enum puppet_scenario s, struct tally *t, char *err, size_t err_n)
{
	uint64_t random = o->seed * 1000003 + (uint64_t)s;
	enum rc rc = RC_OK;

	t->ms = calloc(o->repeat, sizeof *t->ms);
	if (t->ms == NULL) {
		snprintf(err, err_n, "%s", rc_text(RC_NOMEM));
		return RC_NOMEM;
	}
	for (unsigned i = 0; i < o->repeat && rc == RC_OK; i++)
		rc = main_once(r, o, s, &random, t, err, err_n);
	qsort(t->ms, t->times, sizeof *t->ms, tally_order);
	return rc;
}

static int
main_play(struct rehearse *r, const struct options *o)
{
	char err[512] = "";
	bool good = true, first = true;
	enum rc rc = RC_OK;

	if (o->json)
		printf("{\"repeat\": %u, \"scenarios\": [", o->repeat);
	for (unsigned i = 0; i < PUPPET_SCENARIOS && rc == RC_OK; i++) {
		struct tally t = { 0 };

		if (o->only != PUPPET_SCENARIOS && o->only != i)
			continue;
		if ((rc = main_scenario(r, o, (enum puppet_scenario)i, &t, err, sizeof err)) == RC_OK)
			tally_print(&t, (enum puppet_scenario)i, o->json, first);
		good &= tally_good(&t, (enum puppet_scenario)i);
		first = false;
		free(t.ms);
	}
	good &= rc == RC_OK;
	if (o->json)
		printf("\n], \"good\": %s}\n", good ? "true" : "false");
	if (rc != RC_OK)
		fprintf(stderr, "countersign-rehearse: %s\n", err);
	return good ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct options o = { .models = "models", .faces = "tests/faces", .only = PUPPET_SCENARIOS, .repeat = 1, .seed = 1 };
	struct rehearse *r;
	char err[512];
	int status;

	if ((status = main_options(&o, argc, argv)) != 0)
		return status - 1;
	if (o.list) {
		main_list();
		return 0;
	}
	if (crypto_init() != RC_OK || (r = calloc(1, sizeof *r)) == NULL) {
		fprintf(stderr, "countersign-rehearse: %s\n", rc_text(RC_NOMEM));
		return 1;
	}
	if (rehearse_open(r, o.models, o.faces, err, sizeof err) != RC_OK) {
		fprintf(stderr, "countersign-rehearse: %s\n", err);
		status = 1;
	} else {
		status = main_play(r, &o);
	}
	rehearse_close(r);
	free(r);
	return status;
}
