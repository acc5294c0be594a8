/*
 * fake_stores.c - the fakes behind fake_stores.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "unit/fake_stores.h"

static void
fake_record(struct fake *f, const struct audit_event *ev)
{
	if (ev != NULL && f->events < sizeof f->event / sizeof f->event[0])
		f->event[f->events++] = *ev;
}

const struct audit_event *
fake_event(const struct fake *f, enum audit_action a)
{
	for (size_t i = f->events; i > 0; i--)
		if (f->event[i - 1].action == a)
			return &f->event[i - 1];
	return NULL;
}

/* ---- audit ---- */
static enum rc
fake_append(struct audit_store *s, const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	fake_record(f, ev);
	return RC_OK;
}
static const struct audit_store_ops fake_audit = { .append = fake_append };

/* ---- sessions ---- */
static enum rc
fake_session_create(struct session_store *s, const struct session *n, const uint8_t token_hash[DIGEST_BYTES],
    const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	f->session[f->sessions].s = *n;
	memcpy(f->session[f->sessions++].token, token_hash, DIGEST_BYTES);
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_session_by_token(struct session_store *s, const uint8_t token_hash[DIGEST_BYTES], struct session *out)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->sessions; i++)
		if (memcmp(f->session[i].token, token_hash, DIGEST_BYTES) == 0) {
			*out = f->session[i].s;
			out->roles = ROLE_CUSTOMER | f->roles[out->person];
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

static size_t
fake_session_find(const struct fake *f, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < f->sessions; i++)
		if (memcmp(f->session[i].s.id, id, ID_BYTES) == 0)
			return i;
	return FAKE_MAX;
}

