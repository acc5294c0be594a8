/*
 * story.c - see story.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/story.h"

#define STORY_MS 8000

cs_LaneAt
story_newest(struct server *s, enum audit_action action)
{
	char sql[160];
	uint64_t at;

	snprintf(sql, sizeof sql, "SELECT lane * 1000000 + seq FROM audit_record WHERE action = %d AND outcome = 0 ORDER BY at_ms DESC,"
	    " lane DESC, seq DESC LIMIT 1", (int)action);
	at = (uint64_t)private_db_number(s->db, sql);
	return (cs_LaneAt){ .lane = (uint32_t)(at / 1000000), .seq = at % 1000000 };
}

size_t
story_all(struct client *office, cs_LaneAt of, cs_Event row[static STORY_MAX])
{
	cs_Envelope q = { .which_body = cs_Envelope_story_get_tag }, a;
	size_t n = 0;

	q.body.story_get.has_of = q.body.story_get.has_after = true;
	q.body.story_get.of = of;
	do {
		assert_int_equal(client_ask(office, &q, &a, STORY_MS), RC_OK);
		for (pb_size_t i = 0; i < a.body.events.rows_count; i++) {
			assert_true(n < STORY_MAX);
			row[n] = a.body.events.rows[i];
			assert_true(n == 0 || row[n].utc_ms > row[n - 1].utc_ms || (row[n].utc_ms == row[n - 1].utc_ms &&
			    (row[n].lane > row[n - 1].lane || row[n].seq > row[n - 1].seq)));
			q.body.story_get.after_utc_ms = row[n].utc_ms;
			q.body.story_get.after = (cs_LaneAt){ row[n].lane, row[n].seq };
			n++;
		}
	} while (a.body.events.more);
	return n;
}

size_t
story_steps(const cs_Event *row, size_t n, const struct somebody *who, const char *action, const char *part)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += strcmp(row[i].customer, who->customer) == 0 && strcmp(row[i].action, action) == 0 && row[i].outcome == RC_OK &&
		    strstr(row[i].detail, part) != NULL;
	return found;
}
