/*
 * test_audit_seal.c - the seal file: lines, seals that follow each other, and
 * what is noticed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "db/seal_file.h"

#define FILE_MAX 16384u

struct world {
	char dir[64], path[96];
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	struct audit_head heads[3];
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	snprintf(w->dir, sizeof w->dir, "/tmp/countersign-seal.XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	snprintf(w->path, sizeof w->path, "%s/seals.log", w->dir);
	sign_keypair(w->pub, w->secret);
	for (size_t i = 0; i < 3; i++) {
		w->heads[i] = (struct audit_head){ .lane = i + 1, .seq = 10 * i };
		snprintf(w->heads[i].name, LANE_NAME_BYTES, "node1/desk-%02zu", i);
		memset(w->heads[i].hash, (int)i, DIGEST_BYTES);
	}
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	unlink(w->path);
	rmdir(w->dir);
	free(w);
	return 0;
}

static void
append(struct world *w, int times)
{
	struct seal_writer *sw;
	char err[256] = "";

	assert_int_equal(seal_writer_open(w->path, w->secret, &sw, err, sizeof err), RC_OK);
	for (int i = 0; i < times; i++) {
		w->heads[1].seq++;
		assert_int_equal(seal_writer_append(sw, 1800000000000LL + i, w->heads, 3), RC_OK);
	}
	seal_writer_close(sw);
}

struct count {
	int heads, seals, faults;
	enum rc why;
	uint64_t line, last_number;
};

static enum rc
count_head(void *ctx, const struct seal *s, const struct audit_head *h)
{
	(void)s;
	(void)h;
	((struct count *)ctx)->heads++;
	return RC_OK;
}

static enum rc
count_seal(void *ctx, const struct seal *s)
{
	((struct count *)ctx)->seals++;
	((struct count *)ctx)->last_number = s->number;
	return RC_OK;
}

static enum rc
count_fault(void *ctx, uint64_t line, enum rc why, const char *text)
{
	struct count *c = ctx;

	(void)text;
	if (c->faults++ == 0) {
		c->line = line;
		c->why = why;
	}
	return RC_OK;
}

static struct count
read_file(const struct world *w, const uint8_t pub[SIGN_PUBLIC_BYTES])
{
	struct count c = { 0 };
	struct seal_reader r = { .head = count_head, .seal = count_seal, .fault = count_fault, .ctx = &c };
	FILE *f = fopen(w->path, "r");

	assert_non_null(f);
	assert_int_equal(seal_file_read(f, pub, &r), RC_OK);
	fclose(f);
	return c;
}

static size_t
load(const struct world *w, char *dst)
{
	FILE *f = fopen(w->path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(dst, 1, FILE_MAX, f);
	fclose(f);
	return n;
}

static void
store(const struct world *w, const char *text, size_t n)
{
	FILE *f = fopen(w->path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void
only_heads_that_moved_are_written(void **state)
{
	struct world *w = *state;
	struct count c;

	append(w, 3);		/* three heads, then one each */
	c = read_file(w, w->pub);
	assert_int_equal(c.seals, 3);
	assert_int_equal(c.heads, 5);
	assert_int_equal(c.faults, 0);
	append(w, 2);		/* goes on where the file ended */
	c = read_file(w, w->pub);
	assert_int_equal(c.seals, 5);
	assert_int_equal(c.heads, 7);
	assert_int_equal(c.faults, 0);
	assert_int_equal(c.last_number, 5);
}

static void
one_writer_at_a_time(void **state)
{
	struct world *w = *state;
	struct seal_writer *a, *b;
	char err[256] = "";

	assert_int_equal(seal_writer_open(w->path, w->secret, &a, err, sizeof err), RC_OK);
	assert_int_equal(seal_writer_open(w->path, w->secret, &b, err, sizeof err), RC_BUSY);
	assert_non_null(strstr(err, w->path));
	seal_writer_close(a);
	assert_int_equal(seal_writer_open(w->path, w->secret, &a, err, sizeof err), RC_OK);
	seal_writer_close(a);
}

static void
another_key_is_refused(void **state)
{
	struct world *w = *state;
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	struct seal_writer *sw;
	char err[256] = "";
	struct count c;

	append(w, 2);
	sign_keypair(pub, secret);
	c = read_file(w, pub);
	assert_int_equal(c.seals, 0);
	assert_int_equal(c.why, RC_FORGED);
	assert_int_equal(seal_writer_open(w->path, secret, &sw, err, sizeof err), RC_FORGED);
}

/* Each byte of the file changed: always a fault, except in the middle of nothing. */
static void
every_changed_byte_is_found(void **state)
{
	struct world *w = *state;
	static char text[FILE_MAX];
	size_t n;

	append(w, 3);
	n = load(w, text);
	assert_true(n > 500);
	for (size_t i = 0; i + 1 < n; i++) {	/* without the last newline, an unfinished line says nothing */
		struct count c;

		text[i] ^= 1;
		store(w, text, n);
		c = read_file(w, w->pub);
		if (c.faults == 0 && c.seals == 3) {
			print_message("byte %zu\n", i);
			fail();
		}
		text[i] ^= 1;
	}
}

