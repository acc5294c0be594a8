/*
 * dispatch.c - the table of requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/dispatch.h"

#define ANY_SESSION (STATE(SESSION_REGISTER_CODE) | STATE(SESSION_REGISTER_FACE) | STATE(SESSION_LOGIN_CODE) | \
	STATE(SESSION_SIGNED_ON))
#define KIND(name) cs_Envelope_##name##_tag

static const struct dispatch_row dispatch_rows[] = {
	{ KIND(hello), STATE(SESSION_NONE), ROLE_VISITOR, 0, desk_hello },
	{ KIND(ping), STATE(SESSION_NONE), ROLE_VISITOR, 0, desk_ping },
	{ KIND(register_start), STATE(SESSION_NONE), ROLE_VISITOR, DISPATCH_ONCE, desk_register_start },
	{ KIND(register_code), STATE(SESSION_REGISTER_CODE), ROLE_CUSTOMER, DISPATCH_ONCE, desk_register_code },
	{ KIND(register_finish), STATE(SESSION_REGISTER_FACE), ROLE_CUSTOMER, DISPATCH_ONCE, desk_register_finish },
	{ KIND(login), STATE(SESSION_NONE), ROLE_VISITOR, DISPATCH_ONCE, desk_login },
	{ KIND(login_code), STATE(SESSION_LOGIN_CODE), ROLE_CUSTOMER, DISPATCH_ONCE, desk_login_code },
	{ KIND(code_resend), STATE(SESSION_REGISTER_CODE) | STATE(SESSION_LOGIN_CODE), ROLE_CUSTOMER, DISPATCH_ONCE,
	    desk_code_resend },
	{ KIND(logout), ANY_SESSION, ROLE_CUSTOMER, DISPATCH_ONCE, desk_logout },
	{ KIND(overview_get), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0, desk_overview },
	{ KIND(payee_get), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0, desk_payee },
	{ KIND(history_get), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0, desk_history },
	{ KIND(transfer_prepare), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, DISPATCH_ONCE, desk_transfer_prepare },
	{ KIND(transfer_code_send), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, DISPATCH_ONCE, desk_transfer_code_send },
	{ KIND(transfer_commit), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0, desk_transfer_commit },
	{ KIND(transfer_status_get), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0, desk_transfer_status },
	{ KIND(approval_start), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, DISPATCH_ONCE, desk_approval_start },
	{ KIND(approval_code), STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, DISPATCH_ONCE, desk_approval_code },
	{ KIND(capture_begin), STATE(SESSION_REGISTER_FACE) | STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, DISPATCH_ONCE,
	    desk_capture_begin },
	{ KIND(capture_cancel), STATE(SESSION_REGISTER_FACE) | STATE(SESSION_SIGNED_ON), ROLE_CUSTOMER, 0,
	    desk_capture_cancel },
};

const struct dispatch_row *
dispatch_find(pb_size_t kind)
{
	for (size_t i = 0; i < sizeof dispatch_rows / sizeof dispatch_rows[0]; i++)
		if (dispatch_rows[i].kind == kind)
			return &dispatch_rows[i];
	return NULL;
}

enum rc
dispatch_check(const struct dispatch_row *row, enum session_state state)
{
	if ((unsigned)state <= SESSION_ENDED && (row->states & STATE(state)) != 0)
		return RC_OK;
	return state == SESSION_NONE || state == SESSION_ENDED ? RC_SESSION_ENDED : RC_EARLY;
}

/* The session of the request's token, for kinds that need one. */
static enum rc
dispatch_session(struct call *c, const char *kind)
{
	const struct config *cfg = c->desk->office->config;
	const struct session_limits limits = { cfg->session.idle_ms, cfg->session.hard_ms };
	const char *why = "";
	enum rc r;

	r = session_find(c->desk->stores, &limits, c->ask->token.bytes, c->ask->token.size, c->terminal, c->now_ms,
	    &c->session, &why);
	if (r == RC_DENIED) {
		call_audit(c, AUDIT_DISPATCH_REFUSE, r, kind, "%s", why);
		memset(&c->session, 0, sizeof c->session);
		return call_refuse(c, RC_SESSION_ENDED, "The session has ended; please log in again.");
	}
	if (r == RC_SESSION_ENDED)
		return call_refuse(c, r, "The session has ended; please log in again.");
	return r;
}

enum rc
dispatch_run(struct call *c)
{
	const struct dispatch_row *row = dispatch_find(c->ask->which_body);
	const char *kind = msg_kind_name(c->ask->which_body);
	enum rc r = RC_BUG;

	if (row == NULL) {
		call_audit(c, AUDIT_DISPATCH_REFUSE, RC_EARLY, kind, "not a request");
		return call_refuse(c, RC_EARLY, "The server does not take this message.");
	}
	if ((row->roles & ROLE_VISITOR) == 0 && (r = dispatch_session(c, kind)) != RC_OK)
		return r;
	if ((r = dispatch_check(row, c->session.state)) != RC_OK) {
		call_audit(c, AUDIT_DISPATCH_REFUSE, r, kind, "in state %s", session_state_name(c->session.state));
		return r;
	}
	return row->handle(c);
}
