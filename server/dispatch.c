/*
 * dispatch.c - the table of requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/dispatch.h"

#define ANY_SESSION (STATE(SESSION_REGISTER_CODE) | STATE(SESSION_REGISTER_FACE) | STATE(SESSION_LOGIN_CODE) | \
	STATE(SESSION_SIGN_ON_FACE) | STATE(SESSION_SIGNED_ON))
#define CAPTURING (STATE(SESSION_REGISTER_FACE) | STATE(SESSION_SIGN_ON_FACE) | STATE(SESSION_SIGNED_ON))
#define KIND(name) cs_Envelope_##name##_tag
/* Beginnings: nobody is known yet. */
#define OPEN(name, consoles, flags, audit) { KIND(name), STATE(SESSION_NONE), ROLE_VISITOR, consoles, flags, audit, desk_##name }
/* What customers do, and everybody is one: at the branch terminal. */
#define BRANCH(name, states, flags, audit, handle) { KIND(name), states, ROLE_CUSTOMER, CONSOLE_TERMINAL, flags, audit, handle }
/* Payments from paper: by who enters them, by who checks them, by both. */
#define BATCH(name, roles, flags, audit, handle) { KIND(name), STATE(SESSION_SIGNED_ON), roles, CONSOLE_BACKOFFICE, flags, audit, handle }
#define BATCH_BOTH ((unsigned)ROLE_MAKER | ROLE_CHECKER)
/* What belongs to any session. */
#define EVERY(name, states, flags, audit, handle) { KIND(name), states, ROLE_CUSTOMER, CONSOLES_ALL, flags, audit, handle }
/* What staff do at the audit console. */
#define AUDIT(name, roles, flags, audit) { KIND(name), STATE(SESSION_SIGNED_ON), roles, CONSOLE_AUDIT, flags, audit, desk_##name }

