/*
 * test_msg.c - the frame layer: every kind of message there and back, every
 * prefix, every flipped bit, and what no honest peer sends.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg_sample.h"

/* Decodes from a block of exactly n bytes, so that a sanitizer sees one byte too far. */
static enum rc
get_exact(const uint8_t *src, size_t n, cs_Envelope *e)
{
	uint8_t *block = malloc(n > 0 ? n : 1);
	enum rc r;

	assert_non_null(block);
	if (n > 0)
		memcpy(block, src, n);
	memset(e, 0xee, sizeof *e);
	r = msg_envelope_get(block, n, e);
	free(block);
	return r;
}

static void
assert_wiped(const cs_Envelope *e)
{
	static const cs_Envelope nothing;

	assert_memory_equal(e, &nothing, sizeof nothing);
}

static void
every_kind_survives(void **state)
{
	static cs_Envelope in, out;
	uint8_t b[CONTROL_MESSAGE_MAX];
	size_t n = 0;

	(void)state;
	assert_true(sample_kinds() >= 36);
	for (size_t k = 0; k < sample_kinds(); k++)
		for (int fill = SAMPLE_BARE; fill <= SAMPLE_FULL; fill++) {
			sample_envelope(sample_kind(k), (enum sample_fill)fill, &in);
			assert_int_equal(msg_envelope_put(&in, b, &n), RC_OK);
			assert_true(n <= cs_Envelope_size);
			assert_int_equal(get_exact(b, n, &out), RC_OK);
			assert_memory_equal(&in, &out, sizeof in);
			assert_string_not_equal(msg_kind_name(sample_kind(k)), "?");
		}
	assert_string_equal(msg_kind_name(cs_Envelope_transfer_commit_tag), "transfer_commit");
	assert_string_equal(msg_kind_name(9999), "?");
}

/* The body comes last, so an envelope cut anywhere is no envelope. */
static void
every_prefix_is_refused(void **state)
{
	static cs_Envelope in, out;
	uint8_t b[CONTROL_MESSAGE_MAX];
	size_t n = 0;

	(void)state;
	for (size_t k = 0; k < sample_kinds(); k++)
		for (int fill = SAMPLE_BARE; fill <= SAMPLE_FULL; fill++) {
			sample_envelope(sample_kind(k), (enum sample_fill)fill, &in);
			assert_int_equal(msg_envelope_put(&in, b, &n), RC_OK);
			for (size_t cut = 0; cut < n; cut++) {
				assert_int_equal(get_exact(b, cut, &out), cut < 2 ? RC_SHORT : RC_MALFORMED);
				assert_wiped(&out);
			}
		}
}

static void
flip_every_bit(const cs_Envelope *in)
{
	static cs_Envelope out;
	uint8_t b[CONTROL_MESSAGE_MAX], again[CONTROL_MESSAGE_MAX];
	size_t n = 0, m = 0, accepted = 0;

	assert_int_equal(msg_envelope_put(in, b, &n), RC_OK);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (get_exact(b, n, &out) == RC_OK) {
			accepted++;
			assert_int_equal(msg_envelope_put(&out, again, &m), RC_OK);
			assert_int_equal(m, n);
			assert_memory_equal(again, b, n);
			assert_memory_not_equal(&out, in, sizeof out);
		} else {
			assert_wiped(&out);
		}
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(accepted < 8 * n);
}

static void
every_flipped_bit_is_refused_or_means_something_else(void **state)
{
	static cs_Envelope in;

	(void)state;
	for (size_t k = 0; k < sample_kinds(); k++)
		for (int fill = SAMPLE_BARE; fill <= SAMPLE_FULL; fill++) {
			sample_envelope(sample_kind(k), (enum sample_fill)fill, &in);
			flip_every_bit(&in);
		}
}