static enum rc
fake_session_move(struct session_store *s, const uint8_t id[ID_BYTES], enum session_state from, enum session_state to,
    const uint8_t *new_token_hash, uint64_t spend_code, const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	size_t i = fake_session_find(f, id);

	if (f->down)
		return RC_STORE;
	if (i == FAKE_MAX || f->session[i].s.state != from)
		return RC_EARLY;
	if (spend_code != 0) {
		if (f->code[spend_code - 1].used_ms != 0)
			return RC_CODE_USED;
		f->code[spend_code - 1].used_ms = f->now_ms;
	}
	f->session[i].s.state = to;
	if (new_token_hash != NULL)
		memcpy(f->session[i].token, new_token_hash, DIGEST_BYTES);
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_session_face(struct session_store *s, const uint8_t id[ID_BYTES], const uint8_t digest[DIGEST_BYTES],
    const uint8_t new_token_hash[DIGEST_BYTES], const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	size_t i = fake_session_find(f, id);

	if (f->down)
		return RC_STORE;
	if (i == FAKE_MAX || f->session[i].s.state != SESSION_SIGN_ON_FACE)
		return RC_EARLY;
	if (memcmp(f->face_proof, digest, DIGEST_BYTES) != 0)
		return RC_PROOF_MISSING;
	memset(f->face_proof, 0, sizeof f->face_proof);
	f->session[i].s.state = SESSION_SIGNED_ON;
	memcpy(f->session[i].token, new_token_hash, DIGEST_BYTES);
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_session_touch(struct session_store *s, const uint8_t id[ID_BYTES], int64_t now_ms)
{
	struct fake *f = s->ctx;
	size_t i = fake_session_find(f, id);

	if (f->down)
		return RC_STORE;
	f->session[i].s.seen_ms = now_ms;
	return RC_OK;
}

static enum rc
fake_session_end(struct session_store *s, const uint8_t id[ID_BYTES], const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	size_t i = fake_session_find(f, id);

	if (f->down)
		return RC_STORE;
	f->session[i].s.state = SESSION_ENDED;
	fake_record(f, ev);
	return RC_OK;
}
static enum rc
fake_session_end_by(struct session_store *s, const uint8_t id[ID_BYTES], uint64_t by, const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	size_t i = fake_session_find(f, id);

	if (f->down)
		return RC_STORE;
	if (i == FAKE_MAX || f->session[i].s.state == SESSION_ENDED)
		return RC_NOT_FOUND;
	if (f->session[i].s.person == by)
		return RC_DENIED;
	f->session[i].s.state = SESSION_ENDED;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_session_list(struct session_store *s, int64_t since_ms, int64_t before_ms, const uint8_t *before, struct session_row *dst,
    size_t max, size_t *n)
{
	struct fake *f = s->ctx;

	(void)since_ms, (void)before_ms, (void)before;
	if (f->down)
		return RC_STORE;
	*n = 0;
	for (size_t i = 0; i < f->sessions && *n < max; i++)
		if (f->session[i].s.state != SESSION_ENDED) {
			dst[*n] = (struct session_row){ .console = f->session[i].s.console, .state = f->session[i].s.state };
			memcpy(dst[(*n)++].id, f->session[i].s.id, ID_BYTES);
		}
	return RC_OK;
}
static const struct session_store_ops fake_session = {
	.end_by = fake_session_end_by, .list = fake_session_list,
	.create = fake_session_create, .by_token = fake_session_by_token, .move = fake_session_move, .face = fake_session_face,
	.touch = fake_session_touch, .end = fake_session_end,
};

/* ---- persons ---- */
static enum rc
fake_person_by_customer(struct person_store *s, const char *customer, struct person *p)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->persons; i++)
		if (strcmp(f->person[i].customer, customer) == 0) {
			*p = f->person[i];
			if (f->race)
				p->password_locked_until = 0;
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

static enum rc
fake_person_by_id(struct person_store *s, uint64_t id, struct person *p)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	if (id == 0 || id > f->persons)
		return RC_NOT_FOUND;
	*p = f->person[id - 1];
	return RC_OK;
}

static enum rc
fake_password_result(struct person_store *s, uint64_t id, bool right, const struct audit_event *ev, int64_t *locked_until)
{
	struct fake *f = s->ctx;
	struct person *p = &f->person[id - 1];

	if (f->down)
		return RC_STORE;
	if (p->password_locked_until > f->now_ms) {
		*locked_until = p->password_locked_until;
		return RC_LOCKED;
	}
	p->password_fails = right ? 0 : p->password_fails + 1;
	if (p->password_fails >= PASSWORD_TRIES)
		p->password_locked_until = f->now_ms + LOCK_FIRST_MS;
	*locked_until = p->password_locked_until;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_template_get(struct person_store *s, uint64_t id, struct face_template *t)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	if (f->face[id - 1].sealed_n == 0 || f->person[id - 1].status != PERSON_ACTIVE)
		return RC_NOT_ENROLLED;
	*t = f->face[id - 1];
	return RC_OK;
}

static enum rc
fake_template_waiting(struct person_store *s, uint64_t id, struct face_template *t)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	if (f->face[id - 1].sealed_n == 0 || f->person[id - 1].status == PERSON_ACTIVE)
		return RC_NOT_ENROLLED;
	*t = f->face[id - 1];
	return RC_OK;
}

#define FAKE_PAGE 10	/* templates at once, so that readers of all of them come again */

static enum rc
fake_templates(struct person_store *s, uint64_t after, struct person_template *dst, size_t max, size_t *n)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	*n = 0;
	for (uint64_t id = after + 1; id <= f->persons && *n < max && *n < FAKE_PAGE; id++)
		if (f->face[id - 1].sealed_n > 0 && f->person[id - 1].status == PERSON_ACTIVE) {
			dst[*n].person = id;
			dst[*n].template = f->face[id - 1];
			memcpy(dst[(*n)++].wrapped_key, f->person[id - 1].wrapped_key, WRAPPED_KEY_BYTES);
		}
	return RC_OK;
}

static enum rc
fake_activate(struct person_store *s, uint64_t id, const uint8_t session[ID_BYTES], const char *currency,
    const struct audit_event *ev, char customer[CUSTOMER_BYTES + 1], char account[ACCOUNT_MAX_BYTES + 1])
{
	struct fake *f = s->ctx;
	struct person *p = &f->person[id - 1];

	(void)session;
	(void)currency;
	if (f->down)
		return RC_STORE;
	if (f->activating == FAKE_FAILS)
		return RC_STORE;
	if (f->face[id - 1].sealed_n == 0 || f->late)
		return RC_NOT_ENROLLED;
	if (p->status != PERSON_ACTIVE)
		fake_record(f, ev);
	p->status = PERSON_ACTIVE;
	snprintf(p->customer, sizeof p->customer, "%08u", 30000000u + (unsigned)id);
	memcpy(customer, p->customer, sizeof p->customer);
	account[0] = '\0';
	return f->activating == FAKE_LOSES ? RC_STORE : RC_OK;
}

