/*
 * test_invitation.c - the text a new terminal is given: what is read, what is
 * refused, and which line is named.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/invitation.h"

#define HEAD   "countersign-invitation 1\n"
#define SERVER "server 127.0.0.1:7700 127.0.0.1:7701\n"
#define HEX    "4f1c00112233445566778899aabbccddeeff00112233445566778899aabbccdd"
#define KEY    "key " HEX "\n"
#define WORD   "word K7QM-2XD9-4TVA-H8PR\n"
#define SIXTY  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static enum rc
read_text(const char *text, struct invitation *v, char err[static 200])
{
	memset(err, 0, 200);
	return invitation_get(text, strlen(text), v, err, 200);
}

static void
written_ones_are_read_back(void **state)
{
	struct invitation v = { .nodes = INVITATION_NODES_MAX, .server_public = { 1, 2, 3 }, .word = "K7QM-2XD9-4TVA-H8PR" }, got;
	char text[INVITATION_MAX_BYTES], err[200];
	size_t n;

	(void)state;
	for (size_t i = 0; i < INVITATION_NODES_MAX; i++) {
		memset(v.node[i].control, 'a', ADDRESS_BYTES - 1);	/* as long as may be */
		memcpy(v.node[i].control + ADDRESS_BYTES - 7, ":65535", 7);
		strcpy(v.node[i].video, "[2001:db8::1]:1");
	}
	n = invitation_put(&v, text);
	assert_int_equal(n, strlen(text));
	assert_true(n < INVITATION_MAX_BYTES);
	assert_int_equal(invitation_get(text, n, &got, err, sizeof err), RC_OK);
	assert_memory_equal(&got, &v, sizeof v);
}

static void
pasted_ones_are_read(void **state)
{
	static const char *const good[] = {
		HEAD SERVER KEY WORD,
		HEAD WORD KEY SERVER,
		"countersign-invitation 1\r\n\r\nserver 127.0.0.1:7700 127.0.0.1:7701  \r\n" KEY "word k7qm2xd94tvah8pr",
		"\n\n" HEAD "\n" SERVER "\n" KEY "\n" WORD "\n\n",
		HEAD "server  127.0.0.1:7700   127.0.0.1:7701\n" KEY "word K7QM 2XD9 4TVA H8PR\n",
	};
	struct invitation v;
	char err[200];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		if (read_text(good[i], &v, err) != RC_OK)
			fail_msg("text %zu: %s", i, err);
		assert_int_equal(v.nodes, 1);
		assert_string_equal(v.node[0].control, "127.0.0.1:7700");
		assert_string_equal(v.node[0].video, "127.0.0.1:7701");
		assert_string_equal(v.word, "K7QM-2XD9-4TVA-H8PR");
		assert_int_equal(v.server_public[0], 0x4f);
	}
}

