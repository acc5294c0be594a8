/*
 * desk_trail.c - the state of the audit trail at its console: the server's own
 * word (trail.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/dispatch.h"
#include "server/trail.h"

enum rc
desk_trail_get(struct call *c)
{
	struct audit_store *audit = &c->desk->stores->audit;
	cs_Trail *to = &c->answer->body.trail;
	struct audit_head heads[LANES_MAX];
	struct trail_state st;
	size_t n = 0;
	enum rc r;

	if ((r = audit->ops->heads(audit, heads, LANES_MAX, &n)) != RC_OK)
		return r == RC_MALFORMED ? call_refuse(c, RC_AUDIT_BROKEN, "The list of lanes of the audit trail cannot be read.") : r;
	trail_look(c->desk->office->trail, &st);
	c->answer->which_body = cs_Envelope_trail_tag;
	for (size_t i = 0; i < n; i++)
		to->records += heads[i].seq;
	to->verifying = st.running;
	to->done = st.done;
	to->total = st.total;
	to->verified_utc_ms = st.at_ms;
	to->outcome = st.outcome;
	to->verified = st.records;
	to->faults = st.faults;
	memcpy(to->fault, st.fault, sizeof st.fault);
	to->sealed = st.sealed;
	to->sealed_utc_ms = st.sealed_ms;
	return RC_OK;
}

enum rc
desk_trail_verify(struct call *c)
{
	trail_verify(c->desk->office->trail, call_event(c, AUDIT_TRAIL_VERIFY, RC_OK, "", "%s", ""));
	return desk_trail_get(c);
}