static void
version_is_looked_at_first(void **state)
{
	static const struct { uint8_t b[12]; size_t n; enum rc want; } row[] = {
		{ { 0 }, 0, RC_SHORT },
		{ { 0x08 }, 1, RC_SHORT },
		{ { 0x08, 0x82 }, 2, RC_SHORT },
		{ { 0x08, PROTO_VERSION + 1 }, 2, RC_VERSION },
		{ { 0x08, 0x00 }, 2, RC_VERSION },
		{ { 0x08, PROTO_VERSION + 1, 0xff, 0xff, 0xff }, 5, RC_VERSION },	/* what follows is not read */
		{ { 0x08, 0x80 | PROTO_VERSION, 0x01, 0x07 }, 4, RC_VERSION },
		{ { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, 12, RC_MALFORMED },
		{ { 0x12, 0x00 }, 2, RC_MALFORMED },
		{ { 0x08, PROTO_VERSION, 0xff }, 3, RC_MALFORMED },
		{ { 0x08, PROTO_VERSION }, 2, RC_MALFORMED },	/* the right version and no body */
	};
	static cs_Envelope out;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		assert_int_equal(get_exact(row[i].b, row[i].n, &out), row[i].want);
		assert_wiped(&out);
	}
}

static void
too_long_is_refused_unread(void **state)
{
	static uint8_t b[CONTROL_MESSAGE_MAX + 1] = { 0x08, PROTO_VERSION };
	static cs_Envelope out;

	(void)state;
	assert_int_equal(get_exact(b, sizeof b, &out), RC_TOO_BIG);
	assert_wiped(&out);
}

/* ---- values that the descriptions of the fields allow and the rules do not ---- */

static void spoil_no_body(cs_Envelope *e) { e->which_body = 0; }
static void spoil_rc(cs_Envelope *e) { e->rc = -12345; }
static void spoil_rc_positive(cs_Envelope *e) { e->rc = 7; }
static void spoil_token(cs_Envelope *e) { e->token.size = TOKEN_BYTES - 1; }
static void spoil_latin1(cs_Envelope *e) { e->detail[0] = '\xe9'; }
static void spoil_overlong(cs_Envelope *e) { memcpy(e->detail, "\xc0\xaf", 3); }
static void spoil_surrogate(cs_Envelope *e) { memcpy(e->detail, "\xed\xa0\x80", 4); }
static void spoil_cut_character(cs_Envelope *e) { memcpy(e->detail, "ab\xe2\x82", 5); }
static void spoil_escape(cs_Envelope *e) { memcpy(e->detail, "\x1b[2J", 5); }
static void spoil_line_feed(cs_Envelope *e) { e->detail[3] = '\n'; }
static void spoil_c1(cs_Envelope *e) { memcpy(e->detail, "\xc2\x9b", 3); }
static void spoil_direction(cs_Envelope *e) { memcpy(e->detail, "\xe2\x80\xae", 4); }

static void
spoil_console(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_hello_tag, SAMPLE_FULL, e);
	e->body.hello.console = (cs_Console)(_cs_Console_MAX + 1);
}

static void
spoil_purpose(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_capture_begin_tag, SAMPLE_FULL, e);
	e->body.capture_begin.purpose = (cs_CapturePurpose)(_cs_CapturePurpose_MAX + 1);
}

static void
spoil_ask(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_capture_guide_tag, SAMPLE_FULL, e);
	e->body.capture_guide.ask = (cs_CaptureAsk)(_cs_CaptureAsk_MAX + 1);
}

static void
spoil_light(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_capture_guide_tag, SAMPLE_FULL, e);
	e->body.capture_guide.light = 0x1000000;
}

static void
spoil_transfer_state(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_overview_tag, SAMPLE_FULL, e);
	e->body.overview.last.state = (cs_TransferState)(_cs_TransferState_MAX + 1);
}

static void
spoil_code_token(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_code_sent_tag, SAMPLE_FULL, e);
	e->body.code_sent.token.size = 5;
}

static void
spoil_no_session_token(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_signed_on_tag, SAMPLE_FULL, e);
	e->body.signed_on.token.size = 0;
}

