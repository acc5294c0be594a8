/*
 * admin_person.c - countersign-admin: people named on the command line, and
 * whoever sits at the terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/text.h"
#include "server/admin.h"
#include "server/auth.h"
#include "server/otp.h"

void
admin_person_number(const struct person *p, char dst[static 24])
{
	if (p->customer[0] != '\0')
		snprintf(dst, 24, "%s", p->customer);
	else
		snprintf(dst, 24, "#%llu", (unsigned long long)p->id);
}

int
admin_person(struct admin *a, const char *number, struct person *p)
{
	struct person_store *s = &a->stores->person;
	enum rc r = RC_NOT_FOUND;

	if (text_is_digits(number, CUSTOMER_BYTES))
		r = s->ops->by_customer(s, number, p);
	else if (number[0] == '#' && strlen(number) > 1 && strspn(number + 1, "0123456789") == strlen(number + 1))
		r = s->ops->by_id(s, strtoull(number + 1, NULL, 10), p);
	if (r == RC_NOT_FOUND)
		return admin_fail(ADMIN_REFUSED, "no person has the number %s; see: countersign-admin person list", number);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the person");
}

/* Number and password, counted as at log-in. */
static int
check_password(struct admin *a, const char *number, const char *password, struct person *p)
{
	struct audit_event ev = admin_event(a, AUDIT_LOGIN_PASSWORD, number);
	struct auth *auth = calloc(1, sizeof *auth);
	bool recorded = false;
	int64_t until = 0;
	enum rc r;

	if (auth == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	r = auth_login(auth, a->stores, ev.at_ms, number, password, &ev, p, &until, &recorded);
	free(auth);
	if (r == RC_OK)
		return ADMIN_OK;
	ev.outcome = r;
	if (!recorded && r != RC_STORE)
		(void)!a->stores->audit.ops->append(&a->stores->audit, &ev);
	if (r == RC_LOCKED)
		return admin_fail(ADMIN_REFUSED, "too many failed tries; try again in %lld seconds", (long long)((until - ev.at_ms) / 1000 + 1));
	return admin_fail_rc(r, "not accepted");
}

int
admin_need_reason(const struct admin *a, const char **reason)
{
	*reason = admin_option(a, "--reason");
	if (*reason == NULL || !text_is_line(*reason, REFERENCE_MAX_BYTES))
		return admin_fail(ADMIN_USAGE, "give a reason: --reason with one line of at most %u bytes", REFERENCE_MAX_BYTES);
	return ADMIN_OK;
}

int
admin_need_person(struct admin *a, struct person *p)
{
	const char *number = admin_option(a, "--person");

	if (number == NULL)
		return admin_fail(ADMIN_USAGE, "give the person's customer number: --person CUSTOMER");
	return admin_person(a, number, p);
}

int
admin_refuse(struct admin *a, struct audit_event *ev, const char *why)
{
	enum rc r;

	ev->outcome = RC_DENIED;
	if ((r = a->stores->audit.ops->append(&a->stores->audit, ev)) != RC_OK)
		return admin_fail_rc(r, "the refusal cannot be recorded");
	return admin_fail(ADMIN_REFUSED, "%s", why);
}

int
admin_identify(struct admin *a, unsigned roles, struct person *p)
{
	char number[CUSTOMER_BYTES + 1] = "", password[PASSWORD_MAX_BYTES + 1] = "", words[ROLE_WORDS_BYTES];
	struct role_store *s = &a->stores->role;
	unsigned held = 0;
	int status;
	enum rc r;

	if ((status = admin_ask("Your own customer number: ", false, number, sizeof number)) != ADMIN_OK ||
	    (status = admin_ask("Your password: ", true, password, sizeof password)) != ADMIN_OK ||
	    (status = check_password(a, number, password, p)) != ADMIN_OK)
		goto out;
	roles_words(roles, words);
	if ((r = s->ops->held(s, p->id, &held)) != RC_OK)
		status = admin_fail_rc(r, "cannot read the roles");
	else if ((held & roles) == 0)
		status = admin_fail(ADMIN_REFUSED, "%s does not hold what this needs (%s); see: countersign-admin role list", number, words);
	if (status != ADMIN_OK)
		crypto_wipe(p, sizeof *p);
out:
	crypto_wipe(password, sizeof password);
	return status;
}

/* Asks until the code is right or there are no tries left. */
static int
ask_code(struct admin *a, const struct vault *v, struct code_use *by)
{
	struct otp_try t = { .purpose = CODE_STAFF, .person = by->person, .session = by->session, .digest = by->digest };
	char code[CODE_DIGITS + 1] = "";
	int status;
	enum rc r;

	do {
		if ((status = admin_ask("The six digits: ", true, code, sizeof code)) != ADMIN_OK)
			return status;
		t.code = code;
		t.now_ms = by->now_ms = clock_utc_ms(a->clock);
		r = otp_check(a->stores, v, &t, &by->code);
		crypto_wipe(code, sizeof code);
		if (r == RC_CODE_WRONG)
			admin_fail(ADMIN_OK, "the code is wrong; look at the newest message");
	} while (r == RC_CODE_WRONG);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "not signed");
}

int
admin_sign(struct admin *a, const struct person *p, const char *words, const uint8_t digest[static DIGEST_BYTES],
    struct code_use *by)
{
	char number[24], to[EMAIL_MAX_BYTES + 1] = "", err[CONFIG_ERR_BYTES] = "";
	struct audit_event ev;
	struct otp_order order = { .purpose = CODE_STAFF, .person = p, .digest = digest, .about = words,
	    .bank = a->config->bank, .life_ms = a->config->code.life_ms };
	struct vault *v = NULL;
	int status = ADMIN_OK;
	enum rc r;

	memset(by, 0, sizeof *by);
	by->person = p->id;
	rng_fill(a->rng, by->session, sizeof by->session);
	memcpy(by->digest, digest, sizeof by->digest);
	if (vault_open(a->config, a->rng, &v, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	admin_person_number(p, number);
	ev = admin_event(a, AUDIT_CODE_SEND, number);
	ev.person = p->id;
	order.session = by->session;
	order.now_ms = ev.at_ms;
	if ((r = otp_send(a->stores, v, a->rng, &order, &ev, to)) != RC_OK) {
		status = admin_fail_rc(r, "no code was sent");
		goto out;
	}
	printf("A code for this was sent to %s by the running server.\n", to);
	fflush(stdout);
	status = ask_code(a, v, by);
out:
	vault_free(v);
	return status;
}
