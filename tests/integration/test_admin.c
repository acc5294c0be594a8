/*
 * test_admin.c - countersign-admin itself: a node made from nothing, a
 * terminal invited and accepted by its fingerprint, money paid in, the trail
 * verified.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "db/seal_file.h"
#include "proto/invitation.h"
#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL
#define OUT_BYTES 16384u

struct world {
	struct private_db *db;
	struct stores *s;
	char out[OUT_BYTES];
};

/* Runs countersign-admin with these arguments (no blanks in them); its status, and both its outputs in w->out. */
static int __attribute__((format(printf, 2, 3)))
admin(struct world *w, const char *fmt, ...)
{
	const char *bin = getenv("COUNTERSIGN_BIN");
	char args[512], command[1200];
	size_t n;
	va_list ap;
	FILE *f;
	int status;

	va_start(ap, fmt);
	vsnprintf(args, sizeof args, fmt, ap);
	va_end(ap);
	snprintf(command, sizeof command, "%s/countersign-admin %s 2>&1", bin != NULL ? bin : "build/release/bin", args);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(w->out, 1, sizeof w->out - 1, f);
	w->out[n] = '\0';
	status = pclose(f);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define CONFIG(w) (w)->db->dir

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(false);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	private_db_stop(w->db);
	return 0;
}