static void
spoil_deep_text(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_history_tag, SAMPLE_FULL, e);
	e->body.history.entries[HISTORY_PAGE_MAX - 1].other_name[5] = '\t';
}

static void
spoil_password(cs_Envelope *e)
{
	sample_envelope(cs_Envelope_login_tag, SAMPLE_FULL, e);
	e->body.login.password[0] = '\x7f';
}

static void (*const spoil_rows[])(cs_Envelope *) = {
	spoil_no_body, spoil_rc, spoil_rc_positive, spoil_token, spoil_latin1, spoil_overlong, spoil_surrogate,
	spoil_cut_character, spoil_escape, spoil_line_feed, spoil_c1, spoil_direction, spoil_console, spoil_purpose,
	spoil_ask, spoil_light, spoil_transfer_state, spoil_code_token, spoil_no_session_token, spoil_deep_text, spoil_password,
};

static void
wrong_values_are_neither_sent_nor_accepted(void **state)
{
	static cs_Envelope e, out;
	uint8_t b[CONTROL_MESSAGE_MAX];
	size_t n = 99;

	(void)state;
	for (size_t i = 0; i < sizeof spoil_rows / sizeof spoil_rows[0]; i++) {
		sample_envelope(cs_Envelope_refused_tag, SAMPLE_FULL, &e);
		spoil_rows[i](&e);
		if (msg_envelope_put(&e, b, &n) != RC_MALFORMED || n != 0)
			fail_msg("row %zu was sent", i);
		n = sample_encode_unchecked(&e, b);
		assert_true(n > 0);
		if (get_exact(b, n, &out) != RC_MALFORMED)
			fail_msg("row %zu was accepted", i);
		assert_wiped(&out);
	}
	sample_envelope(cs_Envelope_ping_tag, SAMPLE_FULL, &e);
	e.version = PROTO_VERSION + 1;
	assert_int_equal(msg_envelope_put(&e, b, &n), RC_VERSION);
	e.version = 0;	/* nanopb leaves it out: then the first field is another one */
	assert_int_equal(msg_envelope_put(&e, b, &n), RC_MALFORMED);
}

/* ---- other ways to write the same message ---- */

static void
only_one_spelling_is_accepted(void **state)
{
	/* version 1, request id, rc -1 (zigzag 1), ping; each row says it otherwise. ID stands for the request id. */
#define ID 0x12, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define ROW(what, want, ...) { what, { __VA_ARGS__ }, sizeof (uint8_t[]){ __VA_ARGS__ }, want }
	static const struct { const char *what; uint8_t b[48]; size_t n; enum rc want; } row[] = {
		ROW("as written", RC_OK, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x8a, 1, 0),
		ROW("long version", RC_MALFORMED, 0x08, 0x80 | PROTO_VERSION, 0, ID, 0x20, 1, 0x8a, 1, 0),
		ROW("long rc", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 0x81, 0, 0x8a, 1, 0),
		ROW("long tag", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0xa0, 0x00, 1, 0x8a, 1, 0),
		ROW("body first", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x8a, 1, 0, 0x20, 1),
		ROW("rc twice", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x20, 1, 0x8a, 1, 0),
		ROW("two bodies", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x82, 1, 0, 0x8a, 1, 0),
		ROW("unknown field", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x8a, 1, 0, 0xf8, 0x7f, 1),
		ROW("unknown inside", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x8a, 1, 2, 0x78, 1),
		ROW("default written out", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 0, 0x8a, 1, 0),
		ROW("zero behind", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x8a, 1, 0, 0),
		ROW("NUL in a text", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x2a, 3, 'a', 0, 'b', 0x8a, 1, 0),
		ROW("length beyond the end", RC_MALFORMED, 0x08, PROTO_VERSION, ID, 0x20, 1, 0x8a, 1, 0xff, 0xff, 0xff, 0x7f),
		ROW("short request id", RC_MALFORMED, 0x08, PROTO_VERSION, 0x12, 2, 9, 9, 0x20, 1, 0x8a, 1, 0),
		ROW("no request id", RC_MALFORMED, 0x08, PROTO_VERSION, 0x20, 1, 0x8a, 1, 0),
	};
#undef ROW
#undef ID
	static cs_Envelope out;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		if (get_exact(row[i].b, row[i].n, &out) != row[i].want)
			fail_msg("%s", row[i].what);
}

