/*
 * test_eval_attack.c - error rates of attacks: curves, ties, the worst kind,
 * and the tables they come from.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "eval.h"
#include "eval_attack.h"

static char said[512];

void
eval_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof said, format, args);
	va_end(args);
}

static void
is(double a, double b)
{
	if (!(fabs(a - b) < 1e-9))
		fail_msg("%g is not %g", a, b);
}

#define N(s) (sizeof(s) / sizeof(s)[0])

static void
apart(void **state)
{
	static const struct attack_score s[] = { { 1, true, "-" }, { 2, true, "-" }, { -1, false, "print" },
	    { -2, false, "print" } };

	(void)state;
	is(attack_curve(s, N(s)).auc, 1.0);
	is(attack_curve(s, N(s)).eer, 0.0);
	is(attack_bpcer(s, N(s), 0.0f), 0.0);
	is(attack_apcer(s, N(s), NULL, 0.0f), 0.0);
}

static void
ties_are_half(void **state)
{
	static const struct attack_score s[] = { { 1, true, "-" }, { 1, true, "-" }, { 1, false, "print" },
	    { 1, false, "print" } };

	(void)state;
	is(attack_curve(s, N(s)).auc, 0.5);
	is(attack_curve(s, N(s)).eer, 0.5);
}

static void
mixed(void **state)
{
	static const struct attack_score s[] = { { 3, true, "-" }, { 1, true, "-" }, { -1, true, "-" }, { 4, true, "-" },
	    { 2, false, "replay" }, { -2, false, "replay" }, { -3, false, "print" }, { -4, false, "print" } };

	(void)state;
	is(attack_curve(s, N(s)).auc, 14.0 / 16.0);	/* of 16 pairs two are the wrong way round */
	is(attack_curve(s, N(s)).eer, 0.25);
	is(attack_bpcer(s, N(s), 0.0f), 0.25);
	is(attack_apcer(s, N(s), "print", 0.0f), 0.0);
	is(attack_apcer(s, N(s), "replay", 0.0f), 0.5);
	is(attack_apcer(s, N(s), NULL, 0.0f), 0.5);
	is((double)attack_threshold(s, N(s), 0.05), -1.0);
	is((double)attack_threshold(s, N(s), 0.25), 1.0);
}

static void
one_label_has_no_curve(void **state)
{
	static const struct attack_score s[] = { { 3, true, "-" }, { 1, true, "-" } };

	(void)state;
	assert_true(isnan(attack_curve(s, N(s)).auc) && isnan(attack_curve(s, N(s)).eer));
	assert_true(isnan(attack_apcer(s, N(s), NULL, 0.0f)));
	is(attack_bpcer(s, N(s), 2.0f), 0.5);
}

/* Reads this table; 0 or the number of items. */
static size_t
read_table(const char *text, struct attack_list *l)
{
	char name[] = "/tmp/attack-XXXXXX";
	int fd = mkstemp(name);
	bool ok;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
	*l = (struct attack_list){ 0 };
	said[0] = '\0';
	ok = attack_list_read(l, name, "kind");
	(void)unlink(name);
	return ok ? l->n : 0;
}

static void
tables_are_read_or_refused(void **state)
{
	struct attack_list l;

	(void)state;
	assert_int_equal(read_table("kind\tpath\tlabel\n-\tb.jpg\tlive\nprint\ta.jpg\tspoof\n", &l), 2);
	assert_string_equal(l.item[0].path, "a.jpg");
	assert_true(!l.item[0].live && l.item[1].live && l.live == 1);
	assert_string_equal(l.item[0].kind, "print");
	attack_list_free(&l);
	assert_int_equal(read_table("path\tlabel\tkind\na\tlive\t-\nb\treal\t-\n", &l), 0);
	assert_non_null(strstr(said, "line 3 says 'real' for label"));
	attack_list_free(&l);
	assert_int_equal(read_table("path\tlabel\tkind\na\tlive\t-\nb\tspoof\tx\na\tspoof\tx\n", &l), 0);
	assert_non_null(strstr(said, "line 4 names a again, which line 2 has"));
	attack_list_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apart),
		cmocka_unit_test(ties_are_half),
		cmocka_unit_test(mixed),
		cmocka_unit_test(one_label_has_no_curve),
		cmocka_unit_test(tables_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