static void
a_seal_taken_out_is_found(void **state)
{
	struct world *w = *state;
	static char text[FILE_MAX], without[FILE_MAX];
	char *first_end, *second_end;
	struct count c;
	size_t n;

	append(w, 3);
	n = load(w, text);
	text[n] = '\0';
	first_end = strchr(strstr(text, "seal 1 1 "), '\n') + 1;
	second_end = strchr(strstr(text, "seal 1 2 "), '\n') + 1;
	snprintf(without, sizeof without, "%.*s%s", (int)(first_end - text), text, second_end);
	store(w, without, strlen(without));
	c = read_file(w, w->pub);
	assert_int_equal(c.faults, 1);
	assert_int_equal(c.why, RC_FORGED);
	/* a head line taken out */
	snprintf(without, sizeof without, "%s", strchr(text, '\n') + 1);
	store(w, without, strlen(without));
	c = read_file(w, w->pub);
	assert_int_equal(c.why, RC_MALFORMED);
}

/* Two histories under one key: the seals of one do not follow those of the other, whatever their numbers say. */
static void
a_seal_of_another_history_is_found(void **state)
{
	struct world *w = *state;
	static char one[FILE_MAX], two[FILE_MAX], mixed[FILE_MAX];
	struct count c;

	append(w, 2);
	one[load(w, one)] = '\0';
	unlink(w->path);
	w->heads[1].seq = 1000;
	append(w, 2);
	two[load(w, two)] = '\0';
	snprintf(mixed, sizeof mixed, "%.*s%s", (int)(strchr(strstr(one, "seal 1 1 "), '\n') + 1 - one), one,
	    strchr(strstr(two, "seal 1 1 "), '\n') + 1);
	store(w, mixed, strlen(mixed));
	c = read_file(w, w->pub);
	assert_int_equal(c.faults, 1);
	assert_int_equal(c.why, RC_FORGED);
	assert_int_equal(c.line, 6);	/* three heads and a seal, then a head and the foreign seal */
}

/* The file cut at any byte, as by a power failure: reading knows the seals before, writing goes on. */
static void
a_torn_end_is_closed(void **state)
{
	struct world *w = *state;
	static char text[FILE_MAX];
	size_t n, two;

	append(w, 2);
	two = load(w, text);
	append(w, 1);
	n = load(w, text);
	for (size_t cut = two; cut < n; cut++) {
		struct count c;

		store(w, text, cut);
		c = read_file(w, w->pub);
		assert_int_equal(c.faults, 0);
		assert_int_equal(c.seals, 2);
		append(w, 2);
		c = read_file(w, w->pub);
		if (c.faults != 0)
			print_message("cut at %zu of %zu: line %llu\n", cut, n, (unsigned long long)c.line);
		assert_int_equal(c.faults, 0);
		/* all but the newline was there: the third seal counts */
		assert_int_equal(c.seals, cut == n - 1 ? 5 : 4);
	}
}

static void
lines_are_read_as_written_and_nothing_else(void **state)
{
	static const char *const bad[] = {
		"", " ", "head", "head 1", "seal 1", "torn ", "Torn", "head 01 a 1 ", "head 1 a 1 00",
		"seal 2 1 1 0 00 00", "head 18446744073709551616 a 1 0000000000000000000000000000000000000000000000000000000000000000",
		"head 1 a 1 000000000000000000000000000000000000000000000000000000000000000A",
		"head 1  1 0000000000000000000000000000000000000000000000000000000000000000",
		"head 1 a 1 0000000000000000000000000000000000000000000000000000000000000000 ",
	};
	struct world *w = *state;
	struct seal_line l, back;
	char line[SEAL_LINE_MAX];
	size_t n;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(seal_line_get(bad[i], strlen(bad[i]), &l), RC_MALFORMED);
	l = (struct seal_line){ .kind = SEAL_LINE_HEAD, .head = w->heads[2] };
	n = seal_line_put(&l, line);
	assert_int_equal(seal_line_get(line, n, &back), RC_OK);
	assert_memory_equal(&back.head.hash, &l.head.hash, DIGEST_BYTES);
	assert_string_equal(back.head.name, "node1/desk-02");
	for (size_t k = 0; k < n; k++)
		assert_int_equal(seal_line_get(line, k, &back), RC_MALFORMED);
	l = (struct seal_line){ .kind = SEAL_LINE_SEAL, .seal = { .number = UINT64_MAX, .at_ms = INT64_MAX, .heads_n = LANES_MAX } };
	n = seal_line_put(&l, line);
	assert_int_equal(seal_line_get(line, n, &back), RC_OK);
	assert_int_equal(back.seal.number, UINT64_MAX);
	for (size_t k = 0; k < n; k++)
		assert_int_equal(seal_line_get(line, k, &back), RC_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_heads_that_moved_are_written, setup, teardown),
		cmocka_unit_test_setup_teardown(one_writer_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(another_key_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(every_changed_byte_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_seal_taken_out_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_seal_of_another_history_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_torn_end_is_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_are_read_as_written_and_nothing_else, setup, teardown),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