static void
bad_ones_are_refused_with_their_line(void **state)
{
	static const struct { const char *text, *says; } row[] = {
		{ "", "it ends before" },
		{ "hello\n", "line 1: an invitation begins" },
		{ "countersign-invitation 2\n" SERVER KEY WORD, "line 1: an invitation begins" },
		{ SERVER KEY WORD, "line 1: an invitation begins" },
		{ HEAD KEY WORD, "it ends before" },
		{ HEAD SERVER WORD, "it ends before" },
		{ HEAD SERVER KEY, "it ends before" },
		{ HEAD SERVER KEY KEY WORD, "line 4: expected" },
		{ HEAD SERVER KEY WORD WORD, "line 5: expected" },
		{ HEAD SERVER KEY WORD "colour blue\n", "line 5: expected" },
		{ HEAD HEAD SERVER KEY WORD, "line 2: expected" },
		{ HEAD "server\n", "line 2: \"server\" needs two" },
		{ HEAD "server 127.0.0.1:7700\n", "line 2: \"server\" needs two" },
		{ HEAD "server a:1 b:2 c:3\n", "line 2: \"server\" needs two" },
		{ HEAD "server a:1 b\n", "line 2: an address" },
		{ HEAD "server a:1 b:\n", "line 2: an address" },
		{ HEAD "server a:1 :2\n", "line 2: an address" },
		{ HEAD "server a:0 b:1\n", "line 2: an address" },
		{ HEAD "server a:65536 b:1\n", "port from 1 to 65535" },
		{ HEAD "server a:99999999999 b:1\n", "line 2: an address" },
		{ HEAD "server a:1 b:+2\n", "line 2: an address" },
		{ HEAD "server a;b:1 b:2\n", "line 2: an address" },
		{ HEAD "server tcp://a:1 b:2\n", "line 2: an address" },
		{ HEAD "server [::1:1 b:2\n", "line 2: an address" },
		{ HEAD "server [] b:2\n", "line 2: an address" },
		{ HEAD "server []:1 b:2\n", "line 2: an address" },
		{ HEAD "server " SIXTY SIXTY ":1 b:2\n", "line 2: an address" },
		{ HEAD "server " SIXTY SIXTY SIXTY SIXTY ":1 b:2\n", "line 2: too long" },
		{ HEAD SERVER SERVER SERVER SERVER SERVER KEY WORD, "line 6: more than 4" },
		{ HEAD SERVER "key " HEX "0\n", "line 3: \"key\" needs 64" },
		{ HEAD SERVER "key\n", "line 3: \"key\" needs 64" },
		{ HEAD SERVER "key x" HEX "\n", "line 3: \"key\" needs 64" },
		{ HEAD SERVER KEY "word K7QM-2XD9-4TVA\n", "line 4: \"word\" needs 16" },
		{ HEAD SERVER KEY "word\n", "line 4: \"word\" needs 16" },
		{ HEAD "\n\nserver \x1b[2J:1 b:2\n", "line 4: too long, or characters" },
		{ HEAD "server caf\xe9:1 b:2\n", "line 2: too long, or characters" },
	};
	static const struct invitation nothing;
	struct invitation v;
	char err[200];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (read_text(row[i].text, &v, err) != RC_MALFORMED || strstr(err, row[i].says) == NULL)
			fail_msg("text %zu: \"%s\" is not \"%s\"", i, err, row[i].says);
		assert_memory_equal(&v, &nothing, sizeof v);
	}
}

static void
cut_and_oversized_ones_are_refused(void **state)
{
	static const char text[] = HEAD SERVER KEY WORD;
	static char big[INVITATION_MAX_BYTES + 1];
	struct invitation v;
	char err[200];
	size_t whole = strlen(text) - 1;	/* without the last line feed */

	(void)state;
	assert_int_equal(invitation_get(text, whole, &v, err, sizeof err), RC_OK);
	for (size_t n = 0; n < whole; n++)
		assert_int_equal(invitation_get(text, n, &v, err, sizeof err), RC_MALFORMED);
	memset(big, '\n', sizeof big);
	memcpy(big, text, strlen(text));
	assert_int_equal(invitation_get(big, sizeof big - 1, &v, err, sizeof err), RC_OK);
	assert_int_equal(invitation_get(big, sizeof big, &v, err, sizeof err), RC_MALFORMED);
	assert_non_null(strstr(err, "1024"));
	big[3] = '\0';
	assert_int_equal(invitation_get(big, sizeof big - 1, &v, err, sizeof err), RC_MALFORMED);
}

/* A flipped bit is refused or gives an invitation that writes and reads as itself, and another one than before. */
static void
flipped_bits_change_the_invitation_or_are_refused(void **state)
{
	char text[] = HEAD SERVER KEY WORD, back[INVITATION_MAX_BYTES], err[200];
	struct invitation first, v, again;
	size_t n = strlen(text), same = 0;

	(void)state;
	assert_int_equal(invitation_get(text, n, &first, err, sizeof err), RC_OK);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
		if (invitation_get(text, n, &v, err, sizeof err) == RC_OK) {
			assert_int_equal(invitation_get(back, invitation_put(&v, back), &again, err, sizeof err), RC_OK);
			assert_memory_equal(&v, &again, sizeof v);
			same += memcmp(&v, &first, sizeof v) == 0;
		}
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
	}
	assert_true(same < 8 * n / 10);	/* the case of a letter does not matter in word and key */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_ones_are_read_back),
		cmocka_unit_test(pasted_ones_are_read),
		cmocka_unit_test(bad_ones_are_refused_with_their_line),
		cmocka_unit_test(cut_and_oversized_ones_are_refused),
		cmocka_unit_test(flipped_bits_change_the_invitation_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
