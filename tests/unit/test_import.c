/*
 * test_import.c - files of payments: what is right comes through whole, what
 * is wrong is named by its line, and no file takes more memory than another.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/import_file.h"
#include "proto/money.h"

#define HEAD "debit,payee,amount,currency,reference\n"
#define NOW_MS    1773480413000LL	/* 2026-03-14 09:26:53 UTC */
#define LONG_LINE (2LL << 30)
#define HOLE      (128LL << 20)
#define MEMORY_MOST_KIB 16384

static char debit[ACCOUNT_MAX_BYTES + 1], payee[ACCOUNT_MAX_BYTES + 1];
static char path[] = "/tmp/countersign-import-XXXXXX";

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	account_number_make(1, 4711, debit);
	account_number_make(1, 5000, payee);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void
read_all(struct import_file *f, size_t piece)
{
	enum rc r;

	assert_int_equal(import_file_open(f, path, NOW_MS), RC_OK);
	while ((r = import_file_read(f, piece)) == RC_AGAIN)
		;
	assert_int_equal(r, RC_OK);
}

/* Writes n bytes in which $ and % stand for the accounts. */
static void
write_file(const char *text, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '$')
			fputs(debit, f);
		else if (text[i] == '%')
			fputs(payee, f);
		else
			fputc(text[i], f);
	}
	assert_int_equal(fclose(f), 0);
}

static void
test_right_files(void **state)
{
	static const char *const t[] = {
		HEAD "$,%,12.50,EUR,Invoice 17\n$,%,1000,JPY,\n",
		("\xef\xbb\xbf" "debit;payee;amount;currency;reference\r\n$;%;12.5;EUR;Invoice 17\r\n\r\n\"$\";\"%\";\"1000\";\"JPY\";\"\""),
		"Reference,Currency,Amount,Payee,Debit\nInvoice 17,EUR,12.50,%,$\n,JPY,1000,%,$\n",
	};
	static const char quotes[] = HEAD "$,%,1.00,EUR,\"a \"\"b\"\", c\"\n";
	struct import_file f;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof t / sizeof t[0]; i++) {
		write_file(t[i / 2], strlen(t[i / 2]));
		read_all(&f, i % 2 == 0 ? 1 : 4096);
		if (f.faults > 0)
			fail_msg("file %zu, line %llu: %s", i / 2, (unsigned long long)f.fault[0].number, f.fault[0].word);
		assert_int_equal(f.payments, 2);
		assert_string_equal(f.payment[0].line.debit, debit);
		assert_string_equal(f.payment[0].line.payee, payee);
		assert_int_equal(f.payment[0].line.amount, 1250);
		assert_string_equal(f.payment[0].line.reference, "Invoice 17");
		assert_int_equal(f.payment[1].line.amount, 1000);
		assert_string_equal(f.payment[1].line.reference, "");
		import_file_close(&f);
	}
	write_file(quotes, strlen(quotes));
	read_all(&f, 4096);
	assert_int_equal(f.payments, 1);
	assert_string_equal(f.payment[0].line.reference, "a \"b\", c");
	import_file_close(&f);
}