static enum rc
fake_face_allowed(struct person_store *s, uint64_t id, int64_t now_ms)
{
	struct fake *f = s->ctx;

	(void)now_ms;
	if (f->down)
		return RC_STORE;
	return id == f->enrols ? RC_OK : RC_NOT_FOUND;
}

static enum rc
fake_person_set(struct person_store *s, uint64_t id, uint64_t by, enum person_status from, enum person_status to,
    const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	if (id == by)
		return RC_DENIED;
	if (id == 0 || id > f->persons || (from != 0 && f->person[id - 1].status != from))
		return RC_NOT_FOUND;
	f->person[id - 1].status = to;
	f->person[id - 1].password_fails = 0;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_person_lock(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev)
{
	return fake_person_set(s, id, by, PERSON_ACTIVE, PERSON_LOCKED, ev);
}

static enum rc
fake_person_unlock(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev)
{
	return fake_person_set(s, id, by, (enum person_status)0, PERSON_ACTIVE, ev);
}
static const struct person_store_ops fake_person = {
	.lock = fake_person_lock, .unlock = fake_person_unlock,
	.by_customer = fake_person_by_customer, .by_id = fake_person_by_id, .password_result = fake_password_result,
	.activate = fake_activate, .template_get = fake_template_get, .template_waiting = fake_template_waiting,
	.templates = fake_templates, .face_allowed = fake_face_allowed,
};

/* ---- codes and outbox ---- */
static enum rc
fake_code_issue(struct code_store *s, const struct code_row *c, const struct outbox_new *message,
    const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	struct outbox_row *m = &f->message[f->messages++];

	if (f->down)
		return RC_STORE;
	f->code[f->codes] = *c;
	f->code[f->codes].id = f->codes + 1;
	f->codes++;
	m->id = f->messages;
	m->person = message->person;
	memcpy(m->sealed, message->sealed, message->sealed_n);
	m->sealed_n = message->sealed_n;
	m->expires_ms = message->expires_ms;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_code_take(struct code_store *s, const uint8_t session[ID_BYTES], enum code_purpose purpose,
    const uint8_t digest[DIGEST_BYTES], int64_t now_ms, struct code_row *row)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = f->codes; i > 0; i--) {
		struct code_row *c = &f->code[i - 1];

		if (c->purpose != purpose || memcmp(c->session, session, ID_BYTES) != 0 ||
		    memcmp(c->digest, digest, DIGEST_BYTES) != 0)
			continue;
		if (c->used_ms != 0)
			return RC_CODE_USED;
		if (now_ms >= c->expires_ms)
			return RC_CODE_EXPIRED;
		if (c->tries >= CODE_TRIES)
			return RC_CODE_TRIES;
		c->tries++;
		*row = *c;
		return RC_OK;
	}
	return RC_NOT_FOUND;
}
static const struct code_store_ops fake_code = { .issue = fake_code_issue, .take = fake_code_take };

static enum rc
fake_outbox_claim(struct outbox_store *s, int64_t now_ms, int64_t lease_until, struct outbox_row *row)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->messages; i++)
		if (!f->message_sent[i] && f->message_next[i] <= now_ms) {
			*row = f->message[i];
			f->message_next[i] = lease_until;
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

static enum rc
fake_outbox_sent(struct outbox_store *s, uint64_t id, const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	f->message_sent[id - 1] = true;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_outbox_failed(struct outbox_store *s, uint64_t id, int64_t next_ms, const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	f->message[id - 1].attempts++;
	f->message_next[id - 1] = next_ms;
	f->message_sent[id - 1] = next_ms == 0;
	fake_record(f, ev);
	return RC_OK;
}
static const struct outbox_store_ops fake_outbox = {
	.claim = fake_outbox_claim, .sent = fake_outbox_sent, .failed = fake_outbox_failed,
};

/* ---- ledger ---- */
static enum rc
fake_accounts_of(struct ledger_store *s, uint64_t person, struct account *dst, size_t max, size_t *n)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	*n = 0;
	for (size_t i = 0; i < f->accounts && *n < max; i++)
		if (f->account[i].person == person)
			dst[(*n)++] = f->account[i];
	return RC_OK;
}

static enum rc
fake_account_by_number(struct ledger_store *s, const char *number, struct account *a)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->accounts; i++)
		if (strcmp(f->account[i].number, number) == 0) {
			*a = f->account[i];
			return RC_OK;
		}
	return RC_ACCOUNT_UNKNOWN;
}