static void
init_makes_a_state_folder_and_changes_nothing_twice(void **state)
{
	static const char *const secret[] = { "server.curve", "master.key", "code.key", "outbox.key", "seal.sign" };
	struct world *w = *state;
	char path[256], before[300], after[300];
	struct stat st;
	FILE *f;

	assert_int_equal(admin(w, "init --state %s", CONFIG(w)), 0);
	for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
		snprintf(path, sizeof path, "%s/keys/%s", CONFIG(w), secret[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	snprintf(path, sizeof path, "%s/keys", CONFIG(w));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof path, "%s/keys/seal.sign", CONFIG(w));
	f = fopen(path, "r");
	assert_non_null(fgets(before, sizeof before, f));
	fclose(f);
	assert_int_equal(admin(w, "init --state %s", CONFIG(w)), 0);
	assert_null(strstr(w->out, "made"));
	f = fopen(path, "r");
	assert_non_null(fgets(after, sizeof after, f));
	fclose(f);
	assert_string_equal(before, after);
}

static void
commands_say_what_is_missing(void **state)
{
	struct world *w = *state;

	assert_int_equal(admin(w, "frobnicate"), 2);
	assert_non_null(strstr(w->out, "frobnicate"));
	assert_int_equal(admin(w, "terminal accept"), 2);
	assert_int_equal(admin(w, "person list --last 3"), 2);
	assert_int_equal(admin(w, "--config /nonexistent/server.conf person list"), 3);
	assert_non_null(strstr(w->out, "/nonexistent/server.conf"));
	assert_int_equal(admin(w, "--config %s/server.conf person list", CONFIG(w)), 3);
	assert_non_null(strstr(w->out, "db migrate"));
	assert_int_equal(admin(w, "--config %s/server.conf db status", CONFIG(w)), 1);
	assert_int_equal(admin(w, "--config %s/server.conf db migrate", CONFIG(w)), 0);
	assert_int_equal(admin(w, "--config %s/server.conf db status", CONFIG(w)), 0);
	assert_int_equal(admin(w, "--config %s/server.conf person list", CONFIG(w)), 0);
	w->s = private_db_open(w->db, "countersign", "test/admin");
}

static void
a_terminal_is_accepted_by_its_fingerprint_only(void **state)
{
	struct world *w = *state;
	char path[256], err[256] = "", print[FINGERPRINT_BYTES], text[INVITATION_MAX_BYTES];
	uint8_t key[KEY_BYTES], secret[KEY_BYTES], other[KEY_BYTES];
	struct audit_event ev = bank_event(AUDIT_TERMINAL_PENDING, T0);
	struct terminal list[4];
	struct invitation v;
	struct stat st;
	size_t n;
	FILE *f;

	/* What cannot be written is no invitation. */
	assert_int_equal(admin(w, "--config %s/server.conf terminal invite counter-1 --out /nonexistent/file", CONFIG(w)), 3);
	assert_non_null(strstr(w->out, "/nonexistent/file"));
	assert_int_equal(admin(w, "--config %s/server.conf terminal list", CONFIG(w)), 0);
	assert_null(strstr(w->out, "invited"));
	snprintf(path, sizeof path, "%s/invitation.txt", CONFIG(w));
	assert_int_equal(admin(w, "--config %s/server.conf terminal invite counter-1 --branch Main --out %s", CONFIG(w), path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(admin(w, "--config %s/server.conf terminal invite counter-1 --out %s", CONFIG(w), path), 1);
	f = fopen(path, "r");
	n = fread(text, 1, sizeof text, f);
	fclose(f);
	assert_int_equal(invitation_get(text, n, &v, err, sizeof err), RC_OK);
	assert_null(strstr(w->out, v.word));
	assert_string_equal(v.node[0].control, "127.0.0.1:7700");

	curve_keypair(key, secret);
	curve_keypair(other, secret);
	assert_int_equal(w->s->terminal.ops->note_pending(&w->s->terminal, other, T0, &ev), RC_OK);
	assert_int_equal(w->s->terminal.ops->note_pending(&w->s->terminal, key, T0, &ev), RC_OK);
	fingerprint_make(key, v.word, print);
	assert_int_equal(admin(w, "--config %s/server.conf terminal list", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, print));
	assert_null(strstr(w->out, v.word));
	assert_int_equal(admin(w, "--config %s/server.conf terminal accept AAAA-AAAA-AAAA-AAAA-AAAA", CONFIG(w)), 1);
	assert_int_equal(admin(w, "--config %s/server.conf terminal accept %s", CONFIG(w), print), 0);
	assert_int_equal(w->s->terminal.ops->list(&w->s->terminal, list, 4, &n), RC_OK);
	assert_int_equal(list[1].status, TERMINAL_ACCEPTED);
	assert_memory_equal(list[1].public_key, key, KEY_BYTES);
	assert_string_equal(list[1].branch, "Main");
	assert_int_equal(list[0].status, TERMINAL_PENDING);
	assert_int_equal(admin(w, "--config %s/server.conf terminal invite counter-1", CONFIG(w)), 1);
	assert_non_null(strstr(w->out, "accepted already"));
	assert_int_equal(admin(w, "--config %s/server.conf terminal revoke counter-1", CONFIG(w)), 0);
	assert_int_equal(admin(w, "--config %s/server.conf terminal revoke counter-1", CONFIG(w)), 1);
}

static void
the_policy_is_explained(void **state)
{
	struct world *w = *state;

	assert_int_equal(admin(w, "--config %s/server.conf policy explain --kind transfer --amount 4999.99 --currency EUR", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, "up to 10,000.00 EUR"));
	assert_non_null(strstr(w->out, "one-time code, live face"));
	assert_int_equal(admin(w, "--config %s/server.conf policy explain --kind transfer --amount 10000.01 --currency EUR", CONFIG(w)), 1);
	assert_non_null(strstr(w->out, "refused"));
	assert_int_equal(admin(w, "--config %s/server.conf policy explain --kind gift --amount 1 --currency EUR", CONFIG(w)), 2);
	assert_int_equal(admin(w, "--config %s/server.conf policy explain --kind transfer --amount 1.001 --currency EUR", CONFIG(w)), 2);
	assert_int_equal(admin(w, "--config %s/server.conf policy explain --kind transfer", CONFIG(w)), 2);
	assert_int_equal(admin(w, "--config %s/server.conf policy explain", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, "ends 5 min after the last request ("));
	assert_non_null(strstr(w->out, "12 h after its beginning ("));
	assert_non_null(strstr(w->out, "false match rate of 0.0001 ("));
	assert_null(strstr(w->out, "built in"));
}

static void
money_is_paid_in_and_people_are_unlocked(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_LOGIN_PASSWORD, T0 * 2);
	char request[2 * ID_BYTES + 1];
	uint8_t id[ID_BYTES];
	struct bank_person p;
	struct person row;
	struct account a;
	int64_t until;

	bank_customer(w->s, T0, &p);
	assert_int_equal(admin(w, "--config %s/server.conf account deposit %s 1234.50 EUR --reference Opening", CONFIG(w), p.account), 0);
	assert_non_null(strstr(w->out, "1,234.50 EUR"));
	bank_random(id, sizeof id);
	hex_put(id, sizeof id, request);
	for (int k = 0; k < 2; k++)
		assert_int_equal(admin(w, "--config %s/server.conf account deposit %s 10 EUR --request %s", CONFIG(w), p.account, request), 0);
	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p.account, &a), RC_OK);
	assert_int_equal(a.balance, 124450);
	assert_int_equal(admin(w, "--config %s/server.conf account deposit %s 10.001 EUR", CONFIG(w), p.account), 2);
	assert_int_equal(admin(w, "--config %s/server.conf account deposit %s 10 USD", CONFIG(w), p.account), 1);
	assert_int_equal(admin(w, "--config %s/server.conf account list", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, "Cash EUR"));
	assert_non_null(strstr(w->out, "-1,244.50 EUR"));

	assert_int_equal(admin(w, "--config %s/server.conf account deposit %s 5.50 EUR --reference =1+1", CONFIG(w), p.account), 0);
	assert_int_equal(admin(w, "--config %s/server.conf account statement %s --csv -", CONFIG(w), p.account), 0);
	assert_non_null(strstr(w->out, "\"opening\",,\"\",\"\",\"\",,0.00,EUR\r\n"));
	assert_non_null(strstr(w->out, ",\"'=1+1\",5.50,1250.00,EUR\r\n"));
	assert_non_null(strstr(w->out, "\"closing\",,\"\",\"\",\"\",,1250.00,EUR\r\n"));
	assert_int_equal(admin(w, "--config %s/server.conf account statement %s --to 1971-01-01", CONFIG(w), p.account), 0);
	assert_null(strstr(w->out, "posting"));
	assert_int_equal(admin(w, "--config %s/server.conf account statement %s --from 2026-02-30", CONFIG(w), p.account), 2);
	assert_int_equal(admin(w, "--config %s/server.conf account statement XC00NOBODY", CONFIG(w)), 2);

	for (int k = 0; k < PASSWORD_TRIES; k++)
		assert_int_equal(w->s->person.ops->password_result(&w->s->person, p.id, false, &ev, &until), RC_OK);
	assert_int_equal(admin(w, "--config %s/server.conf person list", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, p.customer));
	assert_non_null(strstr(w->out, "password locked"));
	assert_int_equal(admin(w, "--config %s/server.conf person unlock %s", CONFIG(w), p.customer), 0);
	assert_int_equal(w->s->person.ops->by_id(&w->s->person, p.id, &row), RC_OK);
	assert_int_equal(row.password_fails, 0);
	assert_int_equal(admin(w, "--config %s/server.conf person unlock 00000000", CONFIG(w)), 1);
}

