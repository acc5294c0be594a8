/*
 * admin_at.c - see admin_at.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault.h"
#include "tests/integration/admin_at.h"
#include "tests/integration/bank.h"

void
admin_start(struct admin_at *a, const char *noun, const char *verb, const char *const words[8])
{
	const char *bin = getenv("COUNTERSIGN_BIN"), *argv[14] = { 0 };
	char program[512], config[128];
	size_t n = 0;

	snprintf(program, sizeof program, "%s/countersign-admin", bin != NULL ? bin : ".");
	snprintf(config, sizeof config, "%s/server.conf", a->server->db->dir);
	argv[n++] = program;
	argv[n++] = "--config";
	argv[n++] = config;
	argv[n++] = noun;
	argv[n++] = verb;
	for (size_t k = 0; k < 8 && words[k] != NULL; k++)
		argv[n++] = words[k];
	prompt_start(&a->prompt, argv);
}

void
admin_sits(struct admin_at *a, const struct somebody *p, const char *password)
{
	prompt_wait(&a->prompt, "customer number: ");
	prompt_type(&a->prompt, p->customer);
	prompt_wait(&a->prompt, "password: ");
	prompt_type(&a->prompt, password);
}

int
admin_ended(struct admin_at *a, const char *says)
{
	int status = prompt_end(&a->prompt);

	if (strstr(a->prompt.out, says) == NULL)
		fail_msg("\"%s\" is not in:\n%s", says, a->prompt.out);
	assert_null(strstr(a->prompt.out, ADMIN_PASSWORD));	/* what was typed is not shown */
	return status;
}

int
admin_signs(struct admin_at *a, struct somebody *p, const char *says)
{
	int status;

	admin_sits(a, p, ADMIN_PASSWORD);
	prompt_wait(&a->prompt, "six digits: ");
	server_code(a->server, p->email, p->code, p->code);
	prompt_type(&a->prompt, p->code);
	status = admin_ended(a, says);
	assert_null(strstr(a->prompt.out, p->code));
	return status;
}

static void
read_key(const struct server *s, const char *name, uint8_t key[static KEY_BYTES])
{
	char path[160], err[256] = "";

	snprintf(path, sizeof path, "%s/keys/%s.key", s->db->dir, name);
	assert_int_equal(keyfile_read(path, name, key, KEY_BYTES, err, sizeof err), RC_OK);
}

void
admin_hired(struct admin_at *a, struct somebody *p, const char *customer)
{
	struct audit_event ev = bank_event(AUDIT_REGISTER, a->server->db->time.utc_ms);
	struct stores *s = a->server->stores;
	struct person_new n = { .name = p->name };
	char hash[PASSWORD_HASH_BYTES], sql[128];
	struct vault_keys keys;
	struct vault *v;

	read_key(a->server, "master", keys.master);
	read_key(a->server, "code", keys.code);
	read_key(a->server, "outbox", keys.outbox);
	assert_non_null(v = vault_new(&keys, rng_system()));
	assert_int_equal(password_hash(ADMIN_PASSWORD, hash), RC_OK);
	n.password_hash = hash;
	assert_int_equal(vault_person_make(v, p->email, &n), RC_OK);
	vault_free(v);
	assert_int_equal(s->person.ops->create(&s->person, &n, &ev, &p->id), RC_OK);
	snprintf(sql, sizeof sql, "UPDATE person SET status = 2, customer = '%s' WHERE id = %llu", customer, (unsigned long long)p->id);
	assert_int_equal(private_db_sql(a->server->db, "root", sql), 0);
	snprintf(p->customer, sizeof p->customer, "%s", customer);
}