static enum rc
fake_intent_put(struct ledger_store *s, const struct intent *i, const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	f->intent[f->intents++] = *i;
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_intent_get(struct ledger_store *s, const uint8_t id[ID_BYTES], struct intent *out)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->intents; i++)
		if (memcmp(f->intent[i].id, id, ID_BYTES) == 0) {
			*out = f->intent[i];
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

static enum rc
fake_post(struct ledger_store *s, const struct ledger_step *step, const struct audit_event *ev, struct receipt *r)
{
	struct fake *f = s->ctx;
	size_t i = 0;

	if (f->down)
		return RC_STORE;
	while (i < f->intents && memcmp(f->intent[i].id, step->intent, ID_BYTES) != 0)
		i++;
	if (i == f->intents)
		return RC_NOT_FOUND;
	if (f->intent[i].needs_face && !f->intent_has_face[i])
		return RC_PROOF_MISSING;
	if (f->intent[i].needs_approval && !f->intent_approved[i])
		return RC_APPROVAL_MISSING;
	if (f->intent[i].needs_code && (step->code == 0 || f->code[step->code - 1].used_ms != 0))
		return RC_CODE_USED;
	if (step->code != 0)
		f->code[step->code - 1].used_ms = step->now_ms;
	f->intent_has_face[i] = f->intent_approved[i] = false;
	f->intent[i].journal = f->posts + 1;
	memcpy(f->posted_request[f->posts], step->request, ID_BYTES);
	f->receipt[f->posts] = (struct receipt){ .journal = f->posts + 1, .posted_ms = step->now_ms, .txn = f->intent[i].txn };
	memcpy(f->receipt[f->posts].digest, f->intent[i].digest, DIGEST_BYTES);
	*r = f->receipt[f->posts++];
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_receipt_by_request(struct ledger_store *s, uint64_t person, const uint8_t request[ID_BYTES], struct receipt *r)
{
	struct fake *f = s->ctx;

	(void)person;
	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->posts; i++)
		if (memcmp(f->posted_request[i], request, ID_BYTES) == 0) {
			*r = f->receipt[i];
			return RC_OK;
		}
	return RC_NOT_FOUND;
}
static const struct ledger_store_ops fake_ledger = {
	.accounts_of = fake_accounts_of, .account_by_number = fake_account_by_number, .intent_put = fake_intent_put,
	.intent_get = fake_intent_get, .post = fake_post, .receipt_by_request = fake_receipt_by_request,
};

/* ---- captures ---- */
static enum rc
fake_capture_begin(struct capture_store *s, const struct capture_row *c, const struct audit_event *ev)
{
	const char *what;
	struct fake *f = s->ctx;

	(void)c;
	what = strstr(ev->detail, ", ");	/* behind "capture" and its number */
	snprintf(f->begun, sizeof f->begun, "%s", what != NULL ? what + 2 : ev->detail);
	return f->down ? RC_STORE : RC_LOCKED;
}
static enum rc
fake_capture_traces(struct capture_store *s, uint64_t person, struct capture_trace *dst, size_t max, size_t *n)
{
	(void)s, (void)person, (void)dst, (void)max;
	*n = 0;
	return RC_OK;
}
static const struct capture_store_ops fake_capture = { .begin = fake_capture_begin, .traces = fake_capture_traces };

/* ---- staff and exceptions ---- */
static enum rc
fake_role_held(struct role_store *s, uint64_t person, unsigned *roles)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	*roles = ROLE_CUSTOMER | f->roles[person];
	return RC_OK;
}
static const struct role_store_ops fake_role = { .held = fake_role_held };

static enum rc
fake_staff_approve(struct staff_store *s, const struct staff_approval *a, const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	size_t i = 0;

	if (f->down)
		return RC_STORE;
	while (i < f->intents && memcmp(f->intent[i].id, a->intent, ID_BYTES) != 0)
		i++;
	if (i == f->intents || memcmp(f->intent[i].digest, a->by.digest, DIGEST_BYTES) != 0)
		return RC_NOT_FOUND;
	if ((f->roles[a->by.person] & ROLES_COUNTER) == 0 || a->by.person == f->intent[i].person)
		return RC_DENIED;
	if (f->code[a->by.code - 1].used_ms != 0)
		return RC_CODE_USED;
	f->code[a->by.code - 1].used_ms = a->by.now_ms;
	f->intent_approved[i] = true;
	fake_record(f, ev);
	return RC_OK;
}
static const struct staff_store_ops fake_staff = { .approve = fake_staff_approve };

