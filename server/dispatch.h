/*
 * dispatch.h - which request is legal when, for whom, and who handles it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One table. A kind that is not in it is refused; so is a kind in a state, by
 * a person without a role, or at a console that its row does not list. Adding a
 * message means adding a row.
 * Threads: none; the table is const.
 */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/call.h"

/* Who may send it, beside the roles of proto/role.h: anybody at an accepted terminal; a token is not looked at. */
#define ROLE_VISITOR (1u << 31)

enum dispatch_flag {
	DISPATCH_ONCE = 1u << 0,	/* the same bytes again get the first answer again */
	DISPATCH_POLLED = 1u << 1,	/* a console asks by itself, again and again: it keeps no session from being idle */
};

#define STATE(s) (1u << (unsigned)(s))

struct dispatch_row {
	pb_size_t kind;		/* tag of the envelope's body */
	unsigned  states;	/* bits STATE(enum session_state) */
	unsigned  roles;	/* ROLE_VISITOR, or one of these bits of enum role */
	unsigned  consoles;	/* bits of enum console */
	unsigned  flags;
	enum audit_action audit;	/* what its records are filed under; refusals by this table name it */
	enum rc (*handle)(struct call *c);
};

/* NULL: no such request. */
const struct dispatch_row *dispatch_find(pb_size_t kind);
/* May it be sent in this state? RC_OK, RC_SESSION_ENDED or RC_EARLY. */
enum rc dispatch_check(const struct dispatch_row *row, enum session_state state) MUST_CHECK;
/*
 * May this session, at a terminal that may open these consoles, send it? For
 * visitors the session is not looked at. RC_DENIED: role or console is not in
 * the row, or the terminal may not open the session's console any more.
 */
enum rc dispatch_may(const struct dispatch_row *row, const struct session *s, unsigned consoles) MUST_CHECK;
/* Finds row and session, checks, calls the handler. Refusals of the table are audited. */
enum rc dispatch_run(struct call *c) MUST_CHECK;

/* The handlers, by file. */
enum rc desk_hello(struct call *c);		/* desk_session.c */
enum rc desk_ping(struct call *c);
enum rc desk_login(struct call *c);
enum rc desk_login_code(struct call *c);
enum rc desk_sign_on_face(struct call *c);
enum rc desk_code_resend(struct call *c);
enum rc desk_logout(struct call *c);
enum rc desk_register_start(struct call *c);	/* desk_register.c */
enum rc desk_register_code(struct call *c);
enum rc desk_register_finish(struct call *c);
enum rc desk_overview(struct call *c);		/* desk_overview.c */
enum rc desk_payee(struct call *c);
enum rc desk_history(struct call *c);
enum rc desk_transfer_prepare(struct call *c);	/* desk_transfer.c */
enum rc desk_transfer_code_send(struct call *c);
enum rc desk_transfer_commit(struct call *c);
enum rc desk_transfer_status(struct call *c);
enum rc desk_approval_start(struct call *c);	/* desk_approval.c */
enum rc desk_approval_code(struct call *c);
enum rc desk_person_get(struct call *c);	/* desk_supervise.c */
enum rc desk_person_lock(struct call *c);
enum rc desk_person_release(struct call *c);
enum rc desk_sessions_get(struct call *c);
enum rc desk_session_end(struct call *c);
enum rc desk_terminals_get(struct call *c);	/* desk_terminals.c */
enum rc desk_terminal_accept(struct call *c);
enum rc desk_terminal_revoke(struct call *c);
enum rc desk_holds_get(struct call *c);		/* desk_hold.c */
enum rc desk_waiting_get(struct call *c);	/* desk_decide.c */
enum rc desk_hold_code_send(struct call *c);
enum rc desk_reversal_prepare(struct call *c);
enum rc desk_reversal_code_send(struct call *c);
enum rc desk_reversal_commit(struct call *c);
enum rc desk_hold_post(struct call *c);
enum rc desk_hold_refuse(struct call *c);
enum rc desk_events_tail(struct call *c);	/* desk_events.c */
enum rc desk_events_find(struct call *c);
enum rc desk_story_get(struct call *c);		/* desk_story.c */
enum rc desk_trail_get(struct call *c);		/* desk_trail.c */
enum rc desk_trail_verify(struct call *c);
enum rc desk_numbers_get(struct call *c);	/* desk_numbers.c */
enum rc desk_evidence_get(struct call *c);	/* desk_evidence.c */
enum rc desk_evidence_hold(struct call *c);
enum rc desk_capture_begin(struct call *c);	/* desk_capture.c */
enum rc desk_capture_cancel(struct call *c);
enum rc desk_batch_open(struct call *c);	/* desk_batch.c */
enum rc desk_batch_imported(struct call *c);
enum rc desk_batch_drop(struct call *c);
enum rc desk_batch_get(struct call *c);
enum rc desk_batch_queue(struct call *c);
enum rc desk_batch_put(struct call *c);		/* desk_batch_lines.c */
enum rc desk_batch_line_drop(struct call *c);
enum rc desk_batch_code_send(struct call *c);	/* desk_batch_sign.c */
enum rc desk_batch_submit(struct call *c);
enum rc desk_batch_back(struct call *c);
enum rc desk_batch_post(struct call *c);

#endif
