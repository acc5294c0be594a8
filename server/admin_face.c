/*
 * admin_face.c - countersign-admin face allow: a person who is registered, and
 * has no face, may enrol one at a branch terminal.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first two administrators are such people. One administrator signs for
 * the other; who enrols signs on with password and code of their own.
 */
#include <stdio.h>
#include <unistd.h>

#include "server/admin.h"

static int
face_failed(enum rc r)
{
	switch (r) {
	case RC_EXISTS:
		return admin_fail(ADMIN_REFUSED, "this person has a face, has not finished the registration, or is locked");
	case RC_DENIED:
		return admin_fail(ADMIN_REFUSED, "an administrator allows it, and never for themselves");
	default:
		return admin_fail_rc(r, "nothing was changed");
	}
}

static int
face_sign(struct admin *a, const struct person *about, const struct person *by, const char *reason, struct code_use *use)
{
	uint8_t digest[DIGEST_BYTES];
	char words[400];
	struct hash h;

	hash_start(&h, "countersign face 1");
	hash_u64(&h, about->id);
	hash_text(&h, reason);
	hash_end(&h, digest);
	snprintf(words, sizeof words, "let somebody enrol a face:\n  person   %s %s\n  reason   %s", about->customer, about->name, reason);
	return admin_sign(a, by, words, digest, use);
}

int
admin_face_allow(struct admin *a)
{
	struct person_store *s = &a->stores->person;
	struct person about = { 0 }, by = { 0 };
	struct code_use use = { 0 };
	const char *reason = NULL;
	struct audit_event ev;
	int status;
	enum rc r;

	if ((status = admin_need_reason(a, &reason)) != ADMIN_OK || (status = admin_need_person(a, &about)) != ADMIN_OK ||
	    (status = admin_identify(a, ROLE_ADMINISTRATOR, &by)) != ADMIN_OK)
		goto out;
	ev = admin_event(a, AUDIT_FACE_ALLOW, about.customer);
	ev.person = by.id;
	snprintf(ev.detail, sizeof ev.detail, "%s, system user %lu: %s", by.customer, (unsigned long)getuid(), reason);
	if (by.id == about.id) {
		status = admin_refuse(a, &ev, "nobody allows it for themselves; another administrator can");
		goto out;
	}
	if ((status = face_sign(a, &about, &by, reason, &use)) != ADMIN_OK)
		goto out;
	ev.at_ms = use.now_ms;
	if ((r = s->ops->face_allow(s, about.id, reason, &use, &ev)) != RC_OK)
		status = face_failed(r);
	else
		printf("allowed for %s %s: within %lld hours, the next log-in at a branch terminal enrols the face\n", about.customer,
		    about.name, FACE_ALLOW_LIFE_MS / 3600000);
out:
	crypto_wipe(&about, sizeof about);
	crypto_wipe(&by, sizeof by);
	return status;
}