static enum rc
fake_exception_open(struct exception_store *s, uint64_t person, struct exception *e)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	if (f->exception[person].id == 0)
		return RC_NOT_FOUND;
	*e = f->exception[person];
	return RC_OK;
}
static const struct exception_store_ops fake_exception = { .open_of = fake_exception_open };

/* ---- terminals ---- */
static enum rc
fake_terminal_list(struct terminal_store *s, struct terminal *dst, size_t max, size_t *n)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	*n = f->terminals < max ? f->terminals : max;
	memcpy(dst, f->terminal, *n * sizeof *dst);
	return RC_OK;
}

static enum rc
fake_terminal_note(struct terminal_store *s, const uint8_t public_key[KEY_BYTES], int64_t now_ms,
    const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	(void)public_key;
	(void)now_ms;
	f->noted++;
	fake_record(f, ev);
	return RC_OK;
}
static enum rc
fake_terminal_invitations(struct terminal_store *s, struct invitation_row *dst, size_t max, size_t *n)
{
	struct fake *f = s->ctx;

	*n = f->invitations < max ? f->invitations : max;
	memcpy(dst, f->invitation, *n * sizeof *dst);
	return f->down ? RC_STORE : RC_OK;
}

static enum rc
fake_terminal_accept(struct terminal_store *s, const struct terminal_accept *a, const struct audit_event *ev)
{
	struct fake *f = s->ctx;
	struct terminal *t = &f->terminal[a->terminal - 1];

	t->status = TERMINAL_ACCEPTED;
	t->consoles = a->consoles;
	memcpy(t->name, f->invitation[a->invitation - 1].name, sizeof t->name);
	snprintf(t->branch, sizeof t->branch, "%s", a->branch != NULL ? a->branch : f->invitation[a->invitation - 1].branch);
	fake_record(f, ev);
	return RC_OK;
}

static enum rc
fake_terminal_revoke(struct terminal_store *s, uint64_t terminal, const struct audit_event *ev)
{
	struct fake *f = s->ctx;

	if (f->down)
		return RC_STORE;
	for (size_t i = 0; i < f->terminals; i++)
		if (f->terminal[i].id == terminal && f->terminal[i].status != TERMINAL_REVOKED) {
			f->terminal[i].status = TERMINAL_REVOKED;
			fake_record(f, ev);
			return RC_OK;
		}
	return RC_NOT_FOUND;
}
static const struct terminal_store_ops fake_terminal = {
	.invitations = fake_terminal_invitations, .accept = fake_terminal_accept, .revoke = fake_terminal_revoke, .list = fake_terminal_list, .note_pending = fake_terminal_note };

/* ---- holds: there never are any ---- */

static enum rc
fake_hold_of_intent(struct hold_store *s, const uint8_t intent[ID_BYTES], struct hold *h)
{
	const struct fake *f = s->ctx;

	(void)intent;
	(void)h;
	return f->down ? RC_STORE : RC_NOT_FOUND;
}

static enum rc
fake_hold_of_person(struct hold_store *s, uint64_t person, uint64_t before, struct hold *dst, size_t max, size_t *n)
{
	const struct fake *f = s->ctx;

	(void)person;
	(void)before;
	(void)dst;
	(void)max;
	*n = 0;
	return f->down ? RC_STORE : RC_OK;
}

static const struct hold_store_ops fake_hold = { .of_intent = fake_hold_of_intent, .of_person = fake_hold_of_person };

void
fake_init(struct fake *f)
{
	memset(f, 0, sizeof *f);
	f->stores.person = (struct person_store){ &fake_person, f };
	f->stores.session = (struct session_store){ &fake_session, f };
	f->stores.terminal = (struct terminal_store){ &fake_terminal, f };
	f->stores.code = (struct code_store){ &fake_code, f };
	f->stores.ledger = (struct ledger_store){ &fake_ledger, f };
	f->stores.outbox = (struct outbox_store){ &fake_outbox, f };
	f->stores.capture = (struct capture_store){ &fake_capture, f };
	f->stores.staff = (struct staff_store){ &fake_staff, f };
	f->stores.role = (struct role_store){ &fake_role, f };
	f->stores.exception = (struct exception_store){ &fake_exception, f };
	f->stores.audit = (struct audit_store){ &fake_audit, f };
	f->stores.hold = (struct hold_store){ &fake_hold, f };
}
