/*
 * admin_exception.c - countersign-admin exception: people who cannot blink,
 * turn, nod or open the mouth, or must not see the light.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every act is signed by a member of staff (a teller or a supervisor): number
 * and password, then a code that was made for exactly this act. Who may do what the store decides; what
 * can be said earlier and in better words is said here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/text.h"
#include "server/admin.h"
#include "server/exceptions.h"

#define EXCEPTIONS_PAGE 64u
#define WORDS_BYTES 400u

/* What the code under an act is made for. */
static void
act_digest(const char *act, const struct exception *e, const char *reason, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, "countersign exception 1");
	hash_text(&h, act);
	hash_u64(&h, e->id);
	hash_u64(&h, e->person);
	hash_u32(&h, e->moves);
	hash_text(&h, reason);
	hash_end(&h, out);
}

static int
need_moves(const struct admin *a, uint32_t *moves)
{
	const char *text = admin_option(a, "--without"), *bad = NULL;
	struct capture_options o;
	int bad_n = 0;

	if (text == NULL)
		return admin_fail(ADMIN_USAGE, "say what is left out: --without with some of blink,turn,nod,mouth,light");
	if (exceptions_parse(text, moves, &bad, &bad_n) != RC_OK && bad != NULL)
		return admin_fail(ADMIN_USAGE, "\"%.*s\" is no move; --without takes some of blink,turn,nod,mouth,light", bad_n, bad);
	if (bad == NULL && *moves != 0) {
		capture_defaults(&o);
		exceptions_apply(*moves, &o);
	}
	if (*moves == 0 || liveness_options_check(&o.liveness) != RC_OK)
		return admin_fail(ADMIN_REFUSED, "a capture without %s would have nothing left to ask", text);
	return ADMIN_OK;
}

/* The open exception of the person; *e is all zero without one. */
static int
find_open(struct admin *a, const struct person *p, struct exception *e)
{
	struct exception_store *s = &a->stores->exception;
	enum rc r;

	memset(e, 0, sizeof *e);
	r = s->ops->open_of(s, p->id, e);
	return r == RC_OK || r == RC_NOT_FOUND ? ADMIN_OK : admin_fail_rc(r, "cannot read the exceptions");
}

/* The record of an act: who, about whom, what. */
static struct audit_event
act_event(const struct admin *a, enum audit_action action, const struct person *by, const struct person *about,
    uint32_t moves, const char *reason)
{
	struct audit_event ev = admin_event(a, action, "");
	char words[EXCEPTION_WORDS_BYTES], number[24];

	exceptions_words(moves, words);
	admin_person_number(about, number);
	ev.person = by->id;
	snprintf(ev.subject, sizeof ev.subject, "%s", number);
	snprintf(ev.detail, sizeof ev.detail, "%s, system user %lu, without %s: %s", by->customer, (unsigned long)getuid(), words,
	    reason);
	return ev;
}

/* Words for what the store refused. */
static int
act_failed(enum rc r)
{
	switch (r) {
	case RC_DENIED:
		return admin_fail(ADMIN_REFUSED, "two members of staff set an exception, and neither is the person concerned");
	case RC_EXISTS:
		return admin_fail(ADMIN_REFUSED, "there is one already; see: countersign-admin exception list");
	case RC_NOT_FOUND:
		return admin_fail(ADMIN_REFUSED, "there is no such exception any more; see: countersign-admin exception list");
	default:
		return admin_fail_rc(r, "nothing was changed");
	}
}