static const struct dispatch_row dispatch_rows[] = {
	OPEN(hello, CONSOLES_ALL, 0, AUDIT_TERMINAL_CONNECT),
	OPEN(ping, CONSOLES_ALL, 0, AUDIT_TERMINAL_CONNECT),
	OPEN(login, CONSOLES_ALL, DISPATCH_ONCE, AUDIT_LOGIN_PASSWORD),
	OPEN(register_start, CONSOLE_TERMINAL, DISPATCH_ONCE, AUDIT_REGISTER),
	BRANCH(register_code, STATE(SESSION_REGISTER_CODE), DISPATCH_ONCE, AUDIT_REGISTER_CODE, desk_register_code),
	BRANCH(register_finish, STATE(SESSION_REGISTER_FACE), DISPATCH_ONCE, AUDIT_ENROL, desk_register_finish),
	EVERY(login_code, STATE(SESSION_LOGIN_CODE), DISPATCH_ONCE, AUDIT_LOGIN_CODE, desk_login_code),
	EVERY(sign_on_face, STATE(SESSION_SIGN_ON_FACE), DISPATCH_ONCE, AUDIT_SIGN_ON_FACE, desk_sign_on_face),
	EVERY(code_resend, STATE(SESSION_REGISTER_CODE) | STATE(SESSION_LOGIN_CODE), DISPATCH_ONCE, AUDIT_CODE_SEND, desk_code_resend),
	EVERY(logout, ANY_SESSION, DISPATCH_ONCE, AUDIT_LOGOUT, desk_logout),
	BRANCH(overview_get, STATE(SESSION_SIGNED_ON), 0, AUDIT_LOOK, desk_overview),
	BRANCH(payee_get, STATE(SESSION_SIGNED_ON), 0, AUDIT_LOOK, desk_payee),
	BRANCH(history_get, STATE(SESSION_SIGNED_ON), 0, AUDIT_LOOK, desk_history),
	BRANCH(transfer_prepare, STATE(SESSION_SIGNED_ON), DISPATCH_ONCE, AUDIT_TRANSFER_PREPARE, desk_transfer_prepare),
	BRANCH(transfer_code_send, STATE(SESSION_SIGNED_ON), DISPATCH_ONCE, AUDIT_CODE_SEND, desk_transfer_code_send),
	BRANCH(transfer_commit, STATE(SESSION_SIGNED_ON), 0, AUDIT_TRANSFER_POST, desk_transfer_commit),
	BRANCH(transfer_status_get, STATE(SESSION_SIGNED_ON), 0, AUDIT_LOOK, desk_transfer_status),
	BRANCH(approval_start, STATE(SESSION_SIGNED_ON), DISPATCH_ONCE, AUDIT_TRANSFER_APPROVE, desk_approval_start),
	BRANCH(approval_code, STATE(SESSION_SIGNED_ON), DISPATCH_ONCE, AUDIT_TRANSFER_APPROVE, desk_approval_code),
	AUDIT(person_get, ROLE_SUPERVISOR | ROLE_AUDITOR, 0, AUDIT_LOOK),
	AUDIT(person_lock, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_PERSON_LOCK),
	AUDIT(person_release, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_PERSON_UNLOCK),
	AUDIT(sessions_get, ROLE_SUPERVISOR | ROLE_AUDITOR, 0, AUDIT_LOOK),
	AUDIT(session_end, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_SESSION_END),
	AUDIT(terminals_get, ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_ADMINISTRATOR, 0, AUDIT_LOOK),
	AUDIT(terminal_accept, ROLE_SUPERVISOR | ROLE_ADMINISTRATOR, DISPATCH_ONCE, AUDIT_TERMINAL_ACCEPT),
	AUDIT(terminal_revoke, ROLE_SUPERVISOR | ROLE_ADMINISTRATOR, DISPATCH_ONCE, AUDIT_TERMINAL_REVOKE),
	BRANCH(holds_get, STATE(SESSION_SIGNED_ON), 0, AUDIT_LOOK, desk_holds_get),
	AUDIT(waiting_get, ROLE_SUPERVISOR | ROLE_AUDITOR, DISPATCH_POLLED, AUDIT_LOOK),
	AUDIT(hold_code_send, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_CODE_SEND),
	AUDIT(hold_post, ROLE_SUPERVISOR, 0, AUDIT_HOLD_POST),
	AUDIT(hold_refuse, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_HOLD_REFUSE),
	AUDIT(reversal_prepare, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_REVERSAL_PREPARE),
	AUDIT(reversal_code_send, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_CODE_SEND),
	AUDIT(reversal_commit, ROLE_SUPERVISOR, 0, AUDIT_HOLD),
	AUDIT(events_tail, ROLE_SUPERVISOR | ROLE_AUDITOR, DISPATCH_POLLED, AUDIT_LOOK),
	AUDIT(events_find, ROLE_SUPERVISOR | ROLE_AUDITOR, 0, AUDIT_LOOK),
	AUDIT(story_get, ROLE_SUPERVISOR | ROLE_AUDITOR, 0, AUDIT_LOOK),
	AUDIT(trail_get, ROLE_SUPERVISOR | ROLE_AUDITOR, DISPATCH_POLLED, AUDIT_LOOK),
	AUDIT(trail_verify, ROLE_SUPERVISOR | ROLE_AUDITOR, DISPATCH_ONCE, AUDIT_TRAIL_VERIFY),
	AUDIT(numbers_get, ROLE_SUPERVISOR | ROLE_AUDITOR, DISPATCH_POLLED, AUDIT_LOOK),
	AUDIT(evidence_get, ROLE_SUPERVISOR | ROLE_AUDITOR, 0, AUDIT_EVIDENCE_LOOK),
	AUDIT(evidence_hold, ROLE_SUPERVISOR, DISPATCH_ONCE, AUDIT_EVIDENCE_HOLD),
	EVERY(capture_begin, CAPTURING, DISPATCH_ONCE, AUDIT_CAPTURE_BEGIN, desk_capture_begin),
	EVERY(capture_cancel, CAPTURING, 0, AUDIT_CAPTURE_VERDICT, desk_capture_cancel),
	BATCH(batch_open, ROLE_MAKER, 0, AUDIT_BATCH_OPEN, desk_batch_open),
	BATCH(batch_put, ROLE_MAKER, 0, AUDIT_BATCH_OPEN, desk_batch_put),
	BATCH(batch_line_drop, ROLE_MAKER, 0, AUDIT_BATCH_OPEN, desk_batch_line_drop),
	BATCH(batch_imported, ROLE_MAKER, DISPATCH_ONCE, AUDIT_BATCH_OPEN, desk_batch_imported),
	BATCH(batch_drop, ROLE_MAKER, DISPATCH_ONCE, AUDIT_BATCH_DROP, desk_batch_drop),
	BATCH(batch_get, BATCH_BOTH, 0, AUDIT_LOOK, desk_batch_get),
	BATCH(batch_queue_get, BATCH_BOTH, 0, AUDIT_LOOK, desk_batch_queue),
	BATCH(batch_code_send, BATCH_BOTH, DISPATCH_ONCE, AUDIT_CODE_SEND, desk_batch_code_send),
	BATCH(batch_submit, ROLE_MAKER, DISPATCH_ONCE, AUDIT_BATCH_SUBMIT, desk_batch_submit),
	BATCH(batch_back, ROLE_CHECKER, DISPATCH_ONCE, AUDIT_BATCH_BACK, desk_batch_back),
	BATCH(batch_post, ROLE_CHECKER, 0, AUDIT_BATCH_POST, desk_batch_post),
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
	if ((unsigned)state <= SESSION_SIGN_ON_FACE && (row->states & STATE(state)) != 0)
		return RC_OK;
	return state == SESSION_NONE || state == SESSION_ENDED ? RC_SESSION_ENDED : RC_EARLY;
}

