/*
 * test_audit_hash.c - the hash of a record against values computed by another
 * implementation of db/AUDIT.md (Python's hashlib over the table's layout), and
 * its dependence on each field.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "db/audit_store.h"
#include "proto/crypto.h"

static struct audit_record
sample(void)
{
	struct audit_record r = { .lane = 7, .seq = 1, .event = { .action = AUDIT_TRANSFER_POST, .outcome = RC_OK,
	    .at_ms = 1800000000123LL, .person = 42, .terminal = 3, .subject = "XC12", .detail = "journal 9" } };

	for (size_t i = 0; i < ID_BYTES; i++)
		r.event.session[i] = (uint8_t)i;
	audit_lane_root(7, "node1/desk-03", r.prev);
	return r;
}

static void
assert_hash(const uint8_t hash[DIGEST_BYTES], const char *want)
{
	char hex[2 * DIGEST_BYTES + 1];

	hex_put(hash, DIGEST_BYTES, hex);
	assert_string_equal(hex, want);
}

static void
layout_is_the_written_one(void **state)
{
	struct audit_record r = sample(), refused = { .lane = 7, .seq = 2, .event = { .action = AUDIT_LOGIN_PASSWORD,
	    .outcome = RC_LOGIN, .at_ms = 1800000000456LL, .terminal = 3 } };
	uint8_t hash[DIGEST_BYTES];

	(void)state;
	assert_hash(r.prev, "d670ce53a40d939b5c5748f2a1e2d62c34066ddb679a52fa04239c02df7277d1");
	audit_record_hash(&r, hash);
	assert_hash(hash, "08f0b19778a0774d666b68d1bec33a568079191c4bf40d0b5e678b68c898957e");
	memset(refused.prev, 0xab, DIGEST_BYTES);
	audit_record_hash(&refused, hash);
	assert_hash(hash, "16c574f697547a78f5c49adddcfd553ba5cb1a1c01ff2170823f55a35b1d929e");
}

static void
every_field_counts(void **state)
{
	uint8_t whole[DIGEST_BYTES], changed[DIGEST_BYTES];
	struct audit_record r = sample(), c;

	(void)state;
	audit_record_hash(&r, whole);
#define CHANGED(change) do { c = r; change; audit_record_hash(&c, changed); assert_memory_not_equal(whole, changed, DIGEST_BYTES); } while (0)
	CHANGED(c.lane++);
	CHANGED(c.seq++);
	CHANGED(c.event.at_ms++);
	CHANGED(c.event.action = AUDIT_DEPOSIT);
	CHANGED(c.event.outcome = RC_FUNDS);
	CHANGED(c.event.person++);
	CHANGED(c.event.terminal++);
	CHANGED(c.event.session[15] ^= 1);
	CHANGED(c.event.subject[0] ^= 1);
	CHANGED(c.event.detail[0] ^= 1);
	CHANGED(c.prev[31] ^= 1);
	/* a byte moved from one text to the next */
	CHANGED((strcpy(c.event.subject, "XC1"), strcpy(c.event.detail, "2journal 9")));
#undef CHANGED
	c = r;
	c.hash[0] ^= 1;
	audit_record_hash(&c, changed);
	assert_memory_equal(whole, changed, DIGEST_BYTES);
}

static void
actions_have_words(void **state)
{
	(void)state;
	assert_string_equal(audit_action_word(AUDIT_TRANSFER_POST), "transfer-post");
	assert_string_equal(audit_action_word((enum audit_action)999), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_is_the_written_one),
		cmocka_unit_test(every_field_counts),
		cmocka_unit_test(actions_have_words),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
