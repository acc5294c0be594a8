/*
 * fuzz_request.c - any bytes as a request of an accepted terminal, in any
 * state of a session, through decoder, dispatch table and handlers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * First byte: the session's state. Second: which of the two customers. The
 * rest is an envelope; its token is replaced by the session's. Oracle: no
 * money moves (there is never a face proof), the state moves as the table
 * allows, a success has an answer that can be sent, a refusal has none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "unit/fake_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Argon2id for every input would make this a test of Argon2id, and a capture needs the gateway. */
static bool
is_slow(pb_size_t kind)
{
	return kind == cs_Envelope_login_tag || kind == cs_Envelope_register_start_tag ||
	    kind == cs_Envelope_capture_begin_tag || kind == cs_Envelope_register_finish_tag ||
	    kind == cs_Envelope_history_get_tag || kind == cs_Envelope_overview_get_tag;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fake_call k;
	static cs_Envelope ask;
	uint8_t bytes[CONTROL_MESSAGE_MAX];
	enum session_state before, after;
	size_t len;
	enum rc r;

	if (n < 2 || crypto_init() != RC_OK || msg_envelope_get(data + 2, n - 2, &ask) != RC_OK || is_slow(ask.which_body))
		return 0;
	fake_call_init(&k);
	before = (enum session_state)(SESSION_REGISTER_CODE + data[0] % 6);
	fake_session(&k, 1 + data[1] % 2, before);
	ask.token = k.ask.token;
	k.ask = ask;
	r = fake_call_run(&k);
	after = k.f.session[0].s.state;
	must(k.f.posts == 0);
	must(after == before || session_may_move(before, after));
	if (r == RC_OK) {
		k.answer.version = PROTO_VERSION;
		must(k.answer.which_body >= cs_Envelope_refused_tag && msg_envelope_put(&k.answer, bytes, &len) == RC_OK);
	} else
		must(dispatch_find(ask.which_body) == NULL || after == before);
	fake_call_free(&k);
	return 0;
}