int
admin_exception_propose(struct admin *a)
{
	struct exception_store *s = &a->stores->exception;
	char words[WORDS_BYTES], moves[EXCEPTION_WORDS_BYTES], number[24];
	struct person p = { 0 }, by = { 0 };
	struct exception e = { 0 }, wanted = { 0 };
	uint8_t digest[DIGEST_BYTES];
	struct code_use use = { 0 };
	struct audit_event ev;
	const char *reason;
	int status;
	enum rc r;

	if ((status = admin_need_reason(a, &reason)) != ADMIN_OK || (status = need_moves(a, &wanted.moves)) != ADMIN_OK ||
	    (status = admin_need_person(a, &p)) != ADMIN_OK || (status = find_open(a, &p, &e)) != ADMIN_OK)
		goto out;
	if (e.id != 0) {
		status = act_failed(RC_EXISTS);
		goto out;
	}
	if ((status = admin_identify(a, ROLES_COUNTER, &by)) != ADMIN_OK)
		goto out;
	ev = act_event(a, AUDIT_EXCEPTION_PROPOSE, &by, &p, wanted.moves, reason);
	if (by.id == p.id) {
		status = admin_refuse(a, &ev, "nobody proposes an exception for themselves");
		goto out;
	}
	wanted.person = p.id;
	act_digest("propose", &wanted, reason, digest);
	exceptions_words(wanted.moves, moves);
	admin_person_number(&p, number);
	snprintf(words, sizeof words, "propose an exception:\n  person   %s %s\n  without  %s\n  reason   %s", number, p.name, moves, reason);
	if ((status = admin_sign(a, &by, words, digest, &use)) != ADMIN_OK)
		goto out;
	ev.at_ms = use.now_ms;
	if ((r = s->ops->propose(s, p.id, wanted.moves, reason, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("proposed for %s %s: without %s\nIt counts when another member of staff has confirmed it: "
		    "countersign-admin exception confirm --person '%s'\n", number, p.name, moves, number);
out:
	crypto_wipe(&p, sizeof p);
	crypto_wipe(&by, sizeof by);
	return status;
}

/* What the second one signs, shown before anything is asked. */
static void
print_open(const struct person *p, const struct exception *e)
{
	char moves[EXCEPTION_WORDS_BYTES], when[32], number[24];

	exceptions_words(e->moves, moves);
	admin_person_number(p, number);
	clock_local_text(e->proposed_ms, when, sizeof when);
	printf("person   %s %s\nwithout  %s\nreason   %s\nproposed %s\n", number, p->name, moves, e->reason, when);
	fflush(stdout);
}

int
admin_exception_confirm(struct admin *a)
{
	struct exception_store *s = &a->stores->exception;
	char words[WORDS_BYTES], moves[EXCEPTION_WORDS_BYTES], number[24];
	struct person p = { 0 }, by = { 0 };
	uint8_t digest[DIGEST_BYTES];
	struct code_use use = { 0 };
	struct audit_event ev;
	struct exception e;
	int status;
	enum rc r;

	if ((status = admin_need_person(a, &p)) != ADMIN_OK || (status = find_open(a, &p, &e)) != ADMIN_OK)
		goto out;
	if (e.id == 0 || exception_active(&e)) {
		status = e.id == 0 ? act_failed(RC_NOT_FOUND) : admin_fail(ADMIN_REFUSED, "it is confirmed already");
		goto out;
	}
	print_open(&p, &e);
	if ((status = admin_identify(a, ROLES_COUNTER, &by)) != ADMIN_OK)
		goto out;
	ev = act_event(a, AUDIT_EXCEPTION_CONFIRM, &by, &p, e.moves, e.reason);
	if (by.id == p.id || by.id == e.proposed_by) {
		status = admin_refuse(a, &ev, by.id == p.id ? "nobody confirms an exception for themselves" :
		    "who proposed it cannot confirm it; another member of staff can");
		goto out;
	}
	act_digest("confirm", &e, e.reason, digest);
	exceptions_words(e.moves, moves);
	admin_person_number(&p, number);
	snprintf(words, sizeof words, "confirm an exception:\n  person   %s %s\n  without  %s\n  reason   %s", number, p.name, moves, e.reason);
	if ((status = admin_sign(a, &by, words, digest, &use)) != ADMIN_OK)
		goto out;
	ev.at_ms = use.now_ms;
	if ((r = s->ops->confirm(s, e.id, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("confirmed for %s %s: captures go without %s%s\n", number, p.name, moves, exceptions_weaken(e.moves) ?
		    "; transfers need a member of staff's approval" : "");
out:
	crypto_wipe(&p, sizeof p);
	crypto_wipe(&by, sizeof by);
	return status;
}

int
admin_exception_end(struct admin *a)
{
	struct exception_store *s = &a->stores->exception;
	struct person p = { 0 }, by = { 0 };
	char words[WORDS_BYTES], number[24];
	uint8_t digest[DIGEST_BYTES];
	struct code_use use = { 0 };
	struct audit_event ev;
	struct exception e;
	const char *reason;
	int status;
	enum rc r;

	if ((status = admin_need_reason(a, &reason)) != ADMIN_OK || (status = admin_need_person(a, &p)) != ADMIN_OK ||
	    (status = find_open(a, &p, &e)) != ADMIN_OK)
		goto out;
	if (e.id == 0) {
		status = act_failed(RC_NOT_FOUND);
		goto out;
	}
	print_open(&p, &e);
	if ((status = admin_identify(a, ROLES_COUNTER, &by)) != ADMIN_OK)
		goto out;
	act_digest("end", &e, reason, digest);
	admin_person_number(&p, number);
	snprintf(words, sizeof words, "end an exception:\n  person   %s %s\n  reason   %s", number, p.name, reason);
	if ((status = admin_sign(a, &by, words, digest, &use)) != ADMIN_OK)
		goto out;
	ev = act_event(a, AUDIT_EXCEPTION_END, &by, &p, e.moves, reason);
	ev.at_ms = use.now_ms;
	if ((r = s->ops->end(s, e.id, reason, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("ended for %s %s: everything is asked again\n", number, p.name);
out:
	crypto_wipe(&p, sizeof p);
	crypto_wipe(&by, sizeof by);
	return status;
}

/* ---- list ---- */

static enum rc
number_of(struct admin *a, uint64_t id, char dst[static 24])
{
	struct person_store *s = &a->stores->person;
	struct person p = { 0 };
	enum rc r = s->ops->by_id(s, id, &p);

	if (r == RC_OK)
		admin_person_number(&p, dst);
	crypto_wipe(&p, sizeof p);
	return r;
}

static enum rc
print_exception(struct admin *a, const struct exception *e)
{
	char person[24], by[24], when[32], moves[EXCEPTION_WORDS_BYTES];
	enum rc r;

	if ((r = number_of(a, e->person, person)) != RC_OK || (r = number_of(a, e->proposed_by, by)) != RC_OK)
		return r;
	exceptions_words(e->moves, moves);
	clock_local_text(e->proposed_ms, when, sizeof when);
	printf("%-8s  %-8s  without %s: %s\n          proposed by %s on %s", person, e->ended_ms != 0 ? "ended" :
	    exception_active(e) ? "active" : "proposed", moves, e->reason, by, when);
	if (e->confirmed_ms != 0 && (r = number_of(a, e->confirmed_by, by)) == RC_OK) {
		clock_local_text(e->confirmed_ms, when, sizeof when);
		printf("; confirmed by %s on %s", by, when);
	}
	if (r == RC_OK && e->ended_ms != 0 && (r = number_of(a, e->ended_by, by)) == RC_OK) {
		clock_local_text(e->ended_ms, when, sizeof when);
		printf("; ended by %s on %s: %s", by, when, e->end_reason);
	}
	putchar('\n');
	return r;
}

int
admin_exception_list(struct admin *a)
{
	struct exception *page = calloc(EXCEPTIONS_PAGE, sizeof *page);
	struct exception_store *s = &a->stores->exception;
	size_t n = EXCEPTIONS_PAGE;
	uint64_t after = 0;
	enum rc r = RC_OK;

	if (page == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	while (r == RC_OK && n == EXCEPTIONS_PAGE && (r = s->ops->list(s, after, page, EXCEPTIONS_PAGE, &n)) == RC_OK && n > 0) {
		for (size_t i = 0; i < n && r == RC_OK; i++)
			r = print_exception(a, &page[i]);
		after = page[n - 1].id;
	}
	free(page);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the exceptions");
}
