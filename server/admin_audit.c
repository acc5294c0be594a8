/*
 * admin_audit.c - countersign-admin audit: verify and list.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/audit_verify.h"
#include "proto/text.h"
#include "server/admin.h"

#define LIST_DEFAULT 20u
#define LIST_MOST  1000u
#define FINDINGS_PRINTED 100u

/* ---- verify ---- */

/* The public key stands beside the seal file unless told otherwise. */
static int
read_public(const struct admin *a, const char *seals, uint8_t pub[static SIGN_PUBLIC_BYTES])
{
	const char *given = admin_option(a, "--key"), *slash = strrchr(seals, '/');
	char path[CONFIG_PATH_BYTES + 16], hex[2 * SIGN_PUBLIC_BYTES + 2] = "";
	int n;
	FILE *f;

	if (given != NULL)
		n = snprintf(path, sizeof path, "%s", given);
	else
		n = snprintf(path, sizeof path, "%.*sseal.pub", slash != NULL ? (int)(slash + 1 - seals) : 0, seals);
	if (n < 0 || (size_t)n >= sizeof path)
		return admin_fail(ADMIN_USAGE, "the path of the public key is too long");
	if ((f = fopen(path, "re")) == NULL)
		return admin_fail(ADMIN_BROKEN, "cannot open the public key %s: %s; name it with --key FILE", path, strerror(errno));
	if (fgets(hex, sizeof hex, f) == NULL)
		hex[0] = '\0';
	fclose(f);
	hex[strcspn(hex, "\n")] = '\0';
	if (hex_get(hex, pub, SIGN_PUBLIC_BYTES) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s does not hold a public key of %u hex digits", path, 2 * SIGN_PUBLIC_BYTES);
	return ADMIN_OK;
}

static void
print_finding(void *ctx, const struct audit_finding *f)
{
	uint64_t *printed = ctx;

	if (++*printed <= FINDINGS_PRINTED)
		printf("BROKEN  %s%s%s\n", f->lane, f->lane[0] != '\0' ? ": " : "", f->text);
	else if (*printed == FINDINGS_PRINTED + 1)
		printf("BROKEN  ... and more\n");
}

static void
print_report(const struct audit_report *r, int64_t now_ms)
{
	char when[CLOCK_TEXT_BYTES];

	printf("checked %" PRIu64 " records in %zu lanes: hash, order and head of each;\n", r->records, r->lanes_n);
	printf("        %" PRIu64 " seals with %" PRIu64 " signed heads: signature, order, and the records they name\n", r->seals, r->heads_sealed);
	if (r->seals > 0) {
		clock_utc_text(r->last_seal_ms, when);
		printf("sealed  until %s (%" PRId64 " s ago)\n", when, (now_ms - r->last_seal_ms) / 1000);
	} else {
		printf("sealed  never: the seal file holds no seal\n");
	}
	printf("not sealed yet: %" PRIu64 " records\n", r->unsealed);
	for (size_t i = 0; i < r->lanes_n; i++)
		if (r->lanes[i].unsealed > 0)
			printf("        %s: the newest %" PRIu64 ", from number %" PRIu64 "\n", r->lanes[i].head.name, r->lanes[i].unsealed,
			    r->lanes[i].sealed_seq + 1);
}

int
admin_audit_verify(struct admin *a)
{
	const char *path = admin_option(a, "--seals") != NULL ? admin_option(a, "--seals") : a->config->seals;
	struct audit_report *report = calloc(1, sizeof *report);
	uint8_t pub[SIGN_PUBLIC_BYTES];
	uint64_t printed = 0;
	const struct audit_watch watch = { .found = print_finding, .ctx = &printed };
	FILE *f = NULL;
	int status;
	enum rc r;

	if (report == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	if ((status = read_public(a, path, pub)) != ADMIN_OK)
		goto out;
	if ((f = fopen(path, "re")) == NULL) {
		status = admin_fail(ADMIN_BROKEN, "cannot open the seal file %s: %s; name it with --seals FILE", path, strerror(errno));
		goto out;
	}
	r = audit_verify(&a->stores->audit, f, pub, report, &watch);
	if (r != RC_OK && r != RC_AUDIT_BROKEN) {
		status = admin_fail_rc(r, "the trail could not be read, nothing is known");
		goto out;
	}
	print_report(report, clock_utc_ms(a->clock));
	if (r != RC_OK)
		printf("the audit trail is BROKEN: %" PRIu64 " findings\n", report->findings);
	else if (report->seals == 0 && report->records > 0)
		printf("the chains are whole, but NO SEAL vouches for them: was the server never started, or its seal file replaced?\n");
	else
		printf("the audit trail is whole\n");
	status = r == RC_OK && (report->seals > 0 || report->records == 0) ? ADMIN_OK : ADMIN_REFUSED;
out:
	if (f != NULL)
		fclose(f);
	free(report);
	return status;
}

/* ---- list ---- */

struct tail {
	struct audit_record *records;
	size_t n;
};

static int
by_time(const void *x, const void *y)
{
	const struct audit_record *a = x, *b = y;

	if (a->event.at_ms != b->event.at_ms)
		return a->event.at_ms < b->event.at_ms ? -1 : 1;
	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* The newest records of every lane, merged by time, the last of them kept. */
static enum rc
read_tail(struct audit_store *s, const struct audit_head *heads, size_t heads_n, size_t last, struct tail *t)
{
	enum rc r;

	for (size_t i = 0; i < heads_n; i++) {
		uint64_t after = heads[i].seq > last ? heads[i].seq - last : 0;
		size_t n = 0;

		if ((r = s->ops->scan(s, heads[i].lane, after, t->records + t->n, last, &n)) != RC_OK)
			return r;
		t->n += n;
		qsort(t->records, t->n, sizeof *t->records, by_time);
		if (t->n > last) {
			memmove(t->records, t->records + t->n - last, last * sizeof *t->records);
			t->n = last;
		}
	}
	return RC_OK;
}

/* Whoever changed a row may have aimed at the auditor's terminal. */
static const char *
printable(const char *s)
{
	return text_is_clean(s, strlen(s)) ? s : "(holds control characters)";
}

static void
print_record(const struct audit_record *r, const struct audit_head *heads, size_t heads_n)
{
	char when[CLOCK_TEXT_BYTES];
	const char *lane = "?";

	for (size_t i = 0; i < heads_n; i++)
		if (heads[i].lane == r->lane)
			lane = heads[i].name;
	clock_utc_text(r->event.at_ms, when);
	printf("%s  %s#%" PRIu64 "  %s  %s", when, lane, r->seq, audit_action_word(r->event.action),
	    r->event.outcome == RC_OK ? "ok" : rc_name(r->event.outcome));
	if (r->event.person != 0)
		printf("  person %" PRIu64, r->event.person);
	if (r->event.terminal != 0)
		printf("  terminal %" PRIu64, r->event.terminal);
	printf("  %s%s%s\n", printable(r->event.subject), r->event.subject[0] != '\0' && r->event.detail[0] != '\0' ? ": " : "",
	    printable(r->event.detail));
}

int
admin_audit_list(struct admin *a)
{
	const char *given = admin_option(a, "--last");
	unsigned long last = given != NULL ? strtoul(given, NULL, 10) : LIST_DEFAULT;
	struct audit_store *s = &a->stores->audit;
	struct audit_head *heads = calloc(LANES_MAX, sizeof *heads);
	struct tail t = { 0 };
	size_t heads_n = 0;
	enum rc r = RC_NOMEM;

	if (last == 0 || last > LIST_MOST) {
		free(heads);
		return admin_fail(ADMIN_USAGE, "--last takes 1 to %u", LIST_MOST);
	}
	if (heads == NULL || (t.records = calloc(2 * last, sizeof *t.records)) == NULL)
		goto out;
	if ((r = s->ops->heads(s, heads, LANES_MAX, &heads_n)) == RC_OK && (r = read_tail(s, heads, heads_n, last, &t)) == RC_OK)
		for (size_t i = 0; i < t.n; i++)
			print_record(&t.records[i], heads, heads_n);
out:
	free(heads);
	free(t.records);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the audit trail");
}