/* Each stands in line 3, between two lines that are right. */
static void
test_wrong_lines(void **state)
{
	static const struct { const char *line; size_t n; const char *says; } t[] = {
#define LINE(text) text, sizeof(text) - 1
		{ LINE("$,%,1e3,EUR,x"), "exponent" },
		{ LINE("$,%,\"1,000.00\",EUR,x"), "comma" },
		{ LINE("$,%,1,000.00,EUR,x"), "more columns than" },
		{ LINE("$,%,-0,EUR,x"), "sign" },
		{ LINE("$,%,+5,EUR,x"), "sign" },
		{ LINE("$,%,0,EUR,x"), "more than zero" },
		{ LINE("$,%,0.001,EUR,x"), "decimals" },
		{ LINE("$,%,.,EUR,x"), "more than zero" },
		{ LINE("$,%,99999999999999999999,EUR,x"), "larger than" },
		{ LINE("$,%,1.2.3,EUR,x"), "no amount" },
		{ LINE("$,%,,EUR,x"), "no amount" },
		{ LINE("$,%,1.00,EUR,=1+1"), "formula" },
		{ LINE("$,%,=1+1,EUR,x"), "formula" },
		{ LINE("$,%,1.00,EUR,@SUM(A1)"), "formula" },
		{ LINE("$,%,1.00,EUR,-x"), "formula" },
		{ LINE("$,%,1.00,EUR,+x"), "formula" },
		{ LINE("$,%,1.00,XXX,x"), "no currency" },
		{ LINE("$,%,1.00,EUR"), "missing" },
		{ LINE("$,%,1.00,EUR,x,y"), "more columns than" },
		{ LINE("$,%,1.00,EUR,x,y,z"), "Too many columns" },
		{ LINE("$,XC00,1.00,EUR,x"), "payee's account" },
		{ LINE(",%,1.00,EUR,x"), "debit account" },
		{ LINE("$,%,1.00,EUR,caf\xe9"), "UTF-8" },
		{ LINE("$,%,1.00,EUR,\x1b[2J"), "UTF-8" },
		{ LINE("$,%,1.00,EUR,\"open"), "not closed" },
		{ LINE("$,%,1.00,EUR,in\"side"), "quote" },
		{ LINE("$,%,1.00,EUR,\"a\"b"), "quote" },
		{ LINE("$,%,1.00,EUR,a\0b"), "zero byte" },
		{ LINE("\xff\xfe$\0,\0%\0"), "zero byte" },
#undef LINE
	};
	static const char right[] = "$,%,2.00,EUR,right\n";
	struct import_file f;
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		size_t n = (size_t)snprintf(text, sizeof text, "%s", HEAD "$,%,2.00,EUR,right\n");

		memcpy(text + n, t[i].line, t[i].n);
		n += t[i].n;
		text[n++] = '\n';
		memcpy(text + n, right, sizeof right - 1);
		write_file(text, n + sizeof right - 1);
		read_all(&f, 7);
		if (f.faults != 1 || f.payments != 2 || f.fault[0].number != 3 || strstr(f.fault[0].word, t[i].says) == NULL)
			fail_msg("%zu: %zu faults, %zu right, line %llu: \"%s\" instead of \"%s\"", i, f.faults, f.payments,
			    (unsigned long long)f.fault[0].number, f.fault[0].word, t[i].says);
		import_file_close(&f);
	}
}