enum rc
dispatch_may(const struct dispatch_row *row, const struct session *s, unsigned consoles)
{
	if ((row->roles & ROLE_VISITOR) != 0)
		return (row->consoles & consoles) != 0 ? RC_OK : RC_DENIED;
	return (row->roles & s->roles) != 0 && (row->consoles & consoles & s->console) != 0 ? RC_OK : RC_DENIED;
}

/* The session of the request's token, for kinds that need one. */
static enum rc
dispatch_session(struct call *c, const struct dispatch_row *row, const char *kind)
{
	const struct config *cfg = c->desk->office->config;
	const struct session_limits limits = { cfg->session.idle_ms, cfg->session.hard_ms };
	const char *why = "";
	enum rc r;

	r = ((row->flags & DISPATCH_POLLED) != 0 ? session_alive : session_find)(c->desk->stores, &limits, c->ask->token.bytes,
	    c->ask->token.size, c->terminal, c->now_ms, &c->session, &why);
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
	if ((row->roles & ROLE_VISITOR) == 0 && (r = dispatch_session(c, row, kind)) != RC_OK)
		return r;
	if ((r = dispatch_check(row, c->session.state)) != RC_OK) {
		call_audit(c, AUDIT_DISPATCH_REFUSE, r, kind, "%s: in state %s", audit_action_word(row->audit),
		    session_state_name(c->session.state));
		return r;
	}
	if ((r = dispatch_may(row, &c->session, c->consoles)) != RC_OK) {
		char roles[ROLE_WORDS_BYTES], console[ROLE_WORDS_BYTES];

		roles_words(c->session.roles, roles);
		consoles_words(c->session.console, console);
		call_audit(c, AUDIT_DISPATCH_REFUSE, r, kind, "%s: not by these roles (%s) at this console (%s)",
		    audit_action_word(row->audit), roles, console);
		return call_refuse(c, r, "Your roles, or this terminal, do not allow this.");
	}
	return row->handle(c);
}
