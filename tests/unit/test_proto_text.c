/*
 * test_proto_text.c - result codes, checks on texts, instants and log lines.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/clock.h"
#include "proto/limits.h"
#include "proto/log.h"
#include "proto/stopwatch.h"
#include "proto/text.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static const enum rc all_codes[] = {
#define X(name, num, text) name,
	RC_LIST(X)
#undef X
};

static void
result_codes_are_distinct_and_have_texts(void **state)
{
	(void)state;
	assert_int_equal(RC_OK, 0);
	for (size_t i = 0; i < COUNT(all_codes); i++) {
		const char *text = rc_text(all_codes[i]);

		assert_true(all_codes[i] <= 0 && all_codes[i] >= RC_BUG);
		assert_int_equal(rc_from_wire(all_codes[i]), all_codes[i]);
		assert_true(text[0] != '\0' && text[strlen(text) - 1] != '.');
		assert_true(text_is_line(text, 78));	/* it fits the message line of a screen */
		assert_memory_equal(rc_name(all_codes[i]), "RC_", 3);
		for (size_t k = 0; k < i; k++) {
			assert_int_not_equal(all_codes[i], all_codes[k]);
			assert_string_not_equal(rc_name(all_codes[i]), rc_name(all_codes[k]));
		}
	}
	assert_int_equal(rc_from_wire(1), RC_BUG);
	assert_int_equal(rc_from_wire(-12345), RC_BUG);
	assert_string_equal(rc_name((enum rc)-12345), "RC_?");
	assert_non_null(rc_text((enum rc)-12345));
}