/* Payments are booked today: the day of the terminal, not of Greenwich. */
static void
test_dates(void **state)
{
	static const struct { const char *zone, *date, *says; } t[] = {
		{ "UTC", "", NULL }, { "UTC", "2026-03-14", NULL }, { "UTC", "\"2026-03-14\"", NULL },
		{ "UTC", "2026-03-15", "after today" }, { "UTC", "2026-04-01", "future dates are refused" }, { "UTC", "9999-12-31", "after today" },
		{ "UTC", "2026-03-13", "before today" }, { "UTC", "1969-12-31", "before today" },
		{ "EAST-18", "2026-03-15", NULL }, { "EAST-18", "2026-03-14", "before today" },
		{ "WEST+18", "2026-03-13", NULL }, { "WEST+18", "2026-03-14", "after today" },
		{ "UTC", "today", "no date" }, { "UTC", "14.03.2026", "no date" }, { "UTC", "03/14/2026", "no date" },
		{ "UTC", "2026-3-14", "no date" }, { "UTC", "2026-03-14 ", "no date" }, { "UTC", " 2026-03-14", "no date" },
		{ "UTC", "2026-03-14T09:00", "no date" }, { "UTC", "2026-02-30", "no date" }, { "UTC", "2026-13-01", "no date" },
		{ "UTC", "2026-00-10", "no date" }, { "UTC", "2026-03-00", "no date" }, { "UTC", "20260314", "no date" },
		{ "UTC", "2026- 3-14", "no date" }, { "UTC", "02026-3-14", "no date" }, { "UTC", "=TODAY()", "formula" },
	};
	struct import_file f;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		setenv("TZ", t[i].zone, 1);
		tzset();
		snprintf(text, sizeof text, "date,debit,payee,amount,currency\n%s,$,%%,1.00,EUR\n", t[i].date);
		write_file(text, strlen(text));
		read_all(&f, 4096);
		if (f.payments != (t[i].says == NULL) || f.faults != (t[i].says != NULL) ||
		    (t[i].says != NULL && (f.fault[0].number != 2 || strstr(f.fault[0].word, t[i].says) == NULL)))
			fail_msg("%s at %s: \"%s\"", t[i].date, t[i].zone, f.faults > 0 ? f.fault[0].word : "taken");
		import_file_close(&f);
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
wrong_file(const char *text, size_t n, const char *says)
{
	struct import_file f;

	write_file(text, n);
	read_all(&f, 4096);
	if (f.faults == 0 || strstr(f.fault[0].word, says) == NULL)
		fail_msg("\"%s\" instead of \"%s\"", f.faults > 0 ? f.fault[0].word : "", says);
	import_file_close(&f);
}

static void
test_wrong_files(void **state)
{
	struct import_file f;
	char *many = malloc(4 << 20);
	size_t n;

	(void)state;
	assert_non_null(many);
	wrong_file("", 0, "no payment");
	wrong_file(HEAD, strlen(HEAD), "no payment");
	wrong_file("$,%,1,EUR,x\n", 12, "must name the columns");
	wrong_file("debit,debit\n", 12, "must name the columns");
	wrong_file("date,date\n", 10, "must name the columns");
	wrong_file("debit,payee,amount\n", 19, "\"currency\" is missing");
	n = (size_t)sprintf(many, "debit,payee,amount,currency,ref\n$,%%,1.00,EUR,x\n$,%%,1.00,EUR,y\n");
	wrong_file(many, n, "Column 5 does not");
	write_file(many, n);
	read_all(&f, 4096);
	assert_int_equal(f.faults, 1);		/* the lines below are not blamed for it */
	import_file_close(&f);
	n = strlen(strcpy(many, HEAD));
	for (unsigned i = 0; i <= BATCH_LINES_MAX; i++)
		n += (size_t)sprintf(many + n, "$,%%,1.00,EUR,%u\n", i);
	wrong_file(many, n, "2,000 payments");
	n = strlen(strcpy(many, HEAD));
	for (unsigned i = 0; i < 2 * IMPORT_FAULTS; i++)
		n += (size_t)sprintf(many + n, "wrong\n");
	write_file(many, n);
	read_all(&f, 4096);
	assert_int_equal(f.faults, IMPORT_FAULTS);
	import_file_close(&f);
	assert_int_equal(import_file_open(&f, "/nonexistent.csv", NOW_MS), RC_NOT_FOUND);
	assert_int_equal(import_file_open(&f, "/tmp", NOW_MS), RC_INVALID);
	assert_int_equal(import_file_open(&f, "/dev/zero", NOW_MS), RC_INVALID);
	free(many);
}

/* A line that is mostly a hole of the file: named, passed over, and the line behind it is read. */
static void
test_a_hole(void **state)
{
	struct import_file f;
	struct rusage before, after;
	char line[200];
	int fd;

	(void)state;
	write_file(HEAD "$,%,1.00,EUR,aaaaaaaa", strlen(HEAD "$,%,1.00,EUR,aaaaaaaa"));
	assert_true((fd = open(path, O_WRONLY)) >= 0);
	assert_int_equal(ftruncate(fd, HOLE), 0);
	snprintf(line, sizeof line, "\n%s,%s,2.00,EUR,behind\n", debit, payee);
	assert_int_equal(pwrite(fd, line, strlen(line), HOLE), strlen(line));
	close(fd);
	getrusage(RUSAGE_SELF, &before);
	read_all(&f, 1 << 26);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(f.faults, 1);
	assert_int_equal(f.fault[0].number, 2);
	assert_int_equal(f.payments, 1);
	assert_int_equal(f.payment[0].number, 3);
	assert_true(f.done > HOLE);
	assert_true(after.ru_maxrss - before.ru_maxrss < MEMORY_MOST_KIB);
	import_file_close(&f);
}

struct seen {
	uint64_t number;
	enum csv_fault fault;
	unsigned lines;
};

static void
see(void *ctx, const struct csv_line *l)
{
	struct seen *s = ctx;

	s->number = l->number;
	s->fault = l->fault;
	s->lines++;
}

/* Two gigabytes of one line: one fault, and the reader keeps no more than before. */
static void
test_a_line_without_end(void **state)
{
	static uint8_t piece[1 << 20];
	struct seen s = { 0 };
	struct rusage before, after;
	struct csv_in c;

	(void)state;
	memset(piece, 'a', sizeof piece);
	csv_in_open(&c, see, &s);
	csv_in_feed(&c, (const uint8_t *)"one\n", 4);
	getrusage(RUSAGE_SELF, &before);
	for (int64_t i = 0; i < LONG_LINE; i += (int64_t)sizeof piece)
		csv_in_feed(&c, piece, sizeof piece);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(s.lines, 1);
	csv_in_feed(&c, (const uint8_t *)"\n", 1);
	assert_int_equal(s.lines, 2);
	assert_int_equal(s.number, 2);
	assert_int_equal(s.fault, CSV_LONG);
	csv_in_feed(&c, (const uint8_t *)"three", 5);
	csv_in_end(&c);
	assert_int_equal(s.number, 3);
	assert_int_equal(s.fault, CSV_GOOD);
	assert_true(after.ru_maxrss - before.ru_maxrss < MEMORY_MOST_KIB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_files),
		cmocka_unit_test(test_wrong_lines),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_a_hole),
		cmocka_unit_test(test_a_line_without_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
