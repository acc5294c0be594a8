/*
 * admin_role_first.c - countersign-admin role first: two administrators, once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each types their own name, address and password here; all further roles are
 * given by two of them. They have no face and no account: they work at
 * countersign-admin.
 */
#include <stdio.h>
#include <string.h>

#include "proto/text.h"
#include "server/admin.h"
#include "server/vault.h"

struct first_form {
	char name[NAME_MAX_BYTES + 1], email[EMAIL_MAX_BYTES + 1];
	char password[PASSWORD_MAX_BYTES + 1], again[PASSWORD_MAX_BYTES + 1];
	char hash[PASSWORD_HASH_BYTES];
};

static int
first_check(const struct first_form *f)
{
	if (!text_is_line(f->name, NAME_MAX_BYTES))
		return admin_fail(ADMIN_REFUSED, "a name is one line of at most %u bytes", NAME_MAX_BYTES);
	if (!text_is_email(f->email))
		return admin_fail(ADMIN_REFUSED, "%s is not an e-mail address", f->email);
	if (text_characters(f->password) < PASSWORD_MIN_CHARS)
		return admin_fail(ADMIN_REFUSED, "a password needs at least %u characters; three or four words are good", PASSWORD_MIN_CHARS);
	if (strcmp(f->password, f->email) == 0 || strcmp(f->password, f->name) == 0)
		return admin_fail(ADMIN_REFUSED, "the password must not be the name or the e-mail address");
	if (strcmp(f->password, f->again) != 0)
		return admin_fail(ADMIN_REFUSED, "the two passwords differ; nothing was made");
	return ADMIN_OK;
}

static int
first_ask(struct first_form *f, const char *which)
{
	char prompt[64];
	int status;

	snprintf(prompt, sizeof prompt, "Name of the %s administrator: ", which);
	if ((status = admin_ask(prompt, false, f->name, sizeof f->name)) != ADMIN_OK ||
	    (status = admin_ask("E-mail address: ", false, f->email, sizeof f->email)) != ADMIN_OK ||
	    (status = admin_ask("Password: ", true, f->password, sizeof f->password)) != ADMIN_OK ||
	    (status = admin_ask("The password again: ", true, f->again, sizeof f->again)) != ADMIN_OK)
		return status;
	return first_check(f);
}

/* What is stored of a form. */
static int
first_make(const struct vault *v, struct first_form *f, struct person_new *p)
{
	*p = (struct person_new){ .name = f->name, .password_hash = f->hash };
	if (password_hash(f->password, f->hash) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	return vault_person_make(v, f->email, p) == RC_OK ? ADMIN_OK :
	    admin_fail(ADMIN_REFUSED, "%s is not an e-mail address", f->email);
}

static int
first_store(struct admin *a, const struct first_form form[2], const struct person_new p[2])
{
	struct audit_event ev = admin_event(a, AUDIT_ROLE_FIRST, "");
	struct role_store *s = &a->stores->role;
	char customer[2][CUSTOMER_BYTES + 1];
	enum rc r;

	if ((r = s->ops->first(s, p, &ev, customer)) == RC_EXISTS)
		return admin_fail(ADMIN_REFUSED, "there are administrators already; they give roles: countersign-admin role propose");
	if (r != RC_OK)
		return admin_fail_rc(r, "nothing was made");
	for (size_t i = 0; i < 2; i++)
		printf("%s %s is an administrator now\n", customer[i], form[i].name);
	return ADMIN_OK;
}

int
admin_role_first(struct admin *a)
{
	struct role_store *s = &a->stores->role;
	struct first_form form[2] = { 0 };
	struct person_new p[2] = { 0 };
	char err[CONFIG_ERR_BYTES] = "";
	struct role_row any = { 0 };
	struct vault *v = NULL;
	int status = ADMIN_OK;
	size_t n = 1;
	enum rc r = RC_OK;

	/* Said before anybody types a password; the store decides. */
	while (n == 1 && any.role != ROLE_ADMINISTRATOR && r == RC_OK)
		r = s->ops->list(s, any.person, any.role != 0 ? role_number(any.role) : 0, &any, 1, &n);
	if (r != RC_OK)
		return admin_fail_rc(r, "cannot read the roles");
	if (any.role == ROLE_ADMINISTRATOR)
		return admin_fail(ADMIN_REFUSED, "there are administrators already; they give roles: countersign-admin role propose");
	if (vault_open(a->config, a->rng, &v, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	for (size_t i = 0; i < 2 && status == ADMIN_OK; i++)
		if ((status = first_ask(&form[i], i == 0 ? "first" : "second")) == ADMIN_OK)
			status = first_make(v, &form[i], &p[i]);
	if (status == ADMIN_OK && strcmp(form[0].email, form[1].email) == 0)
		status = admin_fail(ADMIN_REFUSED, "two administrators have two e-mail addresses; nothing was made");
	if (status == ADMIN_OK)
		status = first_store(a, form, p);
	vault_free(v);
	crypto_wipe(form, sizeof form);
	crypto_wipe(p, sizeof p);
	return status;
}