static void
the_trail_is_listed_and_verified(void **state)
{
	struct world *w = *state;
	static struct audit_head heads[LANES_MAX];
	uint8_t secret[SIGN_SECRET_BYTES];
	char path[256], err[256] = "";
	struct seal_writer *sw;
	size_t n;

	assert_int_equal(admin(w, "--config %s/server.conf audit list --last 50", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, "terminal-accept  ok"));
	assert_non_null(strstr(w->out, "deposit  ok"));
	assert_int_equal(admin(w, "--config %s/server.conf audit verify", CONFIG(w)), 3);	/* no seal file yet */
	snprintf(path, sizeof path, "%s/keys/seal.sign", CONFIG(w));
	assert_int_equal(keyfile_read(path, "sign", secret, sizeof secret, err, sizeof err), RC_OK);
	snprintf(path, sizeof path, "%s/seals.log", CONFIG(w));
	assert_int_equal(seal_writer_open(path, secret, &sw, err, sizeof err), RC_OK);
	assert_int_equal(admin(w, "--config %s/server.conf audit verify", CONFIG(w)), 1);	/* nothing vouches */
	assert_non_null(strstr(w->out, "NO SEAL"));
	assert_int_equal(w->s->audit.ops->heads(&w->s->audit, heads, LANES_MAX, &n), RC_OK);
	assert_int_equal(seal_writer_append(sw, T0, heads, n), RC_OK);
	seal_writer_close(sw);
	assert_int_equal(admin(w, "--config %s/server.conf audit verify", CONFIG(w)), 0);
	assert_non_null(strstr(w->out, "not sealed yet: 0 records"));
	assert_non_null(strstr(w->out, "the audit trail is whole"));
	assert_int_equal(admin(w, "--config %s/server.conf account list", CONFIG(w)), 0);
	assert_int_equal(private_db_sql(w->db, "root", "UPDATE audit_record SET detail = 'x' WHERE seq = 2 LIMIT 1"), 0);
	assert_int_equal(admin(w, "--config %s/server.conf audit verify", CONFIG(w)), 1);
	assert_non_null(strstr(w->out, "record 2 does not fit its content"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_makes_a_state_folder_and_changes_nothing_twice),
		cmocka_unit_test(commands_say_what_is_missing),
		cmocka_unit_test(a_terminal_is_accepted_by_its_fingerprint_only),
		cmocka_unit_test(the_policy_is_explained),
		cmocka_unit_test(money_is_paid_in_and_people_are_unlocked),
		cmocka_unit_test(the_trail_is_listed_and_verified),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