static void
wipe_leaves_nothing(void **state)
{
	static cs_Envelope e;

	(void)state;
	sample_envelope(cs_Envelope_login_tag, SAMPLE_FULL, &e);
	msg_wipe(&e);
	assert_wiped(&e);
}

/* ---- video: a cut header is refused or is a shorter header in its own right ---- */

static void
check_video_header(const uint8_t *b, size_t n)
{
	uint8_t again[VIDEO_HEADER_MAX];
	cs_VideoHeader h;
	size_t m = 0;

	if (msg_video_header_get(b, n, &h) != RC_OK)
		return;
	assert_int_equal(msg_video_header_put(&h, again, &m), RC_OK);
	assert_int_equal(m, n);
	assert_memory_equal(again, b, n);
}

static void
check_video_credit(const uint8_t *b, size_t n)
{
	uint8_t again[VIDEO_HEADER_MAX];
	cs_VideoCredit c;
	size_t m = 0;

	if (msg_video_credit_get(b, n, &c) != RC_OK)
		return;
	assert_int_equal(msg_video_credit_put(&c, again, &m), RC_OK);
	assert_int_equal(m, n);
	assert_memory_equal(again, b, n);
}

static void
cut_and_flip(uint8_t *b, size_t n, void (*check)(const uint8_t *, size_t))
{
	for (size_t cut = 0; cut < n; cut++)
		check(b, cut);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		check(b, n);
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
video_headers_survive(void **state)
{
	cs_VideoHeader h = { .version = PROTO_VERSION, .capture = { 1, 2, 3 }, .seq = 0xfffffffeu, .camera_us = -5 }, h2;
	cs_VideoCredit c = { .version = PROTO_VERSION, .capture = { 4, 5, 6 }, .seq = 7, .credits = 3 }, c2;
	uint8_t b[VIDEO_HEADER_MAX], long_one[VIDEO_HEADER_MAX + 1] = { 0x08, PROTO_VERSION };
	size_t n = 0;

	(void)state;
	assert_int_equal(msg_video_header_put(&h, b, &n), RC_OK);
	assert_int_equal(msg_video_header_get(b, n, &h2), RC_OK);
	assert_true(h2.seq == h.seq && h2.camera_us == h.camera_us);
	assert_memory_equal(h2.capture, h.capture, ID_BYTES);
	cut_and_flip(b, n, check_video_header);

	assert_int_equal(msg_video_credit_put(&c, b, &n), RC_OK);
	assert_int_equal(msg_video_credit_get(b, n, &c2), RC_OK);
	assert_true(c2.seq == c.seq && c2.credits == c.credits);
	assert_memory_equal(c2.capture, c.capture, ID_BYTES);
	cut_and_flip(b, n, check_video_credit);

	assert_int_equal(msg_video_header_get(long_one, sizeof long_one, &h2), RC_TOO_BIG);
	assert_int_equal(msg_video_credit_get(b, 0, &c2), RC_SHORT);
	h.version = PROTO_VERSION + 1;
	assert_int_equal(msg_video_header_put(&h, b, &n), RC_VERSION);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_survives),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_means_something_else),
		cmocka_unit_test(version_is_looked_at_first),
		cmocka_unit_test(too_long_is_refused_unread),
		cmocka_unit_test(wrong_values_are_neither_sent_nor_accepted),
		cmocka_unit_test(only_one_spelling_is_accepted),
		cmocka_unit_test(wipe_leaves_nothing),
		cmocka_unit_test(video_headers_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
