/*
 * test_event_match.c - which audit records a filter lets through, and in which
 * order those of several sources stand.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/events.h"

#define T0 1800000000000LL

static const struct audit_line anna = {
	.lane = 1, .seq = 7, .person_name = "Anna Müller", .customer = "10000001", .terminal_name = "counter-1",
	.event = { .action = AUDIT_TRANSFER_POST, .outcome = RC_OK, .at_ms = T0, .subject = "00ff",
	    .detail = "1.00 EUR from XC360001515400030048 to XC18" },
};

static void
test_filters(void **state)
{
	static const struct { cs_EventFilter f; bool want; } t[] = {
		{ { .person = "" }, true },
		{ { .person = "anna" }, true }, { { .person = "MÜLLER" }, false },	/* letters beyond ASCII as they are */
		{ { .person = "Müller" }, true }, { { .person = "10000001" }, true }, { { .person = "1000000" }, false },
		{ { .account = "XC36 0001 5154 0003 0048" }, true }, { { .account = "XC36 0001 5154 0003 0049" }, false },
		{ { .terminal = "COUNTER" }, true }, { { .terminal = "counter-2" }, false },
		{ { .action = "transfer" }, true }, { { .action = "login" }, false },
		{ { .outcome = cs_EventOutcome_EVENT_OUTCOME_OK }, true }, { { .outcome = cs_EventOutcome_EVENT_OUTCOME_REFUSED }, false },
		{ { .from_utc_ms = T0 }, true }, { { .from_utc_ms = T0 + 1 }, false },
		{ { .to_utc_ms = T0 }, true }, { { .to_utc_ms = T0 - 1 }, false },
		{ { .text = "eur FROM" }, true }, { { .text = "00F" }, true }, { { .text = "%" }, false },
		{ { .person = "anna", .action = "post", .text = "xc18" }, true }, { { .person = "anna", .action = "post", .text = "xc19" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (events_match(&t[i].f, &anna) != t[i].want)
			fail_msg("filter %zu", i);
}

static void
test_refused_is_whatever_is_not_ok(void **state)
{
	const cs_EventFilter refused = { .outcome = cs_EventOutcome_EVENT_OUTCOME_REFUSED };
	struct audit_line l = anna;

	(void)state;
	l.event.outcome = RC_FACE_OTHER;
	assert_true(events_match(&refused, &l));
}

static struct audit_line
at(int64_t ms, uint64_t lane, uint64_t seq)
{
	return (struct audit_line){ .lane = lane, .seq = seq, .event = { .at_ms = ms } };
}

/* Of two sources that gave two each, only the two newest are certain; with nothing left behind, all are. */
static void
test_merged_newest_first(void **state)
{
	struct audit_line l[] = { at(9, 1, 4), at(3, 1, 2), at(9, 2, 1), at(9, 1, 3) };

	(void)state;
	assert_int_equal(events_merge(l, 4, 2, true), 2);
	assert_true(l[0].lane == 2 && l[1].seq == 4 && l[2].seq == 3 && l[3].event.at_ms == 3);
	assert_int_equal(events_merge(l, 4, 2, false), 4);
	assert_int_equal(events_merge(l, 1, 2, true), 1);
	assert_int_equal(events_order(&l[0], &l[0]), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_refused_is_whatever_is_not_ok),
		cmocka_unit_test(test_merged_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