static void
clean_texts(void **state)
{
	static const struct { const char *s; bool clean; } row[] = {
		{ "", true }, { "plain", true }, { "Zo\xc3\xab", true }, { "\xe2\x82\xac 5", true },
		{ "\xf0\x9f\x99\x82", true }, { "\xc2\xa0", true }, { "\xf4\x8f\xbf\xbf", true },
		{ "a\nb", false }, { "\x1b[31m", false }, { "tab\there", false }, { "\x7f", false },
		{ "\xc2\x85", false }, { "\xc2\x9b", false },		/* C1: next line, control sequence */
		{ "\xe2\x80\xa8", false }, { "\xe2\x80\xae", false }, { "\xe2\x81\xa6", false },
		{ "\xe2\x80\x8f", false }, { "\xef\xbb\xbf", false },
		{ "\xff", false }, { "\x80", false }, { "\xc3", false }, { "\xc3(", false },
		{ "\xc0\x80", false }, { "\xc1\xbf", false }, { "\xe0\x80\x80", false }, { "\xf0\x80\x80\x80", false },
		{ "\xed\xa0\x80", false }, { "\xf4\x90\x80\x80", false }, { "\xf5\x80\x80\x80", false },
		{ "\xe2\x82", false }, { "\xf0\x9f\x99", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		if (text_is_clean(row[i].s, strlen(row[i].s)) != row[i].clean)
			fail_msg("row %zu", i);
	assert_false(text_is_clean("a\0b", 3));
}

static void
lines_emails_digits_copies(void **state)
{
	static const struct { const char *s; bool right; } email[] = {
		{ "ada@example.org", true }, { "a@b", true }, { "", false }, { "@b", false }, { "a@", false },
		{ "a@b@c", false }, { "ab", false }, { "a b@c", false }, { "a@b\r\nBcc: c@d", false },
		{ "Ada <a@b>", false }, { "a,b@c", false }, { "\"a\"@b", false }, { "a;b@c", false }, { "a@b\\c", false },
	};
	char longest[EMAIL_MAX_BYTES + 2], four[4] = "zzz";

	(void)state;
	for (size_t i = 0; i < COUNT(email); i++)
		if (text_is_email(email[i].s) != email[i].right)
			fail_msg("%s", email[i].s);
	memset(longest, 'a', sizeof longest);
	longest[1] = '@';
	longest[sizeof longest - 1] = '\0';
	assert_false(text_is_email(longest));
	longest[sizeof longest - 2] = '\0';
	assert_true(text_is_email(longest));

	assert_true(text_is_line("ab", 2));
	assert_false(text_is_line("abc", 2));
	assert_false(text_is_line("", 2));
	assert_false(text_is_line("  ", 9));
	assert_false(text_is_line("a\xff", 9));
	assert_int_equal(text_characters(""), 0);
	assert_int_equal(text_characters("ßö\xe2\x82\xac\xf0\x9f\x98\x80x"), 5);
	assert_true(text_is_digits("012345", 6));
	assert_false(text_is_digits("01234", 6));
	assert_false(text_is_digits("0123456", 6));
	assert_false(text_is_digits("01234a", 6));

	assert_int_equal(text_copy(four, sizeof four, "abc"), RC_OK);
	assert_string_equal(four, "abc");
	assert_int_equal(text_copy(four, sizeof four, "abcd"), RC_TOO_BIG);
	assert_string_equal(four, "");
	assert_int_equal(text_copy(four, 0, ""), RC_TOO_BIG);
}

static void
instants_as_texts(void **state)
{
	/* date -u -d @... says the same */
	static const struct { int64_t ms; const char *text; } row[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 951782400123, "2000-02-29T00:00:00.123Z" },
		{ 1798761599999, "2026-12-31T23:59:59.999Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
		{ 253402300800000, "0000-00-00T00:00:00.000Z" },	/* no room for it */
		{ INT64_MAX, "0000-00-00T00:00:00.000Z" },
		{ INT64_MIN, "0000-00-00T00:00:00.000Z" },
	};
	char utc[CLOCK_TEXT_BYTES], local[17], small[5] = "zzzz";

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		clock_utc_text(row[i].ms, utc);
		assert_string_equal(utc, row[i].text);
	}
	assert_int_equal(setenv("TZ", "XXX-05:30", 1), 0);
	tzset();
	clock_local_text(1798761599999, local, sizeof local);
	assert_string_equal(local, "2027-01-01 05:29");
	clock_local_text(0, small, sizeof small);
	assert_string_equal(small, "");
	clock_local_text(0, small, 0);
}

static void
time_goes_on(void **state)
{
	const struct clock *c = clock_system();
	int64_t mono = clock_mono_ms(c), us = stopwatch_us();

	(void)state;
	assert_true(clock_mono_ms(c) >= mono);
	assert_true(clock_utc_ms(c) > 1700000000000);
	assert_true(stopwatch_us() >= us);
	assert_true(stopwatch_ms_since(us) >= 0.0f);
	assert_true(stopwatch_ms_since(us + 1000000000) == 0.0f);
}

/* ---- log ---- */

struct log_rig {
	char folder[32], path[48], text[4096];
};

static void
log_rig_open(struct log_rig *g)
{
	strcpy(g->folder, "/tmp/countersign-log.XXXXXX");
	assert_non_null(mkdtemp(g->folder));
	snprintf(g->path, sizeof g->path, "%s/log", g->folder);
}

static void
log_rig_read(struct log_rig *g)
{
	int fd = open(g->path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, g->text, sizeof g->text - 1);
	assert_true(n >= 0);
	g->text[n] = '\0';
	close(fd);
	unlink(g->path);
	rmdir(g->folder);
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
log_lines_stay_lines(void **state)
{
	struct log_rig g;
	struct stat st;
	struct log *l;
	char big[3000];

	(void)state;
	log_rig_open(&g);
	l = log_open(g.path, LOG_LEVEL_INFO);
	assert_non_null(l);
	assert_int_equal(stat(g.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	log_line(l, LOG_LEVEL_DEBUG, "part", "not this one");
	log_line(l, LOG_LEVEL_WARN, "gateway", "peer says %s", "a\nforged line\r\x1b[2J\x7f");
	log_line(l, LOG_LEVEL_INFO, "desk 3", "Zo\xc3\xab and %d", 7);
	log_line(l, LOG_LEVEL_INFO, "desk 3", "wild \xc2\x9b" "2J \xe2\x80\xae end");
	log_line(l, LOG_LEVEL_ERROR, "x", "%s", big);
	log_line(NULL, LOG_LEVEL_ERROR, "x", "dropped");
	log_close(l);
	log_close(NULL);
	log_rig_read(&g);
	assert_int_equal(lines_of(g.text), 4);
	assert_null(strstr(g.text, "not this one"));
	assert_non_null(strstr(g.text, "Z warn gateway: peer says a?forged line??[2J?\n"));
	assert_non_null(strstr(g.text, " info desk 3: Zo\xc3\xab and 7\n"));
	assert_non_null(strstr(g.text, " info desk 3: wild ??2J ??? end\n"));
	assert_non_null(strstr(g.text, "xxx\n"));
	assert_true(strlen(strstr(g.text, " error x: ")) < 1100);
	assert_int_equal(g.text[23], 'Z');
}

static void
log_appends_and_reports_failure(void **state)
{
	struct log_rig g;
	struct log *l;

	(void)state;
	log_rig_open(&g);
	for (int i = 0; i < 2; i++) {
		l = log_open(g.path, LOG_LEVEL_DEBUG);
		assert_non_null(l);
		log_line(l, LOG_LEVEL_DEBUG, "x", "time %d", i);
		log_close(l);
	}
	assert_null(log_open("/nonexistent/folder/log", LOG_LEVEL_DEBUG));
	l = log_open(NULL, LOG_LEVEL_ERROR);	/* stderr */
	assert_non_null(l);
	log_line(l, LOG_LEVEL_INFO, "x", "below the level");
	log_close(l);
	assert_true(fcntl(STDERR_FILENO, F_GETFD) >= 0);
	log_rig_read(&g);
	assert_int_equal(lines_of(g.text), 2);
	assert_true(strstr(g.text, "time 0") < strstr(g.text, "time 1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(result_codes_are_distinct_and_have_texts),
		cmocka_unit_test(clean_texts),
		cmocka_unit_test(lines_emails_digits_copies),
		cmocka_unit_test(instants_as_texts),
		cmocka_unit_test(time_goes_on),
		cmocka_unit_test(log_lines_stay_lines),
		cmocka_unit_test(log_appends_and_reports_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
