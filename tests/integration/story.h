/*
 * story.h - stories as the audit console reads them, for tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever cannot be done fails the test program with words. Threads: none.
 */
#ifndef INTEGRATION_STORY_H
#define INTEGRATION_STORY_H

#include "tests/integration/admin_at.h"

#define STORY_MAX 200u

/* The newest record of this action that went well. */
cs_LaneAt story_newest(struct server *s, enum audit_action action);
/* All pages of the story, each record once and in order; how many. */
size_t    story_all(struct client *office, cs_LaneAt of, cs_Event row[static STORY_MAX]);
/* How often this person did this with success, with this part in its words. */
size_t    story_steps(const cs_Event *row, size_t n, const struct somebody *who, const char *action, const char *part);

#endif
